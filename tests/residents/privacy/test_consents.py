"""Consents, copies, requests, the table of uses."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from orgs.errors import NotAllowed, WrongState
from residents.enums import ConsentPurpose, Relation
from residents.models import Consent
from residents.privacy import consents, purposes
from tests import factories as make

publish = make.notice


def agree(cast, given=True):
    return consents.consent(
        purpose=ConsentPurpose.SENSITIVE, given=given, by=cast.owner, now=make.NOW
    )


@pytest.mark.parametrize("label", sorted(purposes.USES))
def test_every_field_about_a_person_has_a_use(label):
    model = apps.get_model(label)
    fields = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    assert fields == purposes.USES[label].keys()


def test_models_about_people_are_listed():
    about = {"Person", "Belonging", "Visit", "Claim", "Consent", "Unmasking", "DataRequest"}
    about |= {"CareEntry", "CareChange", "LedgerRow", "LedgerTrace"}
    upper = ("volunteers.", "service.", "deliberation.", "data_forms.")
    ours = {label for label in purposes.USES if not label.startswith(upper)}
    assert {f"residents.{name}" for name in about} | {
        "orgs.User",
        "socialaccount.SocialAccount",
    } == ours


def test_the_page_is_open_to_everybody(client, cast):
    publish(cast)
    assert "告知" in client.get("/privacy/").content.decode()


def test_the_notice_is_in_plain_words_first_and_the_register_behind_it(client, cast):
    publish(cast)
    shown = client.get("/privacy/").content.decode()
    first, *folded = shown[shown.index("<main") :].split("<details")
    assert "收集什么" in first
    assert "<table" not in first
    whole, register = (one.split("</details>")[0] for one in folded)
    assert "告知" in whole
    assert "<table" in register


def test_whoever_agrees_finds_the_notice_beside_the_box(client, cast, page):
    publish(cast)
    make.sensitive(cast)
    home = make.household(cast.building)
    boxes = {
        "/accounts/signup/": client,
        f"/my-home/claim/{home.code}/": page(cast.owner),
        "/my-data/": page(cast.owner),
    }
    for address, browser in boxes.items():
        form = browser.get(address).content.decode()
        box = 'name="notice"' if "signup" in address else 'name="agrees"'
        _before, after = form.split(box)
        field = form if "signup" in address else _before[-1500:] + after[:600]
        assert 'href="/privacy/" target="_blank"' in field, address


def test_consent_is_given_withdrawn_and_asked_anew(cast):
    publish(cast)
    agree(cast)
    agree(cast)
    assert (Consent.objects.count(), consents.may_use(cast.owner, ConsentPurpose.SENSITIVE)) == (1, True)  # fmt: skip
    agree(cast, given=False)
    assert not consents.may_use(cast.owner, ConsentPurpose.SENSITIVE)
    agree(cast)
    publish(cast)
    assert not consents.may_use(cast.owner, ConsentPurpose.SENSITIVE)


def test_one_click_either_way(cast, page):
    publish(cast)
    client = page(cast.owner)
    for given in ("1", "0"):
        answer = client.post("/my-data/consent/", {"purpose": "sensitive", "given": given})
        assert answer.status_code == 302
        shown = client.get("/my-data/").content.decode()
        # Giving is one click; taking it back names what goes with it, and asks once.
        assert ("为此目的提供的信息将删除" in shown) == (given == "1")
    assert client.post("/my-data/consent/", {"purpose": "x"}).status_code == 400
    assert client.get("/my-data/").status_code == 200


def test_only_an_administrator_publishes(cast):
    with pytest.raises(NotAllowed):
        consents.publish(text_zh="x", text_en="x", by=cast.community_worker, now=make.NOW)


def test_every_field_named_exists_and_a_wrong_name_is_noticed(monkeypatch):
    listed = purposes.listed()
    assert all(field and str(use.purpose) for _record, field, use in listed)
    assert {record for record, _field, _use in listed} >= {
        str(apps.get_model(label)._meta.verbose_name) for label in purposes.USES
    }
    monkeypatch.setitem(purposes.USES, "residents.Person", {"nothing": listed[0][2]})
    with pytest.raises(FieldDoesNotExist):
        purposes.listed()


def test_the_notice_is_accepted_at_sign_up(cast, client):
    publish(cast)
    password = "Dragon-boat-77"
    body = {"phone": "13900007777", "name": "新人", "password1": password, "password2": password}
    refused = client.post("/accounts/signup/", body)
    assert refused.context["form"].errors.keys() == {"notice"}
    assert client.post("/accounts/signup/", body | {"notice": "on"}).status_code == 302
    row = Consent.objects.get()
    assert (row.user.name, row.purpose, row.given) == ("新人", ConsentPurpose.ACCOUNT, True)


def test_an_administrator_publishes_in_the_admin(cast, page):
    body = {"text_zh": "告知", "text_en": "Notice"}
    assert page(cast.admin).post("/admin/residents/privacynotice/add/", body).status_code == 302
    notice = consents.current_notice()
    assert (notice.version, notice.text_zh) == (1, "告知")
    client = page(cast.admin)
    assert (
        client.post(f"/admin/residents/privacynotice/{notice.pk}/change/", body).status_code == 403
    )


def test_a_new_version_is_shown_at_home_until_it_is_answered(cast, page):
    client = page(cast.owner)
    for published in (1, 2):
        assert publish(cast).version == published
        assert client.get("/").context["notice_due"] is True
        client.post("/my-data/consent/", {"purpose": "account", "given": "0"})
        assert client.get("/").context["notice_due"] is False
        assert client.get("/report/").status_code == 200


def test_staff_are_asked_on_their_desk(cast, page):
    client = page(cast.community_worker)
    question = "隐私告知有更新"
    assert question not in client.get("/").content.decode()
    publish(cast)
    assert question in client.get("/").content.decode()
    client.post("/my-data/consent/", {"purpose": "account", "given": "1"})
    assert question not in client.get("/").content.decode()


# --- Guardians --------------------------------------------------------------------------------


@pytest.fixture
def child(cast):
    guardian = make.resident(cast.building, account=cast.owner)
    made = make.resident(cast.building, name="小明", id_number=make.id_number("20180101"))
    made.guardian = guardian
    made.save()
    make.belonging(made, make.household(cast.building), Relation.FAMILY)
    return made


def test_a_guardian_speaks_for_the_child(cast, page, child):
    publish(cast)
    client = page(cast.owner)
    assert "小明" in client.get("/my-data/").content.decode()
    body = {"purpose": "account", "given": "1", "ward": child.pk}
    assert client.post("/my-data/consent/", body).status_code == 302
    row = Consent.objects.get()
    assert (row.user, row.ward, row.given) == (cast.owner, child, True)
    assert consents.guardian_agreed(child)
    # It is not the guardian's own word.
    assert not consents.may_use(cast.owner, ConsentPurpose.ACCOUNT)
    client.post("/my-data/consent/", body | {"given": "0"})
    assert not consents.guardian_agreed(child)


def test_nobody_speaks_for_the_child_of_others(cast, page, child):
    publish(cast)
    body = {"purpose": "account", "given": "1", "ward": child.pk}
    assert page(cast.neighbour).post("/my-data/consent/", body).status_code == 404
    with pytest.raises(NotAllowed):
        consents.consent(
            purpose=ConsentPurpose.ACCOUNT, given=True, ward=child, by=cast.neighbour, now=make.NOW
        )
    assert page(cast.neighbour).post("/my-data/copy/", {"ward": child.pk}).status_code == 404
    copy = page(cast.owner).post("/my-data/copy/", {"ward": child.pk, "format": "json"})
    assert copy.json()["person"]["name"] == "小明"


@pytest.mark.parametrize("ward", ["9" * 5000, "９", "-1", "x"])
def test_what_is_no_child_is_nobodys(cast, page, ward):
    body = {"purpose": "account", "given": "1", "ward": ward}
    assert page(cast.owner).post("/my-data/consent/", body).status_code == 404


def test_at_fourteen_people_speak_for_themselves(cast, child):
    publish(cast)
    birthday = make.NOW.replace(year=2032, month=1, day=1)
    with pytest.raises(NotAllowed):
        consents.consent(
            purpose=ConsentPurpose.ACCOUNT, given=True, ward=child, by=cast.owner, now=birthday
        )


def test_without_a_notice_nothing_is_agreed(cast):
    with pytest.raises(WrongState):
        agree(cast)
