"""The demo district, loaded once for this file."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from random import Random

import pytest
from celery.signals import before_task_publish
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.test import TestCase
from django.utils import timezone

from governance import demo
from governance.demo import people, places
from governance.demo.cast import Cast
from governance.demo.places import SECOND_STREET, STREET
from governance.demo.tasks import player
from governance.running import DEMO_USERNAMES
from orgs.calendar import duty
from orgs.enums import PartyOrganisationKind, Role, UnitKind
from orgs.models import (
    AuditEntry,
    CompoundProfile,
    Department,
    Grid,
    LedgerImport,
    Notice,
    Outline,
    PartyOrganisation,
    Position,
    Unit,
    User,
)
from residents.enums import HouseholdState, Relation
from residents.models import Belonging, BodyMember, Household, Person
from residents.organisations import coverage
from residents.roll import guardians
from residents.roll.values import id_numbers
from tasks.enums import Action, AssignmentRole, Channel, Ending, Light, MeasureState, Status
from tasks.models import (
    Assignment,
    Category,
    Duty,
    Event,
    Exclusion,
    FeedbackRound,
    JointVisit,
    Measure,
    Patrol,
    Rating,
    Task,
    TaskAttachment,
    Transfer,
    WhistleFeedback,
)
from tasks.models.catalogue import COMPLAINTS, OTHER
from tasks.rates import rates
from tasks.rates.periods import Period
from tests.factories import NOW
from tests.governance.data_forms.twelve_forms import TWELVE, shares
from tests.unit_trees import assert_sound

queued: list[str] = []


@pytest.fixture(scope="module")
def district(django_db_setup, django_db_blocker):
    """What `load` answered; everything is rolled back after this file. `queued`: the jobs it left."""
    with django_db_blocker.unblock(), transaction.atomic():
        with TestCase.captureOnCommitCallbacks() as callbacks:
            loaded = demo.load(now=NOW)
        with queueing_noted(queued):
            for callback in callbacks:
                callback()
        yield loaded
        transaction.set_rollback(True)


@contextmanager
def queueing_noted(names):
    """Keeps the names of the jobs that are sent meanwhile."""

    def note(sender=None, **_message):
        names.append(sender)

    before_task_publish.connect(note)
    try:
        yield
    finally:
        before_task_publish.disconnect(note)


@pytest.fixture
def loaded(district, db):
    return district


def test_about_three_hundred_tasks_in_every_state(loaded):
    states = Counter(Task.objects.values_list("status", flat=True))
    assert loaded.tasks == states
    assert set(states) == set(Status)
    assert 300 <= sum(states.values()) <= 330


def test_a_second_load_says_so_and_changes_nothing(loaded, settings):
    before = Task.objects.count(), User.objects.count(), AuditEntry.objects.count()
    assert demo.load(now=NOW).is_new is False
    settings.DEMO = True
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert (Task.objects.count(), User.objects.count(), AuditEntry.objects.count()) == before


def test_nothing_is_left_to_a_worker(loaded):
    assert queued == []


# --- Places ------------------------------------------------------------------------------------


def test_real_divisions_and_the_compound(loaded):
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert (kinds[UnitKind.STREET], kinds[UnitKind.STREET] + kinds[UnitKind.COMMUNITY]) == (10, 150)
    emerald = Unit.objects.get(code="421102005003-001")
    assert emerald.path_name == "西湖街道 西湖社区 翡翠一品小区"
    assert emerald.get_children().count() == 14
    assert Unit.objects.filter(code="421102005003-001-014", name="14栋").exists()
    profile = CompoundProfile.objects.get(unit=emerald)
    assert (profile.year_built, profile.planned_households) == (2012, 1500)
    assert (profile.lon, profile.lat) == (114.87, 30.45)
    assert_sound()


def test_the_compounds_of_the_demo_community_have_outlines_around_them(loaded):
    outlines = Outline.objects.select_related("unit__profile").order_by("unit__code")
    assert [one.unit.code for one in outlines] == [f"{places.COMMUNITY}-00{n}" for n in (1, 2, 3)]
    for one in outlines:
        [[ring]] = one.areas
        east, north = zip(*ring, strict=True)
        assert ring[0] == ring[-1]
        assert min(east) < one.unit.profile.lon < max(east)
        assert min(north) < one.unit.profile.lat < max(north)


def test_grids_and_party_organisations(loaded):
    assert Grid.objects.count() == 2
    kinds = Counter(PartyOrganisation.objects.values_list("kind", flat=True))
    assert kinds[PartyOrganisationKind.BUILDING_GROUP] == 2
    assert set(kinds) == set(PartyOrganisationKind) - {PartyOrganisationKind.JOINT_BRANCH}
    assert PartyOrganisation.objects.get(code="DZB-FEICUI").founding_mode == "sent"


# --- People ------------------------------------------------------------------------------------


def test_the_accounts_of_the_design(loaded, settings):
    accounts = User.objects.filter(username__in=DEMO_USERNAMES)
    assert sorted(accounts.values_list("username", flat=True)) == sorted(DEMO_USERNAMES)
    assert [person.username for person in people.ACCOUNTS] == DEMO_USERNAMES
    assert len(set(accounts.values_list("password", flat=True))) == 1
    assert accounts[0].check_password(settings.DEMO_PASSWORD)
    assert not accounts.filter(must_change_password=True).exists()
    staff = set(accounts.filter(is_staff=True).values_list("username", flat=True))
    assert staff == {"admin", "district", "street"}


def test_nobody_else_can_sign_in(loaded):
    others = User.objects.exclude(username__in=DEMO_USERNAMES)
    assert [person.has_usable_password() for person in others] == [False] * len(people.BACKGROUND)


def test_numbers_come_from_one_block(loaded):
    numbers = [person.phone for person in User.objects.all()]
    assert {number[:7] for number in numbers} == {people.PHONE_BLOCK}
    assert len(set(numbers)) == len(numbers)


def test_the_street_can_sign(loaded):
    held = Position.objects.filter(user__username="street").values_list("role", "unit__code")
    assert set(held) == {
        (Role.STREET_CADRE, "421102005000"),
        (Role.STREET_LEADER, "421102005000"),
    }


# --- The catalogue -----------------------------------------------------------------------------


def test_every_kind_has_one_lead_with_its_basis(loaded):
    # "其他" is a place to put a report until somebody knows better, and a complaint is the street's.
    kinds = Category.objects.filter(is_selectable=True).exclude(code__in=[OTHER, COMPLAINTS])
    assert kinds.count() == 25
    assert not kinds.filter(parent=None).exists()
    leads = Counter(
        Duty.objects.filter(role=AssignmentRole.LEAD).values_list("category", flat=True)
    )
    assert leads == {kind.pk: 1 for kind in kinds}
    assert not Duty.objects.filter(basis="").exists()
    assert Department.objects.count() == 12


# --- The stories -------------------------------------------------------------------------------


def test_no_moment_lies_ahead_or_more_than_ninety_days_back(loaded):
    times = list(Event.objects.values_list("at", flat=True))
    assert max(times) <= NOW
    assert min(times) >= NOW - timedelta(days=92)


def test_timelines_run_forward_and_begin_with_the_report(loaded):
    for task in Task.objects.prefetch_related("events"):
        events = list(task.events.all())
        assert events[0].action == Action.REPORT
        assert [event.at for event in events] == sorted(event.at for event in events)


def test_the_audit_has_every_step(loaded):
    watched = AuditEntry.objects.filter(action="tasks.watch-limits")
    steps = Event.objects.exclude(action__in=[Action.REMIND, Action.ESCALATE])
    taken = AuditEntry.objects.filter(action__in=[f"tasks.{action}" for action in Action])
    assert taken.count() == steps.count()
    assert sum(one.detail["steps"] for one in watched) == Event.objects.count() - steps.count()
    assert AuditEntry.objects.filter(action="governance.load_demo").count() == 1


def test_tasks_are_handed_on_and_joint_visits_lie_ahead_were_held_and_called_off(loaded):
    assert Task.objects.exclude(handed_to=None).count() == 2
    assert Assignment.objects.exclude(person=None).count() == 1
    visits = JointVisit.objects.all()
    assert sorted(visit.starts_at > NOW for visit in visits if visit.is_pending) == [True, True]
    assert [visit.guests.filter(came=False).count() for visit in visits if visit.recorded_at] == [1]
    assert len([visit for visit in visits if visit.cancelled_at]) == 1


def test_everything_that_can_happen_has_happened(loaded):
    assert set(Event.objects.values_list("action", flat=True)) == set(Action)
    assert set(Task.objects.exclude(ending="").values_list("ending", flat=True)) == set(Ending)
    assert set(Task.objects.values_list("channel", flat=True)) == set(Channel)
    assert set(Rating.objects.values_list("stars", flat=True)) == {1, 2, 3, 4, 5}
    assert Rating.objects.filter(called_back=True).exists()
    assert Transfer.objects.exists()
    assert TaskAttachment.objects.count() == 2


def test_some_are_late_and_some_are_not(loaded):
    open_tasks = Task.objects.filter(resolve_by__isnull=False, closed_at=None)
    lights = Counter(task.light(NOW) for task in open_tasks.prefetch_related("assignments"))
    assert set(lights) == set(Light)
    assert lights[Light.RED] * 2 < lights[Light.GREEN] + lights[Light.YELLOW]


def test_most_of_it_happens_in_the_compound(loaded):
    here = Task.objects.filter(unit__code__startswith=places.EMERALD).count()
    assert here * 2 > Task.objects.count()
    assert Task.objects.exclude(unit__code__startswith="421102005").exists()


def test_a_passer_by_can_look_up_progress(loaded):
    task = Task.objects.get(number=loaded.number)
    assert (task.channel, task.contact_phone) == (Channel.PASSER_BY, loaded.phone)
    assert loaded.phone.endswith("0000")


# --- The same for the same seed ----------------------------------------------------------------


def plan(now, seed: int = demo.SEED) -> list[tuple]:
    accounts = {user.username: user for user in User.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    kinds = list(Category.objects.filter(is_selectable=True).order_by("pk"))
    cast = Cast(accounts, {user.pk: user for user in accounts.values()}, units, kinds)
    return [
        (story.course.name, story.unit.code, story.category.code, story.channel, *story.times)
        for story in player._plan(cast, now, Random(seed))
    ]


def test_the_same_seed_gives_the_same_stories(loaded):
    assert plan(NOW) == plan(NOW)
    assert plan(NOW) != plan(NOW, seed=1)


@pytest.mark.parametrize("hours", range(0, 24, 3))
def test_nothing_lies_ahead_at_whatever_hour_it_is_loaded(loaded, hours):
    now = NOW + timedelta(hours=hours)
    assert max(time for story in plan(now) for time in story[4:]) <= now


def test_people_sleep(loaded):
    by_itself = [Action.EXPIRE, Action.REMIND, Action.ESCALATE]
    steps = Event.objects.exclude(action__in=[*by_itself, Action.MERGE])
    hours = {
        timezone.localtime(event.at).hour
        for event in steps.filter(task__status=Status.CLOSED).exclude(task__ending=Ending.MERGED)
    }
    assert hours <= set(range(player.DAY_STARTS, player.DAY_ENDS))


# --- Households and people ---------------------------------------------------------------------


def test_fifteen_hundred_households_and_about_four_thousand_people(loaded):
    assert Household.objects.count() == 1500
    assert 3900 <= Person.objects.count() <= 4200
    assert set(Household.objects.values_list("state", flat=True)) >= {
        HouseholdState.LIVED_IN, HouseholdState.LET, HouseholdState.EMPTY, HouseholdState.UNSOLD,
        HouseholdState.SHOP,
    }  # fmt: skip


def test_nobody_is_real(loaded):
    numbers = [person.id_number for person in Person.objects.filter(account=None)[:200]]
    assert {number[:5] for number in numbers} == {"42119"}
    assert all(id_numbers.normalise(number) == number for number in numbers)


def test_the_accounts_live_where_the_guide_says(loaded):
    homes = Counter(
        Belonging.objects.filter(person__account__isnull=False).values_list(
            "person__account__username", "relation"
        )
    )
    assert homes["owner2", Relation.OWNER] == 3
    assert homes["tenant", Relation.TENANT] == 1
    assert Person.objects.get(account__username="owner").name == "沈业主"


def test_children_have_their_guardian(loaded):
    children = [one for one in Person.objects.all() if guardians.is_child(one.born, NOW.date())]
    assert children
    assert all(child.guardian_id for child in children)


# --- Patrols and feedback ----------------------------------------------------------------------


def test_a_month_of_patrols_and_an_open_round_of_feedback(loaded):
    assert Patrol.objects.count() == 32
    assert Patrol.objects.exclude(finding="").exists()
    made = FeedbackRound.objects.get()
    assert made.feedback.filter(answered_at__isnull=False).exists()
    assert WhistleFeedback.objects.exists()


def test_the_campaign_list(loaded):
    measures = Measure.objects.all()
    assert len({one.aspect for one in measures}) == 6
    assert len({(one.aspect, one.problem) for one in measures}) == 20
    assert len(measures) == 51
    assert len({one.lead_id for one in measures}) == 7
    assert {one.state for one in measures} == set(MeasureState)
    assert {one.light(NOW.date()) for one in measures} == set(Light)
    assert not measures.filter(closed_at__gt=NOW).exists()
    assert not measures.filter(closed_at__lt=F("submitted_at")).exists()


def test_the_rates_have_counts_and_a_reviewed_exclusion(loaded):
    district = User.objects.get(username="district")
    today = timezone.localdate(NOW)
    found = rates.rates_of(district, Period(today - timedelta(days=30), today))
    assert found.reported > 50
    assert None not in (found.response, found.resolution, found.satisfaction_rate)
    assert sorted(Exclusion.objects.values_list("granted", flat=True), key=str) == [None, True]


def test_somebody_is_on_duty_everywhere_now_with_a_stand_in_where_two_hold_office(loaded):
    days = duty.on_duty(
        streets=Unit.objects.filter(duty_days__isnull=False).values_list("pk", flat=True),
        departments=Department.objects.values_list("pk", flat=True),
        now=NOW,
    )
    assert {day.street.code for day in days if day.street} == {STREET, SECOND_STREET}
    assert len(days) == 2 + Department.objects.count()
    assert sum(day.stand_in is not None for day in days) == 4


def test_notices_are_read_and_unread(loaded):
    notices = Notice.objects.filter(recipient__username="street")
    assert notices.filter(read_at=None).exists()
    assert notices.filter(read_at__isnull=False).exists()


def test_compounds_are_covered_differently(district):
    found = coverage.picture(None, User.objects.get(username="admin"), timezone.localdate(NOW))
    assert found.whole.compounds == 7
    assert {one.count for one in found.compounds} >= {0, 2, 5}
    emerald = next(one for one in found.compounds if one.code == places.EMERALD)
    assert emerald.count == 5
    chair = BodyMember.objects.get(
        term__body__unit__code=places.EMERALD, seat="chair", term__body__kind="owners_committee"
    )
    assert chair.person.account.username == "committee"
    profile = CompoundProfile.objects.get(unit__code=places.EMERALD)
    assert (profile.property_mode, profile.property_firm) == ("firm", "示范物业甲公司")


def test_a_year_of_coverage_can_be_drawn(district):
    admin = User.objects.get(username="admin")
    months = coverage.trend(None, admin, timezone.localdate(NOW))
    assert len(months) >= 12
    shares = [month.counted.having["council"] for month in months]
    assert shares[0] < shares[-1]


# --- A roster from Excel -------------------------------------------------------------------------


def test_a_roster_waits_to_be_looked_through(loaded):
    found = LedgerImport.objects.get()
    assert (found.state, found.unchanged, found.changed) == ("preview", 2, 1)
    assert (found.new, found.unsure, found.wrong) == (1, 1, 1)


# --- Forms that fill themselves ----------------------------------------------------------------


@pytest.mark.parametrize("name", TWELVE)
def test_a_blank_form_fills_itself_without_a_hand(loaded, name):
    by = User.objects.get(username="community")
    known, cells, asked = shares(name, by=by, now=NOW)
    assert cells > 0
    assert known >= 0.8 * cells, f"{known} of {cells}"
    # Once answered, nothing is asked a second time.
    assert asked == 0
