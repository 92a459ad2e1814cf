"""Who is told of what happens to polls."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import NoticeWay
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.units.queries import holders
from orgs.workflow.notifications import AT_ONCE, notify_audiences
from orgs.workflow.timelines import read_events
from residents.deliberation.enums import (
    PollAction,
    PollObjectionKind,
    PollObjectionState,
    PollState,
)
from residents.deliberation.models import (
    Ballot,
    Dispute,
    PaperBallot,
    Poll,
    PollEvent,
    PollObjection,
    RollEntry,
)
from residents.deliberation.models.topics import authors
from residents.deliberation.polls.box.checkpoints import CHECKPOINT
from residents.deliberation.polls.course.specification import POLL, SPECIFICATIONS
from residents.deliberation.polls.course.workflow import STREET, conveners, disputable_until
from residents.deliberation.polls.roll.rolls import (
    accounts_by_entry,
    missing_accounts,
    voting_accounts,
)

BOOKMARK, PAPERS_BOOKMARK = "deliberation.poll-events", "deliberation.late-papers"
LAST_DAYS = "last_days"
OBJECTIONS = "objections"
DISPUTABLE, LATE_PAPER, TO_PUBLISH = "disputable", "late_paper", "to_publish"
DESK_DISPUTE, ANSWERED, TO_OPEN = "desk_dispute", "answered", "to_open"
REMIND_BEFORE = timedelta(days=2)
# Longer than papers are finished and disputed.
LATELY = timedelta(days=90)
# Longer than a worker stands still.
RECENTLY = timedelta(days=3)


def _text(data: Mapping[str, Any]) -> str:
    words = {
        PollAction.ANNOUNCE: _("“%(title)s” is announced: look at the questions and your row."),
        PollAction.OPEN: _("“%(title)s”: voting is open until %(until)s."),
        PollAction.CLOSE: _("“%(title)s”: voting is closed. See what is recorded for you."),
        DISPUTABLE: _("“%(title)s”: voting is closed. See what is recorded for you; if it was not "
                      "you, say so by %(day)s."),
        LATE_PAPER: _("“%(title)s”: a paper ballot of yours is in the box. If it was not you, say so "
                      "by %(day)s."),
        DESK_DISPUTE: _("“%(title)s”: it was said at the desk that a paper ballot in your name was not "
                        "yours. If it was, object to that."),
        ANSWERED: _("“%(title)s”: what you said is answered; see the page of the vote."),
        TO_OPEN: _("“%(title)s”: the notice has run; open voting."),
        TO_PUBLISH: _("“%(title)s”: the days for disputing ballots are over; publish the result."),
        PollAction.PUBLISH: _("“%(title)s”: the result is published."),
        PollAction.ORDER: _("The street orders the owners' committee to convene “%(title)s”."),
        PollAction.END_POSTING: _("“%(title)s”: the posting of the result has ended."),
        OBJECTIONS: _("“%(title)s”: an objection waits for its answer; see when the posting ends."),
        LAST_DAYS: _("“%(title)s”: you have not voted yet; voting closes at %(until)s."),
    }  # fmt: skip
    until = date_format(datetime.fromisoformat(data["until"]), "DATETIME_FORMAT")
    day = date_format(date.fromisoformat(data["day"])) if data.get("day") else ""
    text: str = words[data["step"]] % {**data, "until": until, "day": day}
    return (_("[Rehearsal] ") if data.get("rehearsal") else "") + text


def _checkpoint_text(data: Mapping[str, Any]) -> str:
    return _("“%(title)s”: %(i)d ballots, the last hash is %(hash)s") % data


KINDS = (
    NoticeKind(POLL, gettext_lazy("a poll in which you vote"), _text, for_residents=True),
    NoticeKind(
        CHECKPOINT,
        gettext_lazy("checkpoints of a poll that you supervise"),
        _checkpoint_text,
        way=NoticeWay.PORTAL,
    ),
)


def tell_of_events(now: datetime) -> int:
    """Tells voters and organisers what stands on the timelines since the last time."""
    events = PollEvent.objects.select_related("poll__unit")
    return notify_audiences(SPECIFICATIONS, events, _of_event, bookmark=BOOKMARK, now=now)


def _of_event(kind: str, event: PollEvent, person: int) -> NewNotice:
    day = event.data.get("disputable_until", "")
    step = DISPUTABLE if day else event.action
    return _telling(event.poll, f"poll-event:{event.pk}", person, step, day)


def _telling(poll: Poll, key: str, person: int, step: str, day: str = "") -> NewNotice:
    data = {
        "step": step,
        "title": poll.title[:60],
        "until": f"{timezone.localtime(poll.closes_at):%Y-%m-%d %H:%M}",
        "rehearsal": poll.rehearsal,
        "day": day,
    }
    return NewNotice(POLL, key, person, reverse("deliberation:poll", args=[poll.pk]), data)


def _lately_closed(now: datetime) -> QuerySet[Poll]:
    """The polls whose days for disputes may run or have just ended; older ones were told of."""
    return Poll.objects.filter(state=PollState.CLOSED, closed_at__gt=now - LATELY)


def tell_of_late_papers(now: datetime) -> int:
    """Tells voters of their papers that came into the box after voting had closed; once each."""
    late = Ballot.objects.filter(paper__poll__in=_lately_closed(now), at__gt=F("poll__closed_at"))
    counts: list[int] = []

    def tell(ballots: list[Ballot]) -> None:
        polls = {ballot.poll_id: ballot.poll for ballot in ballots}
        last_days = {pk: disputable_until(poll) for pk, poll in polls.items()}
        today = timezone.localdate(now)
        notices = (
            _telling(ballot.poll, f"poll-paper:{ballot.pk}", person, LATE_PAPER, last.isoformat())
            for ballot in ballots
            if (last := last_days[ballot.poll_id]) is not None and today <= last
            for person in voting_accounts(ballot.poll, entry=ballot.entry_id)
        )
        counts.append(notifications.notify(notices, now=now))

    read_events(
        PAPERS_BOOKMARK,
        tell,
        events=late.select_related("poll__unit"),
        now=now,
        at_once=AT_ONCE,
    )
    return sum(counts)


def tell_of_desk_disputes(now: datetime) -> int:
    """Tells whoever votes for an entry by now that its ballot was disputed at the desk; once each. When
    the desk entered it nobody with an account voted there.
    """
    lately = Dispute.objects.filter(at_desk=True, at__gt=now - LATELY).select_related(
        "ballot__poll"
    )
    disputes = list(lately.order_by("pk"))
    entries = RollEntry.objects.filter(pk__in=[one.ballot.entry_id for one in disputes])
    accounts = accounts_by_entry(entries)
    notices = (
        _telling(one.ballot.poll, f"poll-desk-dispute:{one.pk}", person, DESK_DISPUTE)
        for one in disputes
        for person in accounts.get(one.ballot.entry_id, ())
    )
    return notifications.notify(notices, now=now)


def tell_of_answers(now: datetime) -> int:
    """Tells whoever objected, or said that the roll is wrong, that the answer is there; once each."""
    answered = PollObjection.objects.filter(answered_at__gt=now - RECENTLY)
    notices = (
        _telling(one.poll, f"poll-objection:{one.pk}", person, ANSWERED)
        for one in answered.select_related("poll", "person").order_by("pk")
        for person in authors(one)
    )
    return notifications.notify(notices, now=now)


def remind_to_open(now: datetime) -> int:
    """Tells whoever convened a poll, once, that voting can be opened: nothing opens it by itself."""
    today = timezone.localdate(now)
    due = Poll.objects.filter(state=PollState.ANNOUNCED, opens_at__lte=now, closes_at__gt=now)
    notices = (
        _telling(poll, f"poll-to-open:{poll.pk}", person, TO_OPEN)
        for poll in due.select_related("unit").order_by("pk")
        for person in holders(poll.unit, conveners(poll), today)
    )
    return notifications.notify(notices, now=now)


def remind_to_publish(now: datetime) -> int:
    """Tells whoever convened a poll, once, that its result need not wait any longer (274号 30)."""
    today = timezone.localdate(now)
    notices = (
        _telling(poll, f"poll-to-publish:{poll.pk}", person, TO_PUBLISH)
        for poll in _publishable(now).select_related("unit").order_by("pk")
        if (last := disputable_until(poll)) is not None and last < today
        for person in holders(poll.unit, conveners(poll), today)
    )
    return notifications.notify(notices, now=now)


def _publishable(now: datetime) -> QuerySet[Poll]:
    """The closed polls of which neither a ballot is looked into nor a paper waits, as publishing asks."""
    disputed = Dispute.objects.filter(counts=None, decide_by__gt=now)
    papers = PaperBallot.objects.filter(state__in=PaperBallot.WAITING)
    polls = _lately_closed(now).exclude(pk__in=disputed.values("ballot__poll"))
    return polls.exclude(pk__in=papers.values("poll"))


def remind(now: datetime) -> int:
    """Reminds who has not voted on this portal two days before voting closes; once each."""
    soon = Poll.objects.filter(
        state=PollState.OPEN, closes_at__gt=now, closes_at__lte=now + REMIND_BEFORE
    )
    return sum(
        notifications.notify(
            (
                _telling(poll, f"poll-last-days:{poll.pk}", person, LAST_DAYS)
                for person in missing_accounts(poll)
            ),
            now=now,
        )
        for poll in soon
        if not poll.is_held_elsewhere
    )


def remind_of_objections(now: datetime) -> int:
    """From two days before a posting ends on, every day: the street and whoever convened the poll read
    that an objection waits. The posting does not end before it is answered.
    """
    today = timezone.localdate(now)
    waiting = PollObjection.objects.filter(
        state=PollObjectionState.WAITING,
        kind__in=[PollObjectionKind.RESULT, PollObjectionKind.LIFT],
    )
    due = Poll.objects.filter(
        state=PollState.PUBLISHED,
        posting_ended_at=None,
        posted_until__lte=today + REMIND_BEFORE,
        pk__in=waiting.values("poll"),
    )
    return sum(
        notifications.notify(
            (
                _telling(poll, f"poll-objections:{poll.pk}:{today}", person, OBJECTIONS)
                for person in holders(poll.unit, conveners(poll) | STREET, today)
            ),
            now=now,
        )
        for poll in due.select_related("unit")
    )
