"""Consents, copies, requests, the table of uses."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from orgs.errors import NotAllowed, WrongState
from residents import privacy, purposes
from residents.enums import ConsentPurpose, DataRequestKind, DataRequestState
from residents.models import Consent
from tests import factories as make


def publish(cast):
    return privacy.publish(text_zh="告知", text_en="Notice", by=cast.admin, now=make.NOW)


def agree(cast, given=True):
    return privacy.consent(
        purpose=ConsentPurpose.SENSITIVE, given=given, by=cast.owner, now=make.NOW
    )


@pytest.mark.parametrize("label", sorted(purposes.USES))
def test_every_field_about_a_person_has_a_use(label):
    model = apps.get_model(label)
    fields = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    assert fields == purposes.USES[label].keys()


def test_models_about_people_are_listed():
    about = {"Person", "Belonging", "Visit", "Claim", "Consent", "Unmasking", "DataRequest"}
    about |= {"CareEntry", "CareChange"}
    ours = {label for label in purposes.USES if not label.startswith("volunteers.")}
    assert {f"residents.{name}" for name in about} | {"orgs.User"} == ours


def test_the_page_is_open_to_everybody(client, cast):
    publish(cast)
    assert "告知" in client.get("/privacy/").content.decode()


def test_consent_is_given_withdrawn_and_asked_anew(cast):
    publish(cast)
    agree(cast)
    agree(cast)
    assert (Consent.objects.count(), privacy.may_use(cast.owner, ConsentPurpose.SENSITIVE)) == (1, True)  # fmt: skip
    agree(cast, given=False)
    assert not privacy.may_use(cast.owner, ConsentPurpose.SENSITIVE)
    agree(cast)
    publish(cast)
    assert not privacy.may_use(cast.owner, ConsentPurpose.SENSITIVE)


def test_one_click_either_way(cast, page):
    publish(cast)
    client = page(cast.owner)
    for given in ("1", "0"):
        answer = client.post("/my-data/consent/", {"purpose": "sensitive", "given": given})
        assert answer.status_code == 302
    assert client.post("/my-data/consent/", {"purpose": "x"}).status_code == 400
    assert client.get("/my-data/").status_code == 200


def test_only_an_administrator_publishes(cast):
    with pytest.raises(NotAllowed):
        privacy.publish(text_zh="x", text_en="x", by=cast.community_worker, now=make.NOW)


def test_a_copy_holds_my_data_and_nobody_elses(cast, page):
    number = make.id_number()
    make.resident(cast.building, name="沈业主", id_number=number, account=cast.owner)
    make.resident(cast.building, name="邹别人")
    task = make.task(cast)
    client = page(cast.owner)
    copy = client.post("/my-data/copy/", {"format": "json"})
    assert copy.json()["person"]["id_number"] == number
    assert [one["number"] for one in copy.json()["reports"]] == [task.number]
    assert "邹别人" not in copy.content.decode()
    assert client.post("/my-data/copy/", {"format": "page"}).status_code == 200


def ask(cast):
    return privacy.ask(kind=DataRequestKind.DELETE, by=cast.owner, now=make.NOW)


def test_a_request_is_followed_to_its_answer(cast, page):
    make.resident(cast.building, account=cast.owner)
    asked = ask(cast)
    assert (asked.due_at - make.NOW).days >= 15
    with pytest.raises(WrongState):
        ask(cast)
    assert len(page(cast.community_worker).get("/data-requests/").context["page"].rows) == 1
    assert page(cast.sibling_worker).get("/data-requests/").context["page"].rows == []
    address = f"/data-requests/{asked.pk}/"
    body = {"granted": "0", "reason": "仍是业主"}
    for who in (cast.sibling_worker, cast.owner):
        assert page(who).post(address, body).status_code == 403
    assert page(cast.community_worker).post(address, body).status_code == 302
    asked.refresh_from_db()
    assert asked.state == DataRequestState.REFUSED
    assert "仍是业主" in page(cast.owner).get("/my-data/").content.decode()


def test_every_field_named_exists():
    for _record, field, use in purposes.listed():
        assert field
        assert str(use.purpose)
    with pytest.raises(FieldDoesNotExist):
        apps.get_model("residents.Person")._meta.get_field("nothing")


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
    notice = privacy.current_notice()
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
