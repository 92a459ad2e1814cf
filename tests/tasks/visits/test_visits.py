"""Joint visits on the spot (联合到场): arranged, told, reminded, written down, cancelled; who sees them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from orgs.notifications import notifications
from tasks.enums import Action, GuestKind, Status
from tasks.models import JointVisit, VisitGuest
from tasks.visits.reminders import remind
from tasks.workflow.notifications import notify_of_events
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.steps.closing import expire
from tests import factories as make

WHEN = make.NOW + timedelta(days=3)
SECRET = "楼道里有飞线充电"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def arrange(task, by, **body):
    invited = {"guests": [GuestKind.COMMUNITY, GuestKind.PROPERTY], "others": ["燃气公司"]}
    return make.act(task, Action.ARRANGE_VISIT, by, **{"starts_at": WHEN} | invited | body)


def arranged(cast, **body):
    task = make.task(cast, Status.REPORTED_IN)
    return arrange(task, cast.urban_officer, departments=[cast.urban, cast.fire], **body)


def told(key):
    return set(
        Notice.objects.filter(key__startswith=key).values_list("recipient__username", flat=True)
    )


def test_an_appointment_stands_on_the_timeline_for_the_authorities(cast, api):
    task = arranged(cast, place="5栋门口", subject="飞线充电联合检查")
    visit = task.pending_visit
    assert [str(guest) for guest in visit.guests.all()][:2] == ["城管局", "消防大队"]
    event = task.events.last()
    assert event.internal
    with translation.override("zh-hans"):
        words = WORKFLOW.sentence(event, internal=True)
    assert "5栋门口；邀请：城管局、消防大队、西湖社区、物业公司、燃气公司" in words
    address = f"/api/v1/tasks/{task.number}/"
    actions = [event["action"] for event in api(cast.owner).get(address).json()["events"]]
    assert "arrange-visit" not in actions


def test_those_invited_are_told_of_the_appointment_and_of_nothing_else(cast):
    task = arranged(cast)
    notify_of_events(make.NOW)
    event = task.events.get(action=Action.ARRANGE_VISIT)
    assert told(f"task-event:{event.pk}") == {"dept_fire", "community", "property"}
    notice = Notice.objects.get(key=f"task-event:{event.pk}", recipient=cast.property_clerk)
    assert notice.link == f"/joint-visits/{task.pending_visit.pk}/"
    said = f"{notifications.text_of(notice)} {notice.data}"
    for private in (task.number, task.title, SECRET):
        assert private not in said


def test_they_are_reminded_once_the_day_before(cast):
    visit = arranged(cast).pending_visit
    assert remind(WHEN - timedelta(days=1, minutes=1)) == 0
    assert remind(WHEN - timedelta(days=1)) == 4
    assert remind(WHEN - timedelta(hours=20)) == 0
    key = f"visit-reminder:{visit.pk}"
    assert told(key) == {"dept_urban", "dept_fire", "community", "property"}


def test_what_is_near_is_reminded_an_hour_before_and_what_is_nearer_not_at_all(cast):
    soon = arranged(cast, starts_at=make.NOW + timedelta(hours=4)).pending_visit
    assert soon.remind_at == make.NOW + timedelta(hours=3)
    at_once = arranged(cast, starts_at=make.NOW + timedelta(minutes=30)).pending_visit
    assert at_once.remind_at is None


def test_nobody_is_reminded_of_what_is_cancelled_or_whose_task_is_closed(cast):
    gone = arranged(cast)
    make.act(gone, Action.CANCEL_VISIT, cast.street_cadre, reason="下雨")
    closed = make.task(cast, Status.HANDLING)
    arrange(closed, cast.community_worker)
    make.act(closed, Action.WITHDRAW, cast.owner)
    assert remind(WHEN - timedelta(hours=2)) == 0


def test_who_came_and_what_was_agreed(cast):
    task = arranged(cast)
    fire, property_firm = [
        task.pending_visit.guests.get(kind=kind, **which)
        for kind, which in (
            (GuestKind.DEPARTMENT, {"department": cast.fire}),
            (GuestKind.PROPERTY, {}),
        )
    ]
    body = {"came": [fire, property_firm], "others": ["电力公司"], "minutes": "三日内拆除"}
    with pytest.raises(WrongState) as early:
        make.act(task, Action.RECORD_VISIT, cast.urban_officer, **body)
    assert early.value.code == "not_yet"
    task = make.act(task, Action.RECORD_VISIT, cast.urban_officer, now=WHEN, **body)
    visit = JointVisit.objects.get()
    assert (visit.minutes, visit.recorded_by) == ("三日内拆除", cast.urban_officer)
    came = {str(guest): guest.came for guest in visit.guests.all()}
    with translation.override("zh-hans"):
        words = WORKFLOW.sentence(task.events.last(), internal=True)
    assert words == "到场：消防大队、物业公司、电力公司 · 未到场：城管局、西湖社区、燃气公司"
    assert sorted(came.values()) == [False, False, False, True, True, True]
    assert task.pending_visit is None


def test_a_guest_of_another_visit_came_to_that_one(cast):
    task, other = arranged(cast), arranged(cast)
    stranger = other.pending_visit.guests.first()
    with pytest.raises(Refused):
        make.act(
            task, Action.RECORD_VISIT, cast.urban_officer, now=WHEN, came=[stranger], minutes="无"
        )
    assert VisitGuest.objects.exclude(came=None).count() == 0


def test_one_at_a_time(cast):
    task = arranged(cast)
    with pytest.raises(WrongState) as refused:
        arrange(task, cast.street_cadre)
    assert refused.value.code == "pending"
    make.act(task, Action.CANCEL_VISIT, cast.urban_officer, reason="改期")
    assert arrange(task, cast.street_cadre).pending_visit is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        JointVisit.objects.update(cancelled_at=None, cancelled_by=None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"starts_at": make.NOW}, "invalid"),
        ({"starts_at": make.NOW + timedelta(days=200)}, "invalid"),
        ({"guests": [], "others": []}, "bad_guests"),
        ({"others": [f"单位{number}" for number in range(40)]}, "bad_guests"),
        ({"guests": [GuestKind.DEPARTMENT]}, "bad_guests"),
    ],
)
def test_what_is_no_appointment(cast, body, code):
    with pytest.raises(Refused) as refused:
        arrange(make.task(cast, Status.HANDLING), cast.community_worker, **body)
    assert refused.value.code == code
    assert JointVisit.objects.count() == 0


def test_a_property_firm_is_invited_where_there_is_a_compound(cast):
    task = make.task(cast, Status.HANDLING, unit=cast.community)
    with pytest.raises(Refused):
        arrange(task, cast.community_worker)
    assert arrange(task, cast.community_worker, guests=[GuestKind.STREET]).pending_visit


@pytest.mark.parametrize("who", ["housing_officer", "owner", "secretary", "property_clerk"])
def test_who_neither_leads_nor_handles_nor_dispatches_arranges_nothing(cast, who):
    with pytest.raises(NotAllowed):
        arrange(make.task(cast, Status.REPORTED_IN), getattr(cast, who))


def test_a_department_that_refused_no_longer_cancels(cast):
    task = arrange(make.task(cast, Status.DISPATCHED), cast.urban_officer)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    with pytest.raises(WrongState):
        make.act(task, Action.CANCEL_VISIT, cast.urban_officer, reason="不去")


# --- Who sees it ---------------------------------------------------------------------------------

SEES_TASK = ("urban_officer", "housing_officer", "community_worker", "street_cadre", "secretary")
INVITED = ("fire_officer", "property_clerk")
NOBODY = (
    "owner",
    "neighbour",
    "member",
    "committee_member",
    "sibling_cadre",
    "sibling_worker",
    "auditor",
)


@pytest.mark.parametrize("who", [*SEES_TASK, *INVITED, *NOBODY])
def test_those_invited_see_the_appointment_and_not_the_task(cast, api, page, who):
    task = arranged(cast)
    visit, person = task.pending_visit, getattr(cast, who)
    address = f"/joint-visits/{visit.pk}/"
    answer, shown = api(person).get(f"/api/v1{address}"), page(person).get(address)
    listed = api(person).get("/api/v1/joint-visits/").json()["results"]
    if who in NOBODY:
        assert (answer.status_code, shown.status_code, listed) == (404, 404, [])
        return
    assert [row["id"] for row in listed] == [visit.pk]
    assert shown.status_code == 200
    assert answer.json()["task"] == (task.number if who in SEES_TASK else None)
    if who in INVITED:
        for text in (shown.content.decode(), answer.content.decode()):
            for private in (task.number, SECRET, "13800005678", cast.owner.name):
                assert private not in text
        assert page(person).get(f"/tasks/{task.number}/").status_code == 404


def test_minutes_are_for_who_reads_the_task(cast, api):
    task = arranged(cast)
    make.act(task, Action.RECORD_VISIT, cast.street_cadre, now=WHEN, minutes="住户李某配合")
    address = f"/api/v1/joint-visits/{JointVisit.objects.get().pk}/"
    assert api(cast.street_cadre).get(address).json()["minutes"] == "住户李某配合"
    assert api(cast.property_clerk).get(address).json()["minutes"] is None


# --- Pages and API -------------------------------------------------------------------------------


def test_the_form_invites_who_works_on_it_and_is_sent_without_javascript(cast, page):
    task = make.task(cast, Status.REPORTED_IN)
    browser, address = page(cast.urban_officer), f"/tasks/{task.number}/arrange-visit/"
    form = browser.get(address).context["form"]
    assert form.fields["departments"].initial == ["urban-management", "housing"]
    assert SECRET not in str(form)
    body = {
        "starts_at": "2026-03-12T09:00",
        "place": "5栋门口",
        "subject": "联合检查",
        "departments": ["fire"],
        "guests": ["property"],
        "others": "燃气公司、电力公司，水务",
    }
    assert browser.post(address, body).status_code == 302
    names = [str(guest) for guest in JointVisit.objects.get().guests.all()]
    assert names == ["消防大队", "物业公司", "燃气公司", "电力公司", "水务"]
    assert "联合检查" in browser.get(f"/tasks/{task.number}/").content.decode()
    assert "联合检查" not in page(cast.owner).get(f"/tasks/{task.number}/").content.decode()


def test_the_api_arranges_and_records(cast, api):
    task = make.task(cast, Status.REPORTED_IN)
    client, address = api(cast.street_cadre), f"/api/v1/tasks/{task.number}/"
    body = {"starts_at": WHEN.isoformat(), "departments": ["fire"], "guests": ["property"]}
    answer = client.post(f"{address}arrange-visit/", body, format="json")
    assert answer.status_code == 200
    assert "cancel-visit" in answer.json()["available_actions"]
    [row] = client.get("/api/v1/joint-visits/").json()["results"]
    assert row["place"] == task.unit.path_name
    with time_machine.travel(WHEN, tick=False):
        came = {"came": [row["guests"][0]["id"]], "minutes": "已整改"}
        done = client.post(f"{address}record-visit/", came, format="json")
    assert done.status_code == 200
    bad = client.post(f"{address}record-visit/", came, format="json")
    assert bad.status_code == 409


@pytest.mark.parametrize("address", ["/joint-visits/", "/api/v1/joint-visits/"])
def test_the_lists_take_as_many_statements_for_more_rows(cast, page, api, address):
    client = (api if "api" in address else page)(cast.street_cadre)
    make.act(arranged(cast), Action.CANCEL_VISIT, cast.street_cadre, reason="改期")
    arranged(cast)
    client.get(address)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    one = count()
    for _number in range(5):
        make.act(arranged(cast), Action.CANCEL_VISIT, cast.street_cadre, reason="改期")
        arranged(cast)
    assert count() == one


def test_two_offices_that_are_called_alike_are_both_invited(cast):
    alike = make.department(
        cast.urban.district,
        street=cast.street,
        code="street-urban",
        short_name=cast.urban.short_name,
    )
    task = arrange(
        make.task(cast, Status.REPORTED_IN), cast.urban_officer, departments=[cast.urban, alike],
        guests=[], others=[],
    )  # fmt: skip
    guests = list(task.pending_visit.guests.all())
    assert [guest.department for guest in guests] == [cast.urban, alike]
    assert len({str(guest) for guest in guests}) == 2


def test_no_name_from_outside_is_cut_short(cast):
    with pytest.raises(Refused) as refused:
        arranged(cast, others=["燃" * 61])
    assert (refused.value.code, JointVisit.objects.count()) == ("too_long", 0)
    assert str(arranged(cast, others=["燃" * 60]).pending_visit.guests.last()) == "燃" * 60


# --- A task that ends takes its appointment along ----------------------------------------------------


def test_a_task_that_is_withdrawn_calls_its_visit_off_and_tells_those_invited(cast):
    task = arrange(make.task(cast, Status.HANDLING), cast.community_worker)
    visit = task.pending_visit
    task = make.act(task, Action.WITHDRAW, cast.owner)
    visit.refresh_from_db()
    assert (visit.cancelled_by, visit.cancelled_at, visit.remind_at) == (
        cast.owner,
        make.NOW,
        None,
    )
    event = task.events.get(action=Action.CANCEL_VISIT)
    assert event.internal
    notify_of_events(make.NOW)
    assert told(f"task-event:{event.pk}") == {"community", "property"}


def test_a_task_that_is_merged_or_closed_by_the_portal_calls_its_visit_off(cast):
    task = arrange(make.task(cast, Status.HANDLING), cast.community_worker)
    visit = task.pending_visit
    make.act(task, Action.MERGE, cast.community_worker, into=make.task(cast))
    visit.refresh_from_db()
    assert visit.cancelled_at == make.NOW
    task = arranged(cast, starts_at=WHEN + timedelta(days=60))
    visit = task.pending_visit
    done = {"outcome": "solved", "text": "已拆除", "reason": "协办已完成"}
    task = make.act(task, Action.RESOLVE, cast.urban_officer, **done)
    task = make.act(task, Action.CONFIRM, cast.street_cadre)
    expire(task=task, now=make.NOW + timedelta(days=8))
    visit.refresh_from_db()
    assert visit.cancelled_by == cast.urban_officer


def test_a_visit_that_took_place_is_written_down_after_the_task_was_closed(cast):
    task = arrange(make.task(cast, Status.HANDLING), cast.community_worker)
    late = WHEN + timedelta(hours=1)
    task = make.act(task, Action.MERGE, cast.community_worker, late, into=make.task(cast))
    assert not task.events.filter(action=Action.CANCEL_VISIT).exists()
    make.act(task, Action.RECORD_VISIT, cast.community_worker, late, minutes="已到场查看")
    assert task.visits.get().minutes == "已到场查看"
