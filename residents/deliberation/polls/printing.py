"""Printed ballots of a poll: ordered, made by workers a few hundred at a time, fetched, deleted."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.attachments import print_runs
from orgs.attachments.print_runs import KEPT
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.errors import WrongState
from residents.deliberation.enums import PaperState, PollState, Rule
from residents.deliberation.models import BallotRun, BallotSheet, Poll, RollEntry
from residents.deliberation.polls import documents
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.roll.rolls import must_keep

if TYPE_CHECKING:
    from orgs.models import User

# Ballots of one sheet: a PDF that a worker makes in seconds, and a desk can print at once.
EACH = 200


def has_paper(poll: Poll) -> bool:
    """Whether a poll is voted on with ballots of this portal: a secret one only as an election."""
    return not poll.is_secret or poll.rule == Rule.ELECTION


@transaction.atomic
def order(*, poll: Poll, by: "User", now: datetime) -> BallotRun:
    """Orders the printed ballots of a poll; an order under way is answered again.

    Raises NotAllowed outside the desk, WrongState before the announcement and after closing, and
    `roll_empty`.
    """
    must_keep(by, poll)
    poll = WORKFLOW.locked(poll)
    if not has_paper(poll) or poll.state not in (PollState.ANNOUNCED, PollState.OPEN):
        raise WrongState(_("Ballots are printed from the announcement until voting closes."))
    under_way = BallotSheet.objects.filter(run__poll=poll, state=PaperState.WAITING)
    sheet = under_way.filter(run__expires_at__gt=now).first()
    if sheet is not None:
        return sheet.run
    entries = RollEntry.objects.filter(poll=poll, is_void=False).order_by("number")
    numbers = list(entries.values_list("number", flat=True))
    if not numbers:
        raise WrongState(_("Nobody is on the roll."), code="roll_empty")
    run = BallotRun.objects.create(poll=poll, by=by, asked_at=now, expires_at=now + KEPT)
    parts = [numbers[start : start + EACH] for start in range(0, len(numbers), EACH)]
    sheets = BallotSheet.objects.bulk_create(
        BallotSheet(run=run, first=part[0], last=part[-1]) for part in parts
    )
    audit.record(
        "deliberation.print-ballots", by=by, obj=poll, detail={"ballots": len(numbers)}, now=now
    )
    enqueue("residents.deliberation.jobs.print_ballots", [sheet.pk for sheet in sheets])
    return run


def make(*, sheet_id: int, now: datetime) -> bool:
    """Makes one sheet; False where there was nothing to do."""
    sheets = BallotSheet.objects.select_related("run__poll__unit")
    return print_runs.make(sheets=sheets, key=sheet_id, now=now, content=_ballots)


def _ballots(sheet: BallotSheet) -> bytes:
    poll = sheet.run.poll
    entries = documents.entries_to_print(poll).filter(number__range=(sheet.first, sheet.last))
    return documents.ballots(poll, entries)


def fetch(*, sheet: BallotSheet, by: "User", now: datetime) -> bytes:
    """The PDF of a sheet. Raises NotAllowed; WrongState `no_file` where it is not there."""
    must_keep(by, sheet.run.poll)
    gone = _("These ballots are not there: order them anew.")
    content = print_runs.read(sheet=sheet, now=now, gone=gone)
    audit.record("deliberation.fetch-ballots", by=by, obj=sheet, now=now)
    return content


def waiting(now: datetime) -> list[int]:
    """The sheets that nobody is making."""
    return print_runs.waiting(sheets=BallotSheet.objects.all(), now=now)


def forget(*, now: datetime) -> int:
    """Deletes what has expired, files included; answers the number of sheets."""
    return print_runs.forget(
        sheets=BallotSheet.objects.all(),
        runs=BallotRun.objects.all(),
        action="deliberation.forget-ballots",
        now=now,
    )
