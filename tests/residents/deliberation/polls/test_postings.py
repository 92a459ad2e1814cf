"""The posting of results: how long, objections under the real name, its end by itself."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from orgs.calendar.working_time import forget_calendar
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import CalendarDay, Notice
from residents.deliberation import jobs
from residents.deliberation.enums import (
    Electorate,
    PollMode,
    PollObjectionKind,
    PollObjectionState,
    PollState,
    Rule,
)
from residents.deliberation.models import Poll, PollObjection
from residents.deliberation.polls import notifications
from residents.deliberation.polls.course import polls, postings, workflow
from residents.deliberation.polls.roll import objections
from residents.enums import Relation
from tests import factories as make
from tests.residents.deliberation.polls.conftest import NOW

LIFT, RESULT = PollObjectionKind.LIFT, PollObjectionKind.RESULT


def published(place, **values):
    return place.poll(PollState.PUBLISHED, **values)


@pytest.fixture
def lift(place):
    """The published vote of one entrance about a lift, posted for as few days as can be set."""
    poll = place.draft(
        rule=Rule.LIFT, matter=None, buildings=[place.cast.building], entrance="1",
        by=place.cast.community_worker, settings={"publication_days": 1},
    )  # fmt: skip
    for number, name in enumerate(("owner", "multi", "third")):
        flat = make.household(place.cast.building, f"30{number}", entrance="1", area=10_000)
        make.belonging(
            place.people[name], flat, verified_by=place.cast.community_worker, verified_at=NOW
        )
    worker = place.cast.community_worker
    for step in (polls.announce, polls.open_poll, polls.close, polls.publish):
        poll = step(poll=poll, by=worker, now=NOW)
    return poll


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def working_days(first: date, last: date) -> int:
    """Of 2026: Mondays to Fridays but the days off of Qingming, without the first day."""
    off = {date(2026, 4, 6)}
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    return sum(day.weekday() < 5 and day not in off for day in days)


def test_a_lift_is_posted_for_ten_working_days(place, lift):
    first = timezone.localdate(lift.published_at)
    assert working_days(first, lift.posted_until) == 10
    assert (lift.posted_until - first).days > 10
    # A holiday that an administrator enters is no working day.
    before = lift.posted_until
    CalendarDay.objects.create(day=first + timedelta(days=1), is_worked=False, note="停工")
    forget_calendar()
    later = workflow.posted_until(lift, lift.published_at)
    assert later > before


def test_other_results_are_posted_as_announced(place):
    poll = published(place, settings={"publication_days": 20})
    assert poll.posted_until == timezone.localdate(NOW) + timedelta(days=20)


def test_residents_affairs_are_posted_for_fifteen_days(place):
    values = {
        "rule": Rule.RESIDENTS_MEETING, "matter": None, "electorate": Electorate.RESIDENTS,
        "settings": {"publication_days": 14}, "by": place.cast.community_worker,
    }  # fmt: skip
    with pytest.raises(Refused):
        place.draft(mode=PollMode.STATUTORY_PAPER, **values)
    assert place.draft(mode=PollMode.ADVISORY, **values).settings["publication_days"] == 14


# --- Objections --------------------------------------------------------------------------------------


def object_to(poll, by, kind=LIFT, now=NOW):
    return objections.object_to(poll=poll, kind=kind, reason="挡光", by=by, now=now)


def test_only_whom_a_vote_concerns_objects(api, place, lift):
    cast = place.cast
    neighbour = make.user("downstairs", name="楼下")
    make.belonging(
        make.resident(cast.compound, account=neighbour, name="邻居甲"),
        make.household(cast.building, "999", entrance="2"), Relation.TENANT,
        verified_by=cast.community_worker, verified_at=NOW,
    )  # fmt: skip
    elsewhere = make.user("elsewhere")
    make.belonging(
        make.resident(cast.compound, account=elsewhere), place.flats["202"],
        verified_by=cast.community_worker, verified_at=NOW,
    )  # fmt: skip
    for who in (place.owner, neighbour):
        object_to(lift, who)
    for who in (cast.property_clerk, cast.grid_worker, cast.street_cadre, cast.admin, elsewhere):
        with pytest.raises(NotAllowed):
            object_to(lift, who)
    assert {one.name for one in PollObjection.objects.all()} == {"业主owner", "邻居甲"}


def test_the_real_name_is_read_by_who_answers_and_masked_for_neighbours(api, page, place, lift):
    objection = object_to(lift, place.owner)
    address = f"/api/v1/polls/{lift.pk}/objections/"

    def name(user):
        rows = api(user).get(address).data["results"]
        return [(row["name"], row["reason"]) for row in rows]

    assert name(place.cast.community_worker) == [("业主owner", "挡光")]
    assert name(place.owner) == [("业主owner", "挡光")]
    masked = name(place.multi)[0][0]
    assert masked != "业主owner"
    assert masked.startswith("业")
    assert name(place.cast.property_clerk)[0][0] == masked
    text = page(place.multi).get(f"/polls/{lift.pk}/").content.decode()
    assert "挡光" in text
    assert masked in text
    assert "业主owner" not in text
    # Who reads it does not answer it: 403 for the page and the call.
    assert page(place.multi).get(f"/poll-objections/{objection.pk}/answer/").status_code == 403
    answer = {"state": "settled", "text": "x"}
    reply = f"/api/v1/poll-objections/{objection.pk}/answer/"
    assert api(place.multi).post(reply, answer, format="json").status_code == 403


def test_contested_rows_of_others_are_out_of_sight(api, place):
    poll = place.poll(PollState.ANNOUNCED)
    row = objections.contest(
        entry=place.entry(poll, "owner"), reason="面积不对", by=place.owner, now=NOW
    )
    for user, seen in ((place.owner, 1), (place.multi, 0), (place.supervisor, 1)):
        rows = api(user).get(f"/api/v1/polls/{poll.pk}/objections/").data["results"]
        assert len(rows) == seen
        assert PollObjection.objects.visible_to(user).filter(pk=row.pk).count() == seen


def test_objections_end_with_the_posting(place, lift):
    last = lift.posted_until
    object_to(lift, place.owner, now=moment(last))
    with pytest.raises(WrongState) as refusal:
        object_to(lift, place.owner, now=moment(last + timedelta(days=1)))
    assert refusal.value.code == "posting_over"


# --- Its end -----------------------------------------------------------------------------------------


def test_a_posting_ends_by_itself_once_objections_are_answered(place, lift):
    objection = object_to(lift, place.owner)
    last, after = moment(lift.posted_until), moment(lift.posted_until + timedelta(days=1))
    assert postings.end_due_postings(last) == 0
    assert postings.end_due_postings(after) == 0  # the objection waits
    assert notifications.remind_of_objections(after) > 0
    assert notifications.remind_of_objections(after) == 0  # once a day
    told = set(Notice.objects.filter(kind="poll").values_list("recipient", flat=True))
    assert {place.cast.street_cadre.pk, place.cast.community_worker.pk} <= told
    objections.answer(
        objection=objection, state=PollObjectionState.ON_RECORD, text="协商未成，记录在案",
        by=place.cast.community_worker, now=after,
    )  # fmt: skip
    assert postings.end_due_postings(after) == 1
    assert postings.end_due_postings(after) == 0
    poll = Poll.objects.get(pk=lift.pk)
    assert poll.posting_ended_at == after
    assert poll.events.last().action == "end-posting"


def test_nobody_is_reminded_long_before_the_end(place, lift):
    object_to(lift, place.owner)
    assert notifications.remind_of_objections(NOW) == 0
    assert notifications.remind_of_objections(moment(lift.posted_until - timedelta(days=2))) > 0


def test_nobody_ends_a_posting_by_hand(api, place, lift):
    client = api(place.cast.community_worker)
    answer = client.post(f"/api/v1/polls/{lift.pk}/end-posting/")
    assert answer.status_code in (403, 404, 405)
    jobs.watch_postings()
    jobs.watch_postings()
