"""Who may appoint whom to what, and what leave and hand-over do."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.enums import AuditResult, Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry, Position
from orgs.positions import positions
from orgs.positions.appointments import appointable_positions, may_appoint, visible_positions
from orgs.scoping import reach_of
from tests import factories as make

NOW = datetime(2026, 2, 1, 4, tzinfo=UTC)
TODAY = timezone.localdate(NOW)


def appoint(cast, by, person, role, where, **days):
    days = {"starts": date(2026, 1, 1)} | days
    return positions.appoint(person=person, role=role, where=where, by=by, now=NOW, **days)


@pytest.fixture
def registrar(cast):
    person = make.user("registrar", name="登记员")
    make.position(person, Role.REGISTRAR, cast.district)
    return person


@pytest.fixture
def held(cast):
    """The community worker's position."""
    return cast.community_worker.positions.get()


TARGETS = {
    "community": (Role.COMMUNITY_WORKER, "community"),
    "street": (Role.STREET_CADRE, "street"),
    "other community": (Role.COMMUNITY_WORKER, "other_community"),
    "grid": (Role.GRID_WORKER, "grid"),
    "branch": (Role.BRANCH_SECRETARY, "branch"),
    "department": (Role.DEPARTMENT_OFFICER, "urban"),
    "district": (Role.DISTRICT_OFFICE, "district"),
}
BELOW_STREET = {"community", "grid", "branch"}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("admin", set(TARGETS)),
        ("district_cadre", set(TARGETS)),
        ("street_leader", BELOW_STREET),
        ("street_cadre", set()),
        ("sibling_cadre", set()),
        ("community_worker", set()),
        ("urban_officer", set()),
        ("secretary", set()),
        ("auditor", set()),
        ("owner", set()),
        ("outsider", set()),
    ],
)
@pytest.mark.parametrize("target", TARGETS)
def test_who_may_appoint_where(cast, who, allowed, target):
    by = getattr(cast, who)
    role, where = TARGETS[target]
    if target in allowed:
        made = appoint(cast, by, cast.outsider, role, getattr(cast, where))
        assert cast.outsider.positions.get() == made
    else:
        with pytest.raises(NotAllowed):
            appoint(cast, by, cast.outsider, role, getattr(cast, where))
        assert cast.outsider.positions.count() == 0


def test_a_leader_of_another_street_appoints_nobody_here(cast):
    leader = make.user("leader2")
    make.position(leader, Role.STREET_LEADER, cast.other_street)
    appoint(cast, leader, cast.outsider, Role.COMMUNITY_WORKER, cast.other_community)
    with pytest.raises(NotAllowed):
        appoint(cast, leader, cast.outsider, Role.COMMUNITY_WORKER, cast.community)


def test_a_joint_branch_across_streets_is_beyond_either_leader(cast, registrar):
    joint = make.branch([cast.compound, cast.other_community])
    with pytest.raises(NotAllowed):
        appoint(cast, cast.street_leader, cast.outsider, Role.BRANCH_SECRETARY, joint)
    appoint(cast, registrar, cast.outsider, Role.BRANCH_SECRETARY, joint)


def test_another_district_is_out_of_reach(cast, registrar):
    with pytest.raises(NotAllowed):
        appoint(cast, registrar, cast.outsider, Role.STREET_CADRE, make.unit())
    with pytest.raises(NotAllowed):
        appoint(cast, registrar, cast.outsider, Role.DISTRICT_OFFICE, make.district())


@pytest.mark.parametrize(
    "who", ["admin", "district_cadre", "street_leader", "street_cadre", "owner"]
)
def test_lists_and_single_answers_agree(cast, who):
    user = getattr(cast, who)
    listed = set(appointable_positions(user))
    single = {position for position in Position.objects.all() if may_appoint(user, position)}
    assert listed == single


def test_people_see_their_own_positions(cast):
    assert set(visible_positions(cast.owner)) == set()
    assert set(visible_positions(cast.street_cadre)) == set(cast.street_cadre.positions.all())
    assert set(visible_positions(cast.admin)) == set(Position.objects.all())


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.COMMUNITY_WORKER, "street"),
        (Role.STREET_CADRE, "community"),
        (Role.COMMUNITY_WORKER, "grid"),
        (Role.DEPARTMENT_OFFICER, "community"),
        (Role.OWNERS_COMMITTEE, "building"),
    ],
)
def test_a_role_belongs_at_its_kind_of_place(cast, role, where):
    with pytest.raises(Refused) as refusal:
        appoint(cast, cast.admin, cast.outsider, role, getattr(cast, where))
    assert refusal.value.code == "wrong_target"


def test_days_in_the_wrong_order(cast):
    with pytest.raises(Refused) as refusal:
        appoint(
            cast, cast.admin, cast.outsider, Role.COMMUNITY_WORKER, cast.community,
            starts=date(2026, 2, 2), ends=date(2026, 2, 1),
        )  # fmt: skip
    assert refusal.value.code == "bad_dates"


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [
        (date(2026, 1, 31), None, True),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2026, 1, 10), date(2026, 1, 11), True),
        (date(2026, 2, 1), None, False),
        (date(2025, 1, 1), date(2025, 12, 31), False),
    ],
)
def test_nobody_holds_the_same_twice_on_a_day(cast, starts, ends, refused):
    january = {"starts": date(2026, 1, 1), "ends": date(2026, 1, 31)}
    place = (Role.COMMUNITY_WORKER, cast.community)
    appoint(cast, cast.admin, cast.outsider, *place, **january)
    if refused:
        with pytest.raises(Refused) as refusal:
            appoint(cast, cast.admin, cast.outsider, *place, starts=starts, ends=ends)
        assert refusal.value.code == "overlap"
    else:
        appoint(cast, cast.admin, cast.outsider, *place, starts=starts, ends=ends)
    appoint(cast, cast.admin, cast.outsider, Role.COMMUNITY_WORKER, cast.sibling, **january)


def test_a_closed_account_is_not_appointed(cast):
    cast.outsider.is_active = False
    with pytest.raises(Refused):
        appoint(cast, cast.admin, cast.outsider, Role.VOLUNTEER, cast.compound)


def test_an_appointment_without_audit_is_undone(cast, monkeypatch):
    def broken(*args, **values):
        raise RuntimeError

    monkeypatch.setattr(positions.audit, "record", broken)
    with pytest.raises(RuntimeError):
        appoint(cast, cast.admin, cast.outsider, Role.VOLUNTEER, cast.compound)
    assert cast.outsider.positions.count() == 0


def test_appointing_takes_effect_at_once(cast):
    assert reach_of(cast.outsider).roles == frozenset()
    appoint(cast, cast.admin, cast.outsider, Role.VOLUNTEER, cast.compound)
    assert reach_of(cast.outsider).roles == {Role.VOLUNTEER}


def test_ending(cast, held):
    positions.end(position=held, last_day=TODAY, by=cast.street_leader, now=NOW)
    held.refresh_from_db()
    assert held.ends == TODAY
    entry = AuditEntry.objects.get(action="end_position")
    assert (entry.actor, entry.object_id) == ("leader", str(held.pk))


def test_ending_what_has_ended_or_before_it_began(cast, held):
    with pytest.raises(Refused):
        positions.end(position=held, last_day=date(2019, 1, 1), by=cast.admin, now=NOW)
    positions.end(position=held, last_day=date(2021, 1, 1), by=cast.admin, now=NOW)
    with pytest.raises(WrongState):
        positions.end(position=held, last_day=TODAY, by=cast.admin, now=NOW)


def test_others_end_nothing(cast, held):
    for by in (cast.community_worker, cast.street_cadre, cast.sibling_cadre, cast.owner):
        with pytest.raises(NotAllowed):
            positions.end(position=held, last_day=TODAY, by=by, now=NOW)


def leave(cast, held, by, stand_in=None, starts=date(2026, 3, 1), ends=date(2026, 3, 7)):
    return positions.arrange_leave(
        position=held, stand_in=stand_in or cast.sibling_worker, starts=starts, ends=ends, by=by,
        now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "stands_in"),
    [
        (date(2026, 2, 28), False), (date(2026, 3, 1), True),
        (date(2026, 3, 7), True), (date(2026, 3, 8), False),
    ],
)  # fmt: skip
def test_a_stand_in_has_the_same_desk_for_those_days(cast, held, day, stands_in):
    made = leave(cast, held, cast.community_worker)
    assert made.acting_for == held
    here = reach_of(cast.sibling_worker, day).roles_at(cast.community)
    assert (Role.COMMUNITY_WORKER in here) is stands_in
    assert Role.COMMUNITY_WORKER in reach_of(cast.community_worker, day).roles_at(cast.community)


def test_leave_is_arranged_by_the_holder_or_who_appoints(cast, held):
    for by in (cast.street_cadre, cast.sibling_worker, cast.owner):
        with pytest.raises(NotAllowed):
            leave(cast, held, by)
    leave(cast, held, cast.street_leader)


def test_bad_leave(cast, held):
    with pytest.raises(Refused) as refusal:
        leave(cast, held, cast.community_worker, stand_in=cast.community_worker)
    assert refusal.value.code == "same_person"
    with pytest.raises(Refused):
        leave(cast, held, cast.community_worker, ends=date(2026, 2, 1))
    with pytest.raises(Refused):
        leave(cast, held, cast.community_worker, starts=date(2019, 1, 1))
    substitute = leave(cast, held, cast.community_worker)
    with pytest.raises(Refused) as refusal:
        leave(cast, substitute, cast.sibling_worker, stand_in=cast.outsider)
    assert refusal.value.code == "stand_in"


def test_stand_ins_end_with_the_position(cast, held):
    now_standing = leave(cast, held, cast.admin, starts=TODAY, ends=date(2099, 1, 1))
    later = leave(
        cast, held, cast.admin, cast.outsider, starts=date(2099, 2, 1), ends=date(2099, 3, 1)
    )
    positions.end(position=held, last_day=TODAY, by=cast.admin, now=NOW)
    now_standing.refresh_from_db()
    assert now_standing.ends == TODAY
    assert not Position.objects.filter(pk=later.pk).exists()


def test_what_ends_with_a_position_is_audited_each(cast, held):
    shortened = leave(cast, held, cast.admin, starts=TODAY, ends=date(2099, 1, 1))
    cancelled = leave(
        cast, held, cast.admin, cast.outsider, starts=date(2099, 2, 1), ends=date(2099, 3, 1)
    )
    positions.hand_over(
        position=held, to=cast.outsider, first_day=date(2026, 5, 1), by=cast.street_leader, now=NOW
    )
    rows = AuditEntry.objects.filter(actor="leader").order_by("pk")
    assert [(row.action, row.object_id) for row in rows[:3]] == [
        ("end_position", str(held.pk)),
        ("end_position", str(shortened.pk)),
        ("cancel_stand_in", str(cancelled.pk)),
    ]
    assert [row.action for row in rows[3:]] == ["hand_over"]
    assert rows[1].detail["ends"] == "2026-04-30"


def test_leave_is_arranged_on_the_position_as_it_has_become(cast, held):
    stale = Position.objects.select_related("user", "unit").get(pk=held.pk)
    positions.end(position=held, last_day=TODAY, by=cast.admin, now=NOW)
    with pytest.raises(Refused) as refusal:
        leave(cast, stale, cast.admin)
    assert refusal.value.code == "bad_dates"


def test_handing_over(cast, held):
    successor = positions.hand_over(
        position=held, to=cast.outsider, first_day=date(2026, 5, 1), by=cast.street_leader, now=NOW
    )
    held.refresh_from_db()
    assert held.ends == date(2026, 4, 30)
    assert (successor.role, successor.unit, successor.starts, successor.ends) == (
        Role.COMMUNITY_WORKER, cast.community, date(2026, 5, 1), None,
    )  # fmt: skip


def test_a_refused_hand_over_changes_nothing(cast, held):
    make.position(cast.outsider, Role.COMMUNITY_WORKER, cast.community)
    with pytest.raises(Refused):
        positions.hand_over(
            position=held, to=cast.outsider, first_day=date(2026, 5, 1), by=cast.admin, now=NOW
        )
    held.refresh_from_db()
    assert held.ends is None
    with pytest.raises(NotAllowed):
        positions.hand_over(
            position=held, to=cast.owner, first_day=TODAY, by=cast.community_worker, now=NOW
        )


# --- Pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("admin", 200),
        ("street_leader", 200),
        ("district_cadre", 200),
        ("street_cadre", 403),
        ("owner", 403),
    ],
)
@pytest.mark.parametrize(
    "path", ["/staff/", "/staff/appoint/", "/staff/import/", "/staff/import/template/"]
)
def test_who_opens_the_staff_pages(cast, page, who, status, path):
    assert page(getattr(cast, who)).get(path).status_code == status


def test_visitors_sign_in_first(cast, client):
    assert client.get("/staff/").status_code == 302


def test_the_list_shows_ones_reach_and_filters(cast, page):
    browser = page(cast.street_leader)
    people = {row.user for row in browser.get("/staff/").context["page"].rows}
    assert cast.community_worker in people
    assert not people & {cast.street_cadre, cast.other_worker, cast.urban_officer}
    make.user("zhang", phone="13912345678")
    make.position(make.user("li", phone="13912345670"), Role.GRID_WORKER, cast.grid)
    for query in ({"q": "139-1234-5670"}, {"q": "li"}, {"role": "grid_worker", "q": "li"}):
        rows = browser.get("/staff/", query).context["page"].rows
        assert [row.user.username for row in rows] == ["li"]
    assert browser.get("/staff/", {"when": "ended"}).context["page"].rows == []
    assert browser.get("/staff/", {"role": "nonsense", "after": "x"}).status_code == 200


def test_the_list_costs_the_same_at_1_and_at_30_rows(cast, page):
    leader = make.user("leader2")
    make.position(leader, Role.STREET_LEADER, cast.other_street)
    browser = page(leader)
    browser.get("/staff/")
    costs = []
    for more in (0, 29):
        for _number in range(more):
            make.position(make.user(), Role.COMMUNITY_WORKER, cast.other_community)
        with CaptureQueriesContext(connection) as queries:
            rows = browser.get("/staff/").context["page"].rows
        costs.append((len(rows), len(queries)))
    assert [count for count, _cost in costs] == [1, 30]
    assert costs[0][1] == costs[1][1]
    assert costs[0][1] <= 7


def test_pages_go_by_key(cast, page):
    for _number in range(60):
        make.position(make.user(), Role.VOLUNTEER, cast.compound)
    browser = page(cast.street_leader)
    first = browser.get("/staff/").context["page"]
    assert (len(first.rows), first.previous) == (50, "")
    second = browser.get("/staff/" + first.next).context["page"]
    back = browser.get("/staff/" + second.previous).context["page"]
    assert second.next == ""
    assert back.rows == first.rows
    assert not set(first.rows) & set(second.rows)


def test_appointing_on_the_page(cast, page):
    browser = page(cast.street_leader)
    body = {
        "person": "outsider",
        "role": "community_worker",
        "where": "西湖社区",
        "starts": "2026-01-01",
    }
    made = browser.post("/staff/appoint/", body)
    position = cast.outsider.positions.get()
    assert made.url == f"/staff/{position.pk}/"
    assert browser.get(made.url).status_code == 200
    again = browser.post("/staff/appoint/", body)
    assert again.status_code == 400
    wrong = browser.post("/staff/appoint/", body | {"person": "nobody", "where": "汉川门"})
    assert set(wrong.context["form"].errors) == {"person", "where"}


def test_an_unclear_place_is_asked_for_by_code(cast, page):
    body = {
        "person": "outsider",
        "role": "community_worker",
        "where": "社区",
        "starts": "2026-01-01",
    }
    answer = page(cast.street_leader).post("/staff/appoint/", body)
    assert cast.community.code in answer.context["form"].errors["where"][0]
    assert cast.other_community.code not in answer.context["form"].errors["where"][0]


def test_positions_out_of_sight_are_not_found(cast, page, held):
    for who in (cast.owner, cast.sibling_cadre, cast.sibling_worker):
        for path in ("", "end/", "leave/", "hand-over/"):
            assert page(who).get(f"/staff/{held.pk}/{path}").status_code == 404


def test_the_holder_arranges_leave_but_ends_nothing(cast, page, held):
    browser = page(cast.community_worker)
    text = browser.get(f"/staff/{held.pk}/").content.decode()
    assert f"/staff/{held.pk}/end/" not in text
    body = {"stand_in": "community2", "starts": "2099-01-01", "ends": "2099-01-05"}
    assert browser.post(f"/me/leave/{held.pk}/", body).status_code == 302
    assert held.stand_ins.get().user == cast.sibling_worker
    assert browser.post(f"/staff/{held.pk}/end/", {"last_day": "2099-01-01"}).status_code == 403


def test_ending_and_handing_over_on_the_page(cast, page, held):
    browser = page(cast.street_leader)
    body = {"to": "outsider", "first_day": "2099-01-01"}
    assert browser.post(f"/staff/{held.pk}/hand-over/", body).status_code == 302
    assert browser.post(f"/staff/{held.pk}/end/", {"last_day": "2019-01-01"}).status_code == 400
    assert browser.post(f"/staff/{held.pk}/end/", {"last_day": "2098-01-01"}).status_code == 302
    held.refresh_from_db()
    assert held.ends == date(2098, 1, 1)


def test_a_refusal_on_a_page_is_shown_and_audited(cast, page, held):
    body = {"last_day": "2019-01-01"}
    answer = page(cast.street_leader).post(f"/staff/{held.pk}/end/", body)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["last_day"]
    entry = AuditEntry.objects.get(actor="leader")
    assert (entry.action, entry.result) == ("orgs:position_end", AuditResult.REFUSED)
    assert entry.detail["error"] == "bad_dates"


def test_who_is_audited_appoints_no_auditor(cast, registrar):
    for by in (registrar, cast.district_cadre, cast.street_leader):
        with pytest.raises(NotAllowed):
            appoint(cast, by, cast.outsider, Role.AUDITOR, cast.district)
    with pytest.raises((NotAllowed, Refused)):
        appoint(cast, cast.admin, cast.admin, Role.AUDITOR, cast.district)
    assert appoint(cast, cast.admin, cast.outsider, Role.AUDITOR, cast.district)


def test_an_auditor_holds_nothing_else(cast):
    with pytest.raises(Refused) as refused:
        appoint(cast, cast.admin, cast.community_worker, Role.AUDITOR, cast.district)
    assert refused.value.code == "audits_itself"
    with pytest.raises(Refused):
        appoint(cast, cast.district_cadre, cast.auditor, Role.STREET_CADRE, cast.street)
