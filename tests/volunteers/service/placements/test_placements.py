"""Families taken to the heart, teams sent to communities, the pool of secretaries-to-be."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import CandidateState, ConsentWay
from volunteers.service.models import FamilyBond, SecretaryCandidate, WorkTeamMember
from volunteers.service.placements import bonds, candidates, queries, work_teams

pytestmark = pytest.mark.django_db
DAY = NOW.date()
TEXT = "从事社区工作八年，居民信任"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member(cast):
    who = serve.participant(cast.compound, cast.member)
    serve.report_in(cast, who)
    return who


@pytest.fixture
def home(cast):
    return make.household(cast.building)


# --- Families --------------------------------------------------------------------------------------


def bind(member, home, by, **values):
    words = {"note": "每周探访", "consent": ConsentWay.SPOKEN, "consent_by": "周奶奶"}
    return bonds.bond(
        participant=member, household=home, starts=DAY, by=by, now=NOW, **words | values
    )


def test_a_family_is_bound_with_its_consent_once_and_ended_by_the_member(cast, member, home):
    row = bind(member, home, cast.secretary)
    with pytest.raises(WrongState) as refusal:
        bind(member, home, cast.secretary)
    assert refusal.value.code == "bound"
    assert AuditEntry.objects.filter(action="service.bond-family").exists()
    bonds.end_bond(bond_row=row, by=cast.member, now=NOW)
    with pytest.raises(WrongState):
        bonds.end_bond(bond_row=row, by=cast.member, now=NOW)
    assert FamilyBond.objects.get().ends == DAY


@pytest.mark.parametrize("missing", ["note", "consent_by"])
def test_what_for_and_who_agreed_are_written_down(cast, member, home, missing):
    with pytest.raises(Refused):
        bind(member, home, cast.secretary, **{missing: " "})


def test_nobody_from_elsewhere_binds_or_ends(cast, member, home):
    for who in (cast.member, cast.sibling_worker, cast.admin):
        with pytest.raises(NotAllowed):
            bind(member, home, who)
    row = bind(member, home, cast.secretary)
    with pytest.raises(NotAllowed):
        bonds.end_bond(bond_row=row, by=cast.volunteer, now=NOW)


# --- Teams -----------------------------------------------------------------------------------------


def test_a_team_is_sent_its_members_rotate_and_it_ends(cast, member):
    team = work_teams.found(
        unit=cast.community, name="市直机关工作队", starts=DAY, by=cast.community_worker, now=NOW
    )
    sent = {"employer": serve.employer(), "starts": DAY, "by": cast.community_worker, "now": NOW}
    first = work_teams.send(team=team, participant=member, leads=True, **sent)
    with pytest.raises(WrongState) as refusal:
        work_teams.send(team=team, participant=member, **sent)
    assert refusal.value.code == "in_team"
    work_teams.rotate(member=first, by=cast.community_worker, now=NOW)
    second = work_teams.send(team=team, participant=member, **sent)
    work_teams.end(team=team, on=DAY, by=cast.community_worker, now=NOW)
    second.refresh_from_db()
    assert second.ends == DAY
    with pytest.raises(WrongState):
        work_teams.send(team=team, participant=member, **sent)
    assert WorkTeamMember.objects.count() == 2


def test_teams_go_to_communities_and_are_kept_by_those_who_run_them(cast):
    with pytest.raises(Refused):
        work_teams.found(unit=cast.compound, name="队", starts=DAY, by=cast.secretary, now=NOW)
    for who in (cast.sibling_worker, cast.member):
        with pytest.raises(NotAllowed):
            work_teams.found(unit=cast.community, name="队", starts=DAY, by=who, now=NOW)


# --- The pool --------------------------------------------------------------------------------------


def propose(member, cast, by):
    return candidates.propose(participant=member, unit=cast.compound, text=TEXT, by=by, now=NOW)


def complete(member, cast):
    propose(member, cast, cast.secretary)
    row = propose(member, cast, cast.community_worker)
    return candidates.consent(candidate=row, by=cast.member, now=NOW)


def test_branch_and_community_propose_the_member_agrees_the_street_takes_in(cast, member):
    row = complete(member, cast)
    term = {"starts": DAY, "ends": date(2028, 3, 10), "now": NOW}
    with pytest.raises(NotAllowed):
        candidates.enlist(candidate=row, by=cast.secretary, **term)
    done = candidates.enlist(candidate=row, by=cast.street_leader, **term)
    assert done.state == CandidateState.LISTED
    assert SecretaryCandidate.objects.count() == 1


def test_nothing_is_listed_before_all_three_have_spoken(cast, member):
    row = propose(member, cast, cast.secretary)
    term = {"starts": DAY, "ends": date(2028, 3, 10), "by": cast.street_leader, "now": NOW}
    with pytest.raises(WrongState) as refusal:
        candidates.enlist(candidate=row, **term)
    assert refusal.value.code == "incomplete"
    with pytest.raises(WrongState):
        propose(member, cast, cast.secretary)
    with pytest.raises(NotAllowed):
        candidates.consent(candidate=row, by=cast.secretary, now=NOW)


def test_nobody_proposes_themselves(cast):
    own = serve.participant(cast.compound, cast.secretary)
    with pytest.raises(NotAllowed) as refusal:
        propose(own, cast, cast.secretary)
    assert refusal.value.code == "own_case"


def test_only_those_who_appoint_who_is_meant_and_who_proposed_see_it(cast, member):
    complete(member, cast)

    def sees(user):
        return SecretaryCandidate.objects.visible_to(user).exists()

    for user in (cast.street_cadre, cast.street_leader, cast.member, cast.secretary):
        assert sees(user)
    for user in (cast.sibling_cadre, cast.grid_worker, cast.volunteer, cast.owner):
        assert not sees(user)
    other = make.user("othersec")
    make.position(other, "branch_secretary", make.branch([cast.compound]))
    assert not sees(other)


def test_the_member_takes_it_back_without_a_reason_the_street_with_one(cast, member):
    row = complete(member, cast)
    with pytest.raises(Refused):
        candidates.remove(candidate=row, by=cast.street_leader, now=NOW)
    candidates.remove(candidate=row, by=cast.member, now=NOW)
    assert complete(member, cast).pk != row.pk


def test_an_administrator_sees_nothing_of_the_pool(page, api, cast, member):
    complete(member, cast)
    assert SecretaryCandidate.objects.visible_to(cast.street_leader).exists()
    assert not SecretaryCandidate.objects.visible_to(cast.admin).exists()
    assert api(cast.admin).get("/api/v1/secretaries/").json()["results"] == []
    desk = page(cast.admin)
    assert desk.get(reverse("service:pool")).status_code == 403
    assert desk.get("/admin/service/secretarycandidate/").status_code == 403
    assert "secretarycandidate" not in desk.get("/admin/").text


# --- Over the API and on pages ---------------------------------------------------------------------


def test_over_the_api(api, cast, member, home):
    desk = api(cast.secretary)
    body = {
        "person": member.pk,
        "household": home.code,
        "note": "探访",
        "consent": "spoken",
        "consent_by": "周奶奶",
        "starts": f"{DAY}",
    }
    made = desk.post("/api/v1/family-bonds/", body, format="json")
    assert (made.status_code, made.json()["household"]) == (201, home.code)
    ended = api(cast.member).post(
        f"/api/v1/family-bonds/{made.json()['id']}/end/", {}, format="json"
    )
    assert ended.json()["ends"] == f"{DAY}"
    body = {"unit": cast.community.code, "name": "工作队", "starts": f"{DAY}"}
    worker = api(cast.community_worker)
    team = worker.post("/api/v1/work-teams/", body, format="json").json()
    sent = {"person": member.pk, "employer": serve.employer().code, "starts": f"{DAY}"}
    at = f"/api/v1/work-teams/{team['id']}/"
    one = worker.post(f"{at}members/", sent, format="json")
    assert one.status_code == 201
    assert (
        worker.post(
            f"/api/v1/work-team-members/{one.json()['id']}/end/", {}, format="json"
        ).status_code
        == 200
    )
    assert worker.post(f"{at}end/", {}, format="json").json()["ends"] == f"{DAY}"
    body = {"person": member.pk, "unit": cast.compound.code, "text": TEXT}
    row = desk.post("/api/v1/secretaries/", body, format="json").json()
    worker.post("/api/v1/secretaries/", body, format="json")
    at = f"/api/v1/secretaries/{row['id']}/"
    assert api(cast.volunteer).post(f"{at}agree/").status_code == 404
    assert api(cast.member).post(f"{at}agree/").status_code == 200
    term = {"starts": f"{DAY}", "ends": "2028-01-01"}
    assert desk.post(f"{at}take-in/", term, format="json").status_code == 403
    street = api(cast.street_leader)
    assert street.post(f"{at}take-in/", term, format="json").json()["status"] == "listed"
    reason = {"reason": "另有任用"}
    assert street.post(f"{at}take-out/", reason, format="json").json()["status"] == "removed"


def test_on_pages(page, cast, member, home):
    desk, worker = page(cast.secretary), page(cast.community_worker)
    sent = desk.post(
        reverse("service:bond_add"),
        {
            "participant": member.pk,
            "household": f"{cast.building.name} {home.room}",
            "consent_by": "周奶奶",
            "note": "每周探访",
            "consent": "phone",
            "starts": f"{DAY}",
        },
    )
    assert sent.status_code == 302
    assert "每周探访" in desk.get(reverse("service:placements")).text
    add = reverse("service:work_team_add", args=[cast.community.code])
    assert worker.post(add, {"name": "工作队", "starts": f"{DAY}"}).status_code == 302
    team = cast.community.work_teams.get()
    employer = serve.employer(name="市财政局党委")
    send = reverse("service:work_team_send", args=[team.pk])
    assert worker.get(send).status_code == 200
    who = {"participant": member.pk, "employer": employer.name, "starts": f"{DAY}"}
    assert worker.post(send, who).status_code == 302
    assert "市财政局党委" in worker.get(reverse("service:placements")).text
    propose_at = reverse("service:pool_propose", args=[cast.compound.code])
    for client in (desk, worker):
        assert client.post(propose_at, {"participant": member.pk, "text": TEXT}).status_code == 302
    row = SecretaryCandidate.objects.get()
    phone, street = page(cast.member), page(cast.street_leader)
    assert TEXT in phone.get(reverse("service:pool")).text
    assert phone.post(reverse("service:pool_agree", args=[row.pk])).status_code == 302
    term = {"starts": f"{DAY}", "ends": "2028-01-01"}
    assert street.post(reverse("service:pool_enlist", args=[row.pk]), term).status_code == 302
    assert "take-out" in street.get(reverse("service:pool")).text
    for client in (page(cast.volunteer), page(cast.sibling_worker)):
        assert TEXT not in client.get(reverse("service:pool")).text


def test_a_secretary_finds_a_family_by_its_door_within_the_own_places(page, cast, member, home):
    building = cast.building.name
    body = {
        "participant": member.pk, "consent_by": "周奶奶", "note": "每周探访", "consent": "phone",
        "starts": f"{DAY}",
    }  # fmt: skip
    at = reverse("service:bond_add")
    elsewhere = make.household(make.unit(make.unit(cast.sibling)))
    desk = page(cast.secretary)
    for door in (f"{building} 9999", building, f"{elsewhere.building.name} {elsewhere.room}"):
        refused = desk.post(at, body | {"household": door})
        assert refused.status_code in (200, 400)
        assert "每周探访" in refused.text
    assert not FamilyBond.objects.exists()
    assert desk.post(at, body | {"household": f"{building}{home.room}室"}).status_code == 302
    assert FamilyBond.objects.get().household == home


def test_the_api_takes_a_family_by_the_same_door_and_no_other(api, cast, member, home):
    body = {
        "person": member.pk, "note": "探访", "consent": "spoken", "consent_by": "周奶奶",
        "starts": f"{DAY}",
    }  # fmt: skip
    elsewhere = make.household(make.unit(make.unit(cast.sibling)))
    at, desk = "/api/v1/family-bonds/", api(cast.secretary)
    for door in (elsewhere.code, f"{elsewhere.building.name} {elsewhere.room}", "9999"):
        refused = desk.post(at, body | {"household": door}, format="json")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["household"])
    words = body | {"household": f"{cast.building.name} {home.room}"}
    assert api(cast.volunteer).post(at, words, format="json").status_code == 403
    assert desk.post(at, words, format="json").json()["household"] == home.code


def test_a_door_beyond_fifty_that_are_not_kept_is_found(cast, member, home, monkeypatch):
    """A secretary also lives elsewhere: what is not kept does not hide what is."""
    other = make.unit(cast.compound.parent, kind="compound")
    make.position(cast.secretary, Role.OWNERS_COMMITTEE, other)
    for number in range(51):
        building = make.unit(other, code=f"{other.code}-{number:03}", name=f"{number}栋")
        make.household(building, room=home.room)
    assert queries.homes_at_door(home.room, cast.secretary) == [home]
    assert queries.homes_at_door(f"{cast.building.name} {home.room}", cast.secretary) == [home]


def test_reports_on_pages(page, cast, member):
    row = member.report_ins.get()
    boss = make.user("employer")
    make.position(boss, "employer", row.employer)
    form = reverse("service:member_report", args=[row.pk])
    phone = page(cast.member)
    assert "2026-H1" in phone.get(form).text
    assert phone.post(form, {"period": "2026-H1", "text": "参加服务六次"}).status_code == 302
    assert page(cast.volunteer).get(form).status_code == 404
    office = page(boss)
    listed = office.get(reverse("service:double_reports")).text
    assert "参加服务六次" in listed
    report = row.reports.get()
    assert office.post(reverse("service:report_receive", args=[report.pk])).status_code == 302
    paired = serve.pairing(cast, organisation=row.employer)
    row.employer.parent = serve.employer(name="市直机关工委")
    row.employer.save()
    yearly = reverse("service:unit_report", args=[paired.pk])
    assert yearly in office.get(reverse("service:pairings")).text
    assert office.post(yearly, {"period": "2025", "text": "结对服务"}).status_code == 302
    assert phone.get(yearly).status_code == 404
