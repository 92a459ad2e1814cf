"""Two people who edit one record at a time."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from orgs.errors import WrongState
from orgs.models import CompoundProfile
from orgs.web.editing import Edited, columns
from tests import factories as make


def drawn(client, address) -> dict[str, str]:
    """What a form sends back when nothing is typed over it."""
    form = client.get(address).context
    values = {
        name: value
        for name, field in form["form"].fields.items()
        if (value := form["form"][name].value()) is not None
    }
    return values | {"shown": form["shown"]}


@pytest.fixture
def person(cast):
    return make.resident(cast.building, name="赵四", employment="在职", note="")


def test_the_second_editor_sees_what_changed_and_undoes_nothing(page, cast, person):
    address = f"/people/{person.pk}/correct/"
    first, second = page(cast.community_worker), page(cast.community_worker)
    one, other = drawn(first, address), drawn(second, address)
    assert first.post(address, one | {"employment": "退休"}).status_code == 302
    answer = second.post(address, other | {"ethnicity": "回族"})
    assert answer.status_code == 409
    said = unescape(answer.content.decode())
    assert "退休" in said
    again = {
        name: value
        for name in answer.context["form"].fields
        if (value := answer.context["form"][name].value()) not in (None, "")
    }
    assert (again["employment"], again["ethnicity"]) == ("退休", "回族")
    sent = second.post(address, again | {"shown": answer.context["shown"]})
    assert sent.status_code == 302
    person.refresh_from_db()
    assert (person.employment, person.ethnicity) == ("退休", "回族")


def test_what_was_typed_over_stays_to_be_decided(page, cast, person):
    address = f"/people/{person.pk}/correct/"
    first, second = page(cast.community_worker), page(cast.community_worker)
    one, other = drawn(first, address), drawn(second, address)
    first.post(address, one | {"employment": "退休"})
    answer = second.post(address, other | {"employment": "待业"})
    assert answer.status_code == 409
    assert answer.context["form"]["employment"].value() == "待业"
    assert "退休" in unescape(answer.content.decode())
    person.refresh_from_db()
    assert person.employment == "退休"


def test_a_profile_and_a_name(page, cast):
    CompoundProfile.objects.create(unit=cast.compound, year_built=1999)
    for address, typed, later in (
        (f"/units/{cast.compound.code}/profile/", {"year_built": 2001}, {"planned_households": 9}),
        (f"/units/{cast.compound.code}/rename/", {"name": "甲小区"}, {"name": "乙小区"}),
    ):
        first, second = page(cast.street_cadre), page(cast.street_cadre)
        one, other = drawn(first, address), drawn(second, address)
        assert first.post(address, one | typed).status_code == 302
        assert second.post(address, other | later).status_code == 409
    cast.compound.refresh_from_db()
    assert cast.compound.name == "甲小区"


def test_a_household(page, cast):
    household = make.household(cast.building, "501")
    address = f"/households/{household.code}/change/"
    first, second = page(cast.community_worker), page(cast.community_worker)
    one, other = drawn(first, address), drawn(second, address)
    assert first.post(address, one | {"floor": 7}).status_code == 302
    assert second.post(address, other | {"state": "empty"}).status_code == 409
    household.refresh_from_db()
    assert household.floor == 7


def test_a_refusal_in_between_does_not_undo_the_first_one(page, cast, person):
    address = f"/people/{person.pk}/correct/"
    first, second = page(cast.community_worker), page(cast.community_worker)
    one, other = drawn(first, address), drawn(second, address)
    first.post(address, one | {"employment": "退休"})
    refused = second.post(address, other | {"born": "someday"})
    assert refused.status_code == 400
    again = second.post(address, other | {"shown": refused.context["shown"]})
    assert again.status_code == 409
    person.refresh_from_db()
    assert person.employment == "退休"


def test_a_refused_profile_is_not_compared_with_what_was_typed(page, cast):
    CompoundProfile.objects.create(unit=cast.compound, year_built=1999)
    address, client = f"/units/{cast.compound.code}/profile/", page(cast.street_cadre)
    typed = drawn(client, address) | {"year_built": 2001}
    refused = client.post(address, typed | {"lon": 114.9})
    assert refused.status_code == 400
    again = client.post(address, typed | {"shown": refused.context["shown"]})
    assert again.status_code == 302


def test_words_that_waited_are_compared_with_what_their_author_saw(page, cast, person):
    address = f"/people/{person.pk}/correct/"
    first, second = page(cast.community_worker), page(cast.community_worker)
    one, other = drawn(first, address), drawn(second, address)
    Session.objects.filter(pk=first.session.session_key).delete()
    first.post(address, one | {"ethnicity": "回族"})
    assert second.post(address, other | {"employment": "退休"}).status_code == 302
    first.force_login(cast.community_worker, backend="orgs.backends.PositionBackend")
    assert first.get(address).context["shown"] == one["shown"]


def test_senseless_digests_are_none(page, cast, person):
    address, client = f"/people/{person.pk}/correct/", page(cast.community_worker)
    typed = drawn(client, address) | {"employment": "退休"}
    assert client.post(address, typed | {"shown": "[" * 100_000}).status_code == 302


def test_a_row_that_is_gone_is_said(cast, rf):
    point = make.service_point(cast.community)
    edits = Edited(point, columns("name"))
    type(point).objects.filter(pk=point.pk).delete()
    for look in (lambda: edits.refuse_changed(rf.post("/")), edits.fresh):
        with pytest.raises(WrongState), transaction.atomic():
            look()


def test_a_measure_shows_what_changed_its_departments_too(page, cast):
    measure = make.measure(cast)
    address = f"/campaigns/measures/{measure.pk}/change/"
    first, second = page(cast.street_cadre), page(cast.street_cadre)
    one, other = drawn(first, address), drawn(second, address)
    assist = {"assist": [], "reason": "不再协办"}
    assert first.post(address, one | {"text": "新建充电棚"} | assist).status_code == 302
    answer = second.post(address, other | {"problem": "棚顶漏雨", "reason": "改问题"})
    assert answer.status_code == 409
    said = unescape(answer.content.decode())
    assert "新建充电棚" in said
    assert "assist" in answer.context["form"].errors
    form = answer.context["form"]
    assert form["problem"].value() == "棚顶漏雨"
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert "assist" not in again
    sent = second.post(address, again | {"shown": answer.context["shown"]})
    assert sent.status_code == 302
    measure.refresh_from_db()
    assert (measure.text, measure.problem) == ("新建充电棚", "棚顶漏雨")
    assert list(measure.assist.all()) == []


def test_two_who_end_a_contract(page, cast):
    contract = make.contract(cast.compound)
    address = f"/contracts/{contract.pk}/end/"
    client = page(cast.community_worker)
    one, other = drawn(client, address), drawn(client, address)
    later = timezone.localdate() + timedelta(days=9)
    assert client.post(address, one | {"on": later, "reason": "双方协商"}).status_code == 302
    answer = client.post(address, other | {"on": timezone.localdate(), "reason": "物业撤场"})
    assert answer.status_code == 409
    assert "双方协商" in unescape(answer.content.decode())
    contract.refresh_from_db()
    assert (contract.ends, contract.end_reason) == (later, "双方协商")
