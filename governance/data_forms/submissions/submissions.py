"""Submissions: looked at, signed off, single rows sent back, consents entered.

What is filled is kept as rows, so that whoever signs off signs what stood before their eyes. Cells that
somebody has to complete are answered on the page of the form (answers/answers.py); the answers join
the rows when they are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.answers import questions
from governance.data_forms.blanks.queries import value_columns
from governance.data_forms.catalogue import catalogue
from governance.data_forms.enums import (
    Ground,
    Subject,
    SubmissionAction,
    SubmissionState,
)
from governance.data_forms.fields import kinds
from governance.data_forms.models import (
    Collection,
    FormColumn,
    HandingConsent,
    Submission,
    SubmissionRow,
)
from governance.data_forms.submissions.filling import (
    may_read,
    packed,
    refuse_closed,
    tells_of_care,
    unpacked,
)
from governance.data_forms.submissions.workflow import SUBMISSION_WORKFLOW
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.models import User
from orgs.values.sentences import gettext as _
from residents.care import entries as care_entries

if TYPE_CHECKING:
    from django.db.models import QuerySet

# So many rows are read and answered at a time.
CHUNK = 500
LONGEST_REASON = 200
MOST_MINUTES = 6_000


# --- Reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One value as somebody sees it; `changed`: another one than the last time."""

    heading: str
    value: Any
    changed: bool


@dataclass(frozen=True)
class Line:
    """One row as somebody sees it, its cells in the order of the columns.

    `consented`: whether the person agreed to columns that need it.
    """

    row: SubmissionRow
    cells: list[Cell]
    consented: bool


def handed(submission: Submission | Collection) -> dict[int, Ground]:
    """Which columns leave the community, by place; the others stay with it."""
    collection = submission.collection if isinstance(submission, Submission) else submission
    if collection.entry is None:
        return {}
    grounds = catalogue.grounds_of(collection.entry)
    return {place: ground for place, ground in grounds.items() if ground != Ground.NONE}


def read(
    submission: Submission,
    rows: "QuerySet[SubmissionRow]",
    columns: Sequence[FormColumn],
    grounds: dict[int, Ground] | None,
) -> Iterator[Line]:
    """Rows of a submission with what was answered since they were filled, until it is signed off.

    `grounds`: as they leave the community (None: as the community sees them). A fixed number of queries
    for each chunk.
    """
    form = submission.collection.form
    subject = Subject(form.subject)
    unknown = [column for column in columns if not column.field]
    consents = _consents(submission)
    is_open = submission.state != SubmissionState.SIGNED
    after = 0
    while chunk := list(rows.filter(number__gt=after).order_by("number")[:CHUNK]):
        keys = [row.key for row in chunk]
        given = questions.of_rows(unknown, subject, keys) if is_open else {}
        for row in chunk:
            told = unpacked(row.cells)
            if is_open:
                told |= {
                    column.place: kinds.in_sheet(column.kind, given[row.key, column.pk].value)
                    for column in unknown
                    if (row.key, column.pk) in given
                }
            agreed = row.person_id in consents
            yield Line(
                row,
                [
                    Cell(
                        one.heading,
                        told.get(one.place) if _leaves(one.place, grounds, agreed) else None,
                        one.place in row.changed,
                    )
                    for one in columns
                ],
                agreed,
            )
        after = chunk[-1].number


def _leaves(place: int, grounds: dict[int, Ground] | None, agreed: bool) -> bool:
    if grounds is None:
        return True
    ground = grounds.get(place, Ground.NONE)
    return ground == Ground.COVERED or (ground == Ground.CONSENT and agreed)


def _consents(submission: Submission) -> set[int]:
    """The people who agreed to more being handed over of this form."""
    entry = submission.collection.entry_id
    if entry is None or not any(ground == Ground.CONSENT for ground in handed(submission).values()):
        return set()
    given = HandingConsent.objects.filter(entry=entry, person__in=submission.lines.values("person"))
    return set(given.values_list("person", flat=True))


def record_readings(
    submission: Submission, people: Sequence[int], purpose: str, by: User, now: datetime
) -> None:
    """Each person of a form that tells of care rosters counts as looked at."""
    if people and tells_of_care(submission.collection.form):
        care_entries.record_readings(list(people), purpose, by, now)


def answered_since(submission: Submission) -> int:
    """How many cells that were empty when it was filled are answered by now; none once it is signed off.
    An answer that stood already and was corrected fills no empty cell."""
    if submission.state == SubmissionState.SIGNED:
        return 0
    form, keys = submission.collection.form, submission.lines.values("key")
    given = questions.given_since(form, keys, submission.filled_at)
    lines = submission.lines.filter(key__in={key for key, _place in given})
    known = dict(lines.filter(empty__isnull=False).values_list("key", "empty"))
    empty = {(key, place) for key, places in known.items() for place in places or ()}
    count = sum(cell in empty for cell in given)
    # Rows from before it was kept are opened.
    told = {
        line.key: unpacked(line.cells) for line in lines.filter(empty__isnull=True).iterator(CHUNK)
    }
    return count + sum(key in told and place not in told[key] for key, place in given)


def empty_cells(row: Submission) -> int:
    """How many cells are still empty, with what was answered since it was filled."""
    return max(row.cells - row.known - answered_since(row), 0)


# --- Steps ---------------------------------------------------------------------------------------


def sign(
    *, submission: Submission, minutes: int, text: str = "", by: User, now: datetime
) -> Submission:
    """The community signs off what stands there, and says how many minutes it took.

    Raises NotAllowed for whoever does not read all of it; WrongState (`not_filled`,
    `collection_closed`).
    """
    with SUBMISSION_WORKFLOW.step(SubmissionAction.SIGN, submission, by=by, now=now) as step:
        row = step.row
        if not may_read(row, by):
            raise NotAllowed(_("Only who is named for the care rosters of this form signs it off."))
        _keep_answers(row)
        row.minutes, row.signed_by, row.signed_at = minutes, by, now
        step.text, step.rows = text, row.lines.count()
        row.lines.exclude(reason="").update(reason="")
    return row


def _keep_answers(submission: Submission) -> None:
    """What was answered since it was filled becomes part of the rows, and is counted."""
    columns = value_columns(submission.collection.form)
    changed, known = [], 0
    for line in read(submission, submission.lines.all(), columns, None):
        told = {one.place: cell.value for one, cell in zip(columns, line.cells, strict=True)}
        known += sum(cell.value not in (None, "") for cell in line.cells)
        text = packed(told)
        if text != line.row.cells:
            line.row.cells = text
            line.row.empty = [place for place, value in told.items() if value in (None, "")]
            changed.append(line.row)
    SubmissionRow.objects.bulk_update(changed, ["cells", "empty"], batch_size=CHUNK)
    submission.known = min(known, submission.cells)
    given = questions.given_since(
        submission.collection.form,
        submission.lines.values("key"),
        submission.collection.opened_at,
    )
    submission.typed = min(len(given), submission.known)


def send_back(
    *, submission: Submission, rows: Sequence[int], reason: str, by: User, now: datetime
) -> Submission:
    """The street sends single rows back, by their numbers; the community corrects and signs anew.

    Raises Refused for rows that are not there and for no reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(_("Say in at most 200 characters what is wrong."), field="reason")
    with SUBMISSION_WORKFLOW.step(SubmissionAction.SEND_BACK, submission, by=by, now=now) as step:
        row = step.row
        chosen = row.lines.filter(number__in=set(rows))
        if not rows or chosen.count() != len(set(rows)):
            raise Refused(
                _("Choose the rows that are sent back."), code="unknown_row", field="rows"
            )
        chosen.update(reason=reason)
        row.signed_by = row.signed_at = row.minutes = None
        step.text, step.rows = reason, len(set(rows))
    return row


@transaction.atomic
def consent(
    *, submission: Submission, rows: Sequence[int], given_on: date, by: User, now: datetime
) -> int:
    """The community enters that people of some rows agreed to columns being handed over that need it.

    Gives how many are new. Raises NotAllowed, Refused, WrongState.
    """
    if not may_read(submission, by):
        raise NotAllowed(_("The community enters who agreed."))
    row = SUBMISSION_WORKFLOW.locked(submission)
    refuse_closed(row)
    if Ground.CONSENT not in handed(row).values() or row.collection.entry is None:
        raise Refused(_("No column of this form needs it."), code="no_consent_needed")
    if given_on > timezone.localdate(now):
        raise Refused(_("Nobody agreed in the future."), field="given_on")
    people = list(
        row.lines.filter(number__in=set(rows), person__isnull=False).values_list(
            "person", flat=True
        )
    )
    if not people or len(people) != len(set(rows)):
        raise Refused(_("Choose the rows of those who agreed."), code="unknown_row", field="rows")
    known = set(
        HandingConsent.objects.filter(entry=row.collection.entry, person__in=people).values_list(
            "person", flat=True
        )
    )
    made = HandingConsent.objects.bulk_create(
        [
            HandingConsent(
                entry=row.collection.entry, person_id=person, given_on=given_on, by=by, at=now
            )
            for person in people
            if person not in known
        ],
        # The same may be entered in another round at this moment.
        ignore_conflicts=True,
    )
    detail = {"people": len(made)}
    audit.record("data_forms.consent-handing", by=by, obj=row, detail=detail, now=now)
    return len(made)


@transaction.atomic
def withdraw_consent(
    *, submission: Submission, rows: Sequence[int], by: User, now: datetime
) -> int:
    """The community enters that people of some rows take their consent back, at any time (个人信息保护法,
    art. 15): what was handed over stays, from now on nothing more is. Gives how many. Raises NotAllowed.
    """
    if not may_read(submission, by):
        raise NotAllowed(_("The community enters who agreed."))
    people = submission.lines.filter(number__in=set(rows)).values("person")
    given = HandingConsent.objects.filter(entry=submission.collection.entry, person__in=people)
    count, _each = given.delete()
    if count:
        detail = {"people": count}
        audit.record("data_forms.withdraw-handing", by=by, obj=submission, detail=detail, now=now)
    return count
