"""The desk, the board, the inbox and the orders: who finds what there, at how many queries."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from orgs.db.first_keys import keys_of, read
from orgs.enums import Role
from tasks.enums import Action, Channel, Light, Status, WhistleKind
from tasks.lists import desk
from tasks.lists.desk import desk_of
from tasks.lists.views import board
from tasks.models import Task
from tasks.workflow.limits.limits import end_of_day, with_light
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def numbers(rows):
    return [row.task.number for row in rows]


@pytest.mark.parametrize(
    ("who", "status", "step"),
    [
        ("community_worker", Status.SUBMITTED, Action.ACCEPT),
        ("grid_worker", Status.HANDLING, Action.RESOLVE),
        ("street_cadre", Status.WHISTLED, Action.DISPATCH),
        ("urban_officer", Status.DISPATCHED, Action.REPORT_IN),
        ("housing_officer", Status.REPORTED_IN, Action.REPORT_IN),
        ("urban_officer", Status.REPORTED_IN, Action.RESOLVE),
        ("street_cadre", Status.RESOLVED, Action.CONFIRM),
    ],
)
def test_a_desk_shows_what_waits_with_its_one_next_step(page, cast, who, status, step):
    task = make.task(cast, status)
    make.task(cast, Status.CLOSED)
    response = page(getattr(cast, who)).get("/")
    found = [*response.context["late"], *response.context["today"], *response.context["rest"]]
    assert [(row.task, row.step) for row in found] == [(task, step)]
    assert f"/tasks/{task.number}/{step.value}/" in response.content.decode()


def test_nothing_of_another_street_lies_on_a_desk(page, cast):
    make.task(cast, Status.WHISTLED)
    response = page(cast.sibling_cadre).get("/")
    assert response.context["desk"].is_clean
    assert response.context["desk"].counts.waiting == 0


@pytest.mark.parametrize("who", ["community_worker", "street_cadre", "urban_officer", "housing_officer",
    "grid_worker", "secretary", "district_cadre", "sibling_worker", "member", "admin"])  # fmt: skip
def test_what_is_kept_for_an_office_finds_what_the_person_finds(cast, who):
    make.task(cast, unit=cast.sibling)
    for status in (Status.SUBMITTED, Status.WHISTLED, Status.DISPATCHED, Status.RESOLVED):
        make.task(cast, status)
    # What was worked out for somebody else is there already.
    for other in (cast.community_worker, cast.street_cadre, cast.urban_officer):
        desk_of(other, make.NOW)
    person, moments = getattr(cast, who), (make.NOW, end_of_day(make.NOW))
    kept = keys_of(desk._SECTIONS.of(person, *moments), 4)
    assert kept == keys_of(desk._sections(person, *moments), 4)
    counted = read(desk._COUNTS.of(person, make.NOW))
    assert counted == read(desk._counts(person, make.NOW))


def test_late_work_of_departments_is_urged_by_the_street(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    with time_machine.travel(make.NOW + timedelta(hours=2), tick=False):
        response = page(cast.street_cadre).get("/")
    assert [(row.task, row.step) for row in response.context["late"]] == [(task, Action.URGE)]
    assert response.context["desk"].counts.late == 1


def test_due_today_comes_before_the_rest(cast):
    dispatched = make.task(cast, Status.DISPATCHED)
    working = make.task(cast, Status.REPORTED_IN)
    desk = desk_of(cast.urban_officer, make.NOW)
    assert (desk.late, desk.today, desk.rest) == ([], [dispatched], [working])


@pytest.mark.parametrize(
    ("status", "minutes", "light"),
    [
        (Status.SUBMITTED, 1, Light.GREEN),
        (Status.SUBMITTED, 100, Light.YELLOW),
        (Status.HANDLING, 99 * 60, Light.GREEN),
        (Status.WHISTLED, 121, Light.RED),
        (Status.WITHDRAWN, 121, None),
        (Status.DISPATCHED, 1, Light.GREEN),
        (Status.DISPATCHED, 50, Light.YELLOW),
        (Status.DISPATCHED, 61, Light.RED),
        (Status.REPORTED_IN, 61, Light.GREEN),
        (Status.REPORTED_IN, 20 * 60, Light.YELLOW),
        (Status.REPORTED_IN, 25 * 60, Light.RED),
        (Status.RESOLVED, 99 * 60, Light.GREEN),
        (Status.CLOSED, 99 * 60, Light.GREEN),
    ],
)
def test_the_database_and_the_row_see_the_same_light(cast, status, minutes, light):
    task = make.task(cast, status)
    now = make.NOW + timedelta(minutes=minutes)
    assert task.light(now) == light
    found = [one for one in Light if with_light(Task.objects.all(), one, now).exists()]
    assert found == ([light] if light else [])


def test_work_done_late_stays_red(cast):
    task = make.task(cast, Status.REPORTED_IN)
    later = make.NOW + timedelta(days=9)
    task = make.act(
        task, Action.RESOLVE, cast.urban_officer, later, outcome="solved", text="已拆", reason="迟"
    )
    assert task.light(later) == Light.RED
    assert list(with_light(Task.objects.all(), Light.RED, later)) == [task]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("street_cadre", "/", Status.WHISTLED),
        ("community_worker", "/", Status.SUBMITTED),
        ("urban_officer", "/", Status.DISPATCHED),
        ("street_cadre", "/tasks/", Status.DISPATCHED),
        ("street_cadre", "/board/", Status.DISPATCHED),
        ("urban_officer", "/inbox/", Status.DISPATCHED),
        ("member", "/orders/", Status.OFFERED),
        ("owner", "/", Status.SUBMITTED),
    ],
)
def test_the_number_of_queries_does_not_grow(
    page, cast, django_assert_num_queries, who, path, status
):
    kind = make.category()
    browser = page(getattr(cast, who))
    make.task(cast, status, category=kind)
    browser.get(path)
    with django_assert_num_queries(100, exact=False) as one:
        browser.get(path)
    for _number in range(29):
        make.task(cast, status, category=kind)
    with django_assert_num_queries(len(one.captured_queries)):
        browser.get(path)


# --- The lights above a desk ---


def noise(cast):
    """Tasks in somebody's sight that are not theirs to answer for; all run late."""
    passed = make.task(cast)
    make.act(passed, Action.TRANSFER, cast.community_worker, unit=cast.sibling)
    elsewhere = make.task(cast, by=cast.street_cadre, unit=cast.other_community)
    for task, worker, cadre in (
        (passed, cast.sibling_worker, cast.street_cadre),
        (elsewhere, cast.other_worker, cast.sibling_cadre),
    ):
        make.act(task, Action.WHISTLE, worker, kind="public", reason="需要执法部门")
        make.act(task, Action.DISPATCH, cadre, lead=cast.fire)
    again = make.act(make.task(cast, Status.DISPATCHED), Action.RECALL, cast.street_cadre)
    make.act(again, Action.DISPATCH, cast.street_cadre, lead=cast.fire)


@pytest.mark.parametrize(
    ("who", "late"),
    [("street_cadre", 3), ("community_worker", 2), ("urban_officer", 1), ("admin", 4)],
)
def test_each_light_opens_a_list_of_as_many(page, cast, who, late):
    noise(cast)
    for status in (Status.DISPATCHED, Status.WHISTLED, Status.RATING, Status.SUBMITTED):
        make.task(cast, status)
    make.task(cast, Status.DISPATCHED, now=make.NOW + timedelta(minutes=70))
    client = page(getattr(cast, who))
    with time_machine.travel(make.NOW + timedelta(hours=2), tick=False):
        response = client.get("/")
        links = re.findall(
            r'class="counter [^"]*" href="([^"]+)".*?counter-number">(\d+)<',
            response.content.decode(),
        )
        assert len(links) == 4
        for address, number in links:
            found = client.get(unescape(address)).context["rows"]
            assert len(found) == int(number), address
    assert response.context["desk"].counts.late == late
    assert response.context["desk"].counts.soon >= (who != "admin")


def test_a_card_and_a_row_tell_the_same_limit(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    with time_machine.travel(make.NOW + timedelta(hours=2), tick=False):
        (card,) = page(cast.owner).get("/mine/").context["cards"]
        (row,) = page(cast.street_cadre).get("/tasks/").context["rows"]
        shown = page(cast.street_cadre).get(f"/tasks/{task.number}/").context["limit"]
    assert card["light"] == Light.RED
    assert card["limit"] == row.limit == shown == task.report_in_by


# --- Who has which page ---


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/board/", {"street_cadre", "street_leader", "district_cadre", "admin"}),
        ("/inbox/", {"urban_officer"}),
        ("/orders/", {"member", "volunteer", "secretary", "admin"}),
        ("/tasks/", None),
    ],
)
def test_each_page_opens_for_its_roles(page, cast, path, allowed):
    people = [
        "street_cadre",
        "street_leader",
        "district_cadre",
        "community_worker",
        "urban_officer",
        "member",
        "volunteer",
        "secretary",
        "owner",
        "auditor",
        "admin",
        "outsider",
    ]
    found = {who for who in people if page(getattr(cast, who)).get(path).status_code == 200}
    assert found == (set(people) if allowed is None else allowed)
    assert page().get(path).status_code == 302


def test_the_board_sorts_by_state(page, cast):
    for status in (Status.WHISTLED, Status.DISPATCHED, Status.REPORTED_IN, Status.RESOLVED):
        make.task(cast, status)
    own_work = make.task(cast, Status.HANDLING)
    make.act(own_work, Action.RESOLVE, cast.community_worker, outcome="solved", text="好了")
    columns = page(cast.street_cadre).get("/board/").context["columns"]
    assert [(one["name"], one["count"]) for one in columns] == [
        ("whistled", 1),
        ("dispatched", 1),
        ("reported_in", 1),
        ("resolved", 1),
    ]


def test_a_full_column_of_the_board_opens_as_many_as_it_counts(page, cast, monkeypatch):
    monkeypatch.setattr(board, "COLUMN", 1)
    states = (Status.WHISTLED, Status.DISPATCHED, Status.REPORTED_IN, Status.RESOLVED)
    for status in 2 * states:
        make.task(cast, status)
    own_work = make.task(cast, Status.HANDLING)
    make.act(own_work, Action.RESOLVE, cast.community_worker, outcome="solved", text="好了")
    client = page(cast.street_cadre)
    shown = client.get("/board/")
    links = re.findall(r'href="(/tasks/\?status=[^"]*)"', shown.text)
    counts = [one["count"] for one in shown.context["columns"]]
    lists = [client.get(link.replace("&amp;", "&")).context["page"].rows for link in links]
    assert counts == [len(rows) for rows in lists] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("who", "path"), [("street_cadre", "/board/"), ("urban_officer", "/inbox/")]
)
def test_what_runs_out_first_is_first_whichever_limit_it_is(page, cast, who, path):
    """A contact overdue goes before work that is to be done earlier."""
    kind = WhistleKind.ENFORCEMENT
    not_contacted = make.task(cast, Status.REPORTED_IN, whistle_kind=kind)
    spoken_with = make.task(cast, Status.REPORTED_IN)
    spoken_with = make.act(spoken_with, Action.CONTACT, cast.urban_officer, text="已联系")
    assert not_contacted.limit_at < spoken_with.limit_at == spoken_with.resolve_by
    assert spoken_with.resolve_by < not_contacted.resolve_by
    columns = page(getattr(cast, who)).get(path).context["columns"]
    working = next(one for one in columns if one["name"] in ("reported_in", "working"))
    assert numbers(working["rows"]) == [not_contacted.number, spoken_with.number]


def test_an_inbox_follows_the_department(page, cast):
    task = make.task(cast, Status.DISPATCHED)

    def where(who):
        columns = page(who).get("/inbox/").context["columns"]
        return [one["name"] for one in columns if one["rows"]]

    assert where(cast.urban_officer) == ["to_report_in"]
    assert where(cast.fire_officer) == []
    task = make.act(task, Action.REPORT_IN, cast.urban_officer)
    assert where(cast.urban_officer) == ["working"]
    task = make.act(
        task, Action.RESOLVE, cast.urban_officer, outcome="solved", text="好", reason="协办未完"
    )
    assert where(cast.urban_officer) == ["to_confirm"]
    make.act(task, Action.CONFIRM, cast.street_cadre)
    assert where(cast.urban_officer) == ["done"]


def test_a_full_inbox_leads_on_to_the_list(page, cast, monkeypatch):
    client, more = page(cast.urban_officer), "tab=departments"
    make.task(cast, Status.DISPATCHED)
    assert more not in client.get("/inbox/").text
    monkeypatch.setattr(board, "COLUMN", 1)
    make.task(cast, Status.DISPATCHED)
    assert more in client.get("/inbox/").text


def test_orders_show_what_can_be_taken_and_what_was(page, cast):
    task = make.task(cast, Status.OFFERED)
    context = page(cast.member).get("/orders/").context
    assert (numbers(context["offered"]["rows"]), context["mine"]["rows"]) == ([task.number], [])
    make.act(task, Action.TAKE, cast.member)
    context = page(cast.member).get("/orders/").context
    assert (context["offered"]["rows"], numbers(context["mine"]["rows"])) == ([], [task.number])
    assert page(cast.volunteer).get("/orders/").context["offered"]["rows"] == []


def test_a_member_elsewhere_sees_no_orders_here(page, cast):
    make.task(cast, Status.OFFERED)
    stranger = make.user()
    make.position(stranger, Role.PARTY_MEMBER, cast.other_compound)
    assert page(stranger).get("/orders/").context["offered"]["count"] == 0


def test_a_department_that_assists_is_late_by_its_own_limit(page, cast):
    """Not called in time, while the lead's work runs on; the number opens its list."""
    task = make.task(cast, Status.REPORTED_IN)
    with time_machine.travel(make.NOW + timedelta(hours=2), tick=False):
        client = page(cast.housing_officer)
        response = client.get("/")
        listed = client.get("/tasks/?tab=late&charge=1").context["rows"]
        assert numbers(response.context["late"]) == numbers(listed) == [task.number]
        assert response.context["desk"].counts.late == 1
        assert page(cast.urban_officer).get("/").context["desk"].counts.late == 0


def test_an_answer_that_the_hotline_waits_for_is_late_on_the_desk(page, cast):
    late, answered = (make.task(cast, Status.HANDLING) for _ in range(2))
    waiting = make.task(cast, Status.HANDLING)
    for task, more in ((late, {}), (answered, {"resolved_at": make.NOW}), (waiting, {})):
        due = make.NOW + timedelta(days=1 if task is waiting else -1)
        row = {
            "channel": Channel.HOTLINE,
            "reply_by": due,
            "limit_at": make.NOW + timedelta(days=9),
        }
        Task.objects.filter(pk=task.pk).update(**row, **more)
    found = desk_of(cast.community_worker, make.NOW)
    assert (found.late, found.counts.late) == ([late], 1)
    assert waiting in found.rest
    listed = page(cast.community_worker).get("/tasks/?tab=late&charge=1").context["rows"]
    assert [row.task for row in listed] == [late]
