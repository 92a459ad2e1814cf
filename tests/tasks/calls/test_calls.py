"""Taking a call: who it may be, masked until opened; then a report in a few strokes."""

import re

import pytest

from orgs.errors import DomainError, NotAllowed
from orgs.models import AuditEntry, IdempotentAnswer
from residents.models import Unmasking
from tasks.calls import calls
from tasks.models import Task
from tests import factories as make
from tests.factories import NOW

PHONE = "13971110001"
MARK = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture
def resident(cast):
    """Somebody on the roll, with a flat in the cast's building."""
    person = make.resident(cast.building, name="王春兰", phone=PHONE)
    make.belonging(person, make.household(cast.building, room="501"))
    return person


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_number_comes_first(cast, page):
    answer = page(cast.community_worker).get("/calls/")
    assert (answer.status_code, "contact_phone" in text_of(answer)) == (200, True)
    wrong = page(cast.community_worker).post("/calls/", {"contact_phone": "12"})
    assert wrong.status_code == 400


def test_a_caller_is_known_masked_until_opened_and_that_is_recorded(cast, page, resident):
    make.task(cast, by=cast.community_worker, contact_phone=PHONE, title="楼道灯")
    browser = page(cast.community_worker)
    shown = text_of(browser.post("/calls/", {"contact_phone": PHONE}))
    assert ("王**" in shown, "王春兰" in shown, "501" in shown, "楼道灯" in shown) == (
        True,
        False,
        False,
        True,
    )
    assert Unmasking.objects.count() == 0
    opened = text_of(browser.post("/calls/", {"contact_phone": PHONE, "do": "open"}))
    assert ("王春兰" in opened, "501" in opened) == (True, True)
    seen = Unmasking.objects.get()
    assert (seen.by, seen.person) == (cast.community_worker, resident)
    assert seen.get_field_display() == "姓名和住址"


def test_a_call_becomes_a_report_with_the_home_chosen_beforehand(cast, page, resident):
    browser = page(cast.community_worker)
    shown = text_of(browser.post("/calls/", {"contact_phone": PHONE}))
    assert f'value="{cast.building.code}" checked' in shown
    category = make.category()
    sent = browser.post(
        "/calls/",
        {
            "contact_phone": "+86 139 7111 0001",
            "category": category.code,
            "unit": cast.building.code,
            "text": "电梯停了，没有人被困",
            "contact_name": "王女士",
            "do": "send",
        },
    )
    task = Task.objects.get()
    assert sent.headers["Location"] == f"/report/sent/{task.number}/"
    assert (task.channel, task.contact_phone, task.contact_name, task.unit, task.entered_by) == (
        "phone",
        PHONE,
        "王女士",
        cast.building,
        cast.community_worker,
    )


def test_the_caller_is_warned_at_once_and_the_next_call_follows(cast, page, resident):
    browser = page(cast.community_worker)
    urgent = make.category(name="电梯困人", is_urgent=True)
    shown = text_of(browser.post("/calls/", {"contact_phone": PHONE}))
    assert "电梯困人（有危险先拨 119、120）" in shown
    body = {"contact_phone": PHONE, "category": urgent.code, "unit": cast.building.code}
    sent = browser.post("/calls/", body | {"text": "两人被困", "do": "send"})
    arrived = text_of(browser.get(sent.headers["Location"]))
    assert 'href="/calls/">接下一个电话' in arrived
    assert "最迟" in arrived


def test_a_call_that_is_sent_twice_is_one_report(cast, page):
    browser = page(cast.community_worker)
    mark = MARK.findall(text_of(browser.post("/calls/", {"contact_phone": PHONE})))[-1]
    words = {
        "contact_phone": PHONE,
        "category": make.category().code,
        "unit": cast.building.code,
        "text": "电梯停了",
        "do": "send",
        "once": mark,
    }
    first, second = browser.post("/calls/", words), browser.post("/calls/", words)
    assert (first.status_code, first.headers["Location"]) == (302, second.headers["Location"])
    assert Task.objects.count() == 1


def test_half_a_call_keeps_its_words(cast, page, resident):
    answer = page(cast.community_worker).post(
        "/calls/", {"contact_phone": PHONE, "text": "说到一半", "do": "send"}
    )
    assert (answer.status_code, "说到一半" in text_of(answer)) == (400, True)
    assert Task.objects.count() == 0


def test_strangers_to_the_roll_see_nobody(cast, page, resident):
    make.task(cast, by=cast.community_worker, contact_phone=PHONE, title="楼道灯")
    for person in (cast.other_worker, cast.sibling_worker):
        known = calls.caller(phone=PHONE, by=person)
        assert (known.people, known.earlier) == ([], [])


@pytest.mark.parametrize("who", ["owner", "urban_officer", "member", "admin", "property_clerk"])
def test_only_community_grid_and_street_take_calls(cast, page, api, who):
    assert page(getattr(cast, who)).get("/calls/").status_code == 403
    assert (
        api(getattr(cast, who)).post("/api/v1/calls/", {"phone": PHONE}, format="json").status_code
        == 403
    )


def test_the_day_s_limit_holds_for_callers_too(cast, resident, settings):
    settings.UNMASKINGS_A_DAY = 1
    calls.open_caller(phone=PHONE, by=cast.community_worker, now=NOW)
    with pytest.raises(DomainError) as refused:
        calls.open_caller(phone=PHONE, by=cast.community_worker, now=NOW)
    assert refused.value.status == 429


def test_of_several_all_are_opened_or_none(cast, resident, settings):
    make.belonging(
        make.resident(cast.building, name="李春", phone=PHONE),
        make.household(cast.building, room="502"),
    )
    settings.UNMASKINGS_A_DAY = 1
    with pytest.raises(DomainError):
        calls.open_caller(phone=PHONE, by=cast.community_worker, now=NOW)
    assert Unmasking.objects.count() == 0


def test_nobody_on_the_roll_opens_nothing(cast, page):
    with pytest.raises(NotAllowed):
        calls.open_caller(phone=PHONE, by=cast.community_worker, now=NOW)
    answer = page(cast.community_worker).post("/calls/", {"contact_phone": PHONE, "do": "open"})
    assert (answer.status_code, answer.context["known"].is_open) == (200, False)


def test_each_look_by_the_api_is_recorded_whatever_the_key(cast, api, resident):
    client, key = api(cast.grid_worker), {"Idempotency-Key": "k"}
    for _time in range(2):
        body = {"phone": PHONE, "open": True}
        opened = client.post("/api/v1/calls/", body, format="json", headers=key)
        assert opened.data["people"][0]["name"] == "王春兰"
    assert (Unmasking.objects.count(), IdempotentAnswer.objects.count()) == (2, 0)


def test_the_api_says_who_may_be_calling(cast, api, resident):
    client = api(cast.grid_worker)
    answer = client.post("/api/v1/calls/", {"phone": PHONE}, format="json")
    assert answer.status_code == 200
    assert (answer.data["people"][0]["name"], answer.data["is_open"]) == ("王**", False)
    opened = client.post("/api/v1/calls/", {"phone": PHONE, "open": True}, format="json")
    assert opened.data["people"][0]["name"] == "王春兰"
    assert AuditEntry.objects.filter(action="residents.unmask").count() == 1
    assert client.post("/api/v1/calls/", {"phone": "1"}, format="json").status_code == 400


def test_the_page_costs_the_same_for_one_home_and_report_as_for_many(
    cast, page, resident, django_assert_max_num_queries
):
    browser = page(cast.community_worker)
    browser.post("/calls/", {"contact_phone": PHONE})
    for room in range(4):
        make.belonging(resident, make.household(cast.building, room=f"60{room}"))
        make.task(cast, by=cast.community_worker, contact_phone=PHONE)
    with django_assert_max_num_queries(32) as captured:
        browser.post("/calls/", {"contact_phone": PHONE})
    assert len(captured) <= 32
