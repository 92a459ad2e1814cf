"""Contacts of reports in clear: who has to call, for a purpose, recorded and limited."""

import pytest
import time_machine

from orgs.enums import AuditResult
from orgs.errors import NotAllowed
from orgs.models import AuditEntry, CompoundProfile, IdempotentAnswer
from orgs.values import geo
from residents.models import Unmasking
from tasks.enums import Action, Status
from tasks.models import Task
from tasks.workflow import contacts
from tasks.workflow.queries import own_reports
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.mark.parametrize(
    "who", ["street_cadre", "community_worker", "grid_worker", "urban_officer", "housing_officer"]
)
def test_who_has_to_call_sees_the_contact_once_for_a_purpose(page, cast, who):
    task = make.task(cast, Status.DISPATCHED)
    browser = page(getattr(cast, who))
    response = browser.post(f"/tasks/{task.number}/reveal/", {"purpose": "回访"})
    assert response.context["revealed"] == ("沈业主", "13800005678")
    assert 'href="tel:13800005678"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    entry, seen = AuditEntry.objects.get(action="tasks.reveal-contact"), Unmasking.objects.get()
    assert (entry.actor, entry.detail) == (
        getattr(cast, who).username,
        {"number": task.number, "purpose": "回访", "record": seen.pk},
    )
    assert (seen.by, seen.whom, seen.place) == (getattr(cast, who), task.number, task.unit)
    assert "13800005678" not in browser.get(f"/tasks/{task.number}/").content.decode()


@pytest.mark.parametrize("who", ["fire_officer", "district_cadre", "secretary", "admin", "member"])
def test_others_never_see_it(cast, who):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises(NotAllowed):
        contacts.reveal(task=task, purpose="想看看", by=getattr(cast, who), now=make.NOW)
    assert not Unmasking.objects.exists()


@pytest.mark.parametrize("who", ["district_cadre", "secretary", "admin"])
def test_a_refused_look_is_audited(page, cast, who):
    task = make.task(cast, Status.DISPATCHED)
    response = page(getattr(cast, who)).post(f"/tasks/{task.number}/reveal/", {"purpose": "想看看"})
    assert response.status_code == 403
    assert "13800005678" not in response.content.decode()
    assert AuditEntry.objects.get(result=AuditResult.REFUSED).actor == getattr(cast, who).username


@pytest.mark.parametrize("purpose", [" ", "看", "长" * 201, "联系\0"])
def test_without_a_purpose_nothing_is_shown_and_the_words_stay(page, cast, purpose):
    task = make.task(cast)
    response = page(cast.community_worker).post(
        f"/tasks/{task.number}/reveal/", {"purpose": purpose}
    )
    assert (response.status_code, response.context["revealed"]) == (400, None)
    assert response.context["reveal_purpose"] == purpose


def test_a_department_telephones_until_its_part_has_ended(page, cast):
    task = make.task(cast, Status.REPORTED_IN)
    address = f"/tasks/{task.number}/reveal/"
    make.act(task, Action.REFUSE, cast.housing_officer, reason="非职责")
    assert page(cast.housing_officer).post(address, {"purpose": "联系"}).status_code == 403
    assert page(cast.urban_officer).post(address, {"purpose": "联系"}).status_code == 200
    make.act(task, Action.RECALL, cast.street_cadre)
    assert page(cast.urban_officer).post(address, {"purpose": "联系"}).status_code == 403
    shown = page(cast.urban_officer).get(f"/tasks/{task.number}/").content.decode()
    assert "给报告人打电话" not in shown
    assert "138****5678" in shown


def test_who_took_a_task_telephones_while_it_is_taken(page, cast):
    task = make.task(cast, Status.TAKEN)
    address = f"/tasks/{task.number}/reveal/"
    assert page(cast.volunteer).post(address, {"purpose": "联系"}).status_code == 404
    shown = page(cast.member).post(address, {"purpose": "联系"})
    assert shown.context["revealed"] == ("沈业主", "13800005678")
    make.act(task, Action.RESOLVE, cast.member, outcome="solved", text="好了")
    assert page(cast.member).post(address, {"purpose": "联系"}).status_code == 403


@pytest.mark.parametrize(
    ("status", "who", "name"),
    [
        (Status.DISPATCHED, "urban_officer", ""),
        (Status.TAKEN, "member", ""),
        (Status.DISPATCHED, "street_cadre", "沈业主"),
    ],
)
def test_a_name_that_is_kept_stays_kept(page, cast, status, who, name):
    task = make.task(cast, status, hide_name=True)
    shown = page(getattr(cast, who)).post(f"/tasks/{task.number}/reveal/", {"purpose": "联系"})
    assert shown.context["revealed"] == (name, "13800005678")
    assert ("沈业主" in shown.content.decode()) is bool(name)


def test_looks_at_contacts_use_up_the_day_like_all_others(page, cast, settings):
    settings.UNMASKINGS_A_DAY = 1
    first, second = make.task(cast, Status.DISPATCHED), make.task(cast, Status.DISPATCHED)
    browser = page(cast.urban_officer)
    shown = browser.post(f"/tasks/{first.number}/reveal/", {"purpose": "联系"})
    assert shown.context["looks_left"] == 0
    refused = browser.post(f"/tasks/{second.number}/reveal/", {"purpose": "约时间上门"})
    assert (refused.status_code, refused.context["revealed"]) == (429, None)
    assert "约时间上门" in refused.content.decode()


def test_an_auditor_reads_who_saw_which_contact_and_so_does_the_reporter(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    page(cast.urban_officer).post(f"/tasks/{task.number}/reveal/", {"purpose": "约时间上门"})
    shown = page(cast.auditor).get("/unmaskings/").content.decode()
    assert task.number in shown
    assert task.unit.path_name in shown
    assert "约时间上门" in shown
    assert "13800005678" not in shown
    [look] = own_reports(cast.owner)["contact_seen_by"]
    assert (look["report"], look["purpose"]) == (task.number, "约时间上门")
    assert own_reports(cast.neighbour)["contact_seen_by"] == []


# --- The API ---


def reveal(api, who, task, **body):
    return api(who).post(f"/api/v1/tasks/{task.number}/reveal-contact/", body, format="json")


def test_the_api_gives_name_and_telephone(cast, api):
    task = make.task(cast, Status.DISPATCHED)
    answer = reveal(api, cast.urban_officer, task, purpose="联系报告人")
    assert (answer.status_code, answer.json()) == (
        200,
        {"name": "沈业主", "phone": "13800005678"},
    )
    assert "no-store" in answer["Cache-Control"]
    assert Unmasking.objects.get().purpose == "联系报告人"


def test_no_key_keeps_the_answer_or_gives_it_again_unrecorded(cast, api):
    task = make.task(cast, Status.DISPATCHED)
    address, body = f"/api/v1/tasks/{task.number}/reveal-contact/", {"purpose": "联系报告人"}
    for _time in range(2):
        api(cast.urban_officer).post(address, body, format="json", headers={"Idempotency-Key": "k"})
    assert (Unmasking.objects.count(), IdempotentAnswer.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [("fire_officer", 404), ("property_clerk", 404), ("district_cadre", 403), ("owner", 403)],
)
def test_the_api_refuses_who_need_not_call(cast, api, who, status):
    task = make.task(cast, Status.DISPATCHED)
    answer = reveal(api, getattr(cast, who), task, purpose="联系报告人")
    assert answer.status_code == status
    assert not Unmasking.objects.exists()


@pytest.mark.parametrize("body", [{}, {"purpose": ""}, {"purpose": "x"}, {"purpose": "长" * 201}])
def test_the_api_asks_for_a_purpose(cast, api, body):
    answer = reveal(api, cast.community_worker, make.task(cast), **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["purpose"])


def test_too_often_is_429(cast, api, settings):
    settings.UNMASKINGS_A_DAY = 0
    task = make.task(cast, Status.DISPATCHED)
    assert reveal(api, cast.urban_officer, task, purpose="联系报告人").status_code == 429


def test_a_report_without_a_contact_has_nothing_to_open(cast, api):
    task = make.task(cast, Status.DISPATCHED)
    Task.objects.update(contact_name="", contact_phone="", contact_phone_index="")
    answer = reveal(api, cast.street_cadre, task, purpose="联系报告人")
    assert (answer.status_code, answer.json()["code"]) == (400, "nothing_there")


def test_whoever_took_an_order_finds_the_way_and_calls(page, cast):
    CompoundProfile.objects.create(unit=cast.compound, lon=114.87, lat=30.45)
    task = make.task(cast, Status.TAKEN)
    browser = page(cast.member)
    address = f"/tasks/{task.number}/"
    lon, lat = geo.to_gcj02(114.87, 30.45)
    way = f"https://uri.amap.com/navigation?to={lon:.6f},{lat:.6f},"
    assert way in browser.get(address).content.decode()
    shown = browser.post(f"{address}reveal/", {"purpose": "约定上门时间"}).content.decode()
    assert 'href="tel:13800005678"' in shown
    make.act(task, Action.DROP, cast.member, reason="临时有事")
    assert browser.post(f"{address}reveal/", {"purpose": "约定"}).status_code in (403, 404)


def test_a_portal_may_name_another_map_or_none(page, cast, settings):
    CompoundProfile.objects.create(unit=cast.compound, lon=114.87, lat=30.45)
    task, browser = make.task(cast, Status.TAKEN), page(cast.member)
    settings.MAP_WAY, settings.MAP_WAY_DATUM = "https://map.example.cn/?at={lat},{lon}", "wgs84"
    shown = browser.get(f"/tasks/{task.number}/").content.decode()
    assert 'href="https://map.example.cn/?at=30.450000,114.870000"' in shown
    settings.MAP_WAY = ""
    assert "怎么去" not in browser.get(f"/tasks/{task.number}/").content.decode()
