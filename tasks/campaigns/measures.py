"""Work on a measure: reports with evidence, asking for closing, striking off, sending back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import WrongState
from orgs.models import Attachment, User
from orgs.scoping import reach_of
from tasks.campaigns.workflow import check
from tasks.enums import MeasureAction, MeasureState
from tasks.models import Measure, MeasureAttachment, MeasureEntry

_STATE_FIELDS = (
    *("state", "evidence", "submitted_by", "submitted_at"),
    *("done_on", "closed_by", "closed_at"),
)


def report(
    *,
    measure: Measure,
    text: str,
    by: User,
    now: datetime,
    reference: str = "",
    attachments: Sequence[Attachment] = (),
) -> Measure:
    """A department of the measure says how far it is; photos or a named document are evidence."""
    with transaction.atomic():
        row = locked(measure, MeasureAction.REPORT, by)
        _proof(row, note(row, MeasureAction.REPORT, by, now, text, reference, attachments))
    return row


def submit(
    *,
    measure: Measure,
    text: str,
    by: User,
    now: datetime,
    reference: str = "",
    attachments: Sequence[Attachment] = (),
) -> Measure:
    """The lead department asks to strike the measure off; evidence now, or from an earlier report.

    Raises WrongState where there is none since the measure was last sent back or taken up again.
    """
    with transaction.atomic():
        row = locked(measure, MeasureAction.SUBMIT, by)
        _proof(row, note(row, MeasureAction.SUBMIT, by, now, text, reference, attachments))
        if row.evidence_id is None:
            raise WrongState(
                _("Add evidence first: a photo, or the number or title of a document."),
                code="evidence_required",
            )
        row.state = MeasureState.SUBMITTED
        row.submitted_by, row.submitted_at = by, now
        row.done_on = timezone.localdate(now)
        row.save(update_fields=_STATE_FIELDS)
    return row


def close(*, measure: Measure, by: User, now: datetime, text: str = "") -> Measure:
    """Whoever keeps the list strikes the measure off; never who worked on it."""
    with transaction.atomic():
        row = locked(measure, MeasureAction.CLOSE, by)
        row.state, row.closed_by, row.closed_at = MeasureState.CLOSED, by, now
        row.save(update_fields=_STATE_FIELDS)
        note(row, MeasureAction.CLOSE, by, now, text)
    return row


def send_back(*, measure: Measure, reason: str, by: User, now: datetime) -> Measure:
    """The evidence does not convince: the measure is under way again and needs new evidence."""
    return _again(MeasureAction.SEND_BACK, measure, reason, by, now)


def reopen(*, measure: Measure, reason: str, by: User, now: datetime) -> Measure:
    """What was struck off has come back: under way again, with new evidence to come."""
    return _again(MeasureAction.REOPEN, measure, reason, by, now)


def _again(
    action: MeasureAction, measure: Measure, reason: str, by: User, now: datetime
) -> Measure:
    with transaction.atomic():
        row = locked(measure, action, by)
        row.state, row.evidence, row.done_on = MeasureState.OPEN, None, None
        row.submitted_by = row.submitted_at = row.closed_by = row.closed_at = None
        row.save(update_fields=_STATE_FIELDS)
        note(row, action, by, now, reason)
    return row


def locked(measure: Measure, action: MeasureAction, by: User) -> Measure:
    """The measure, locked until the end of the transaction, if `by` may take the step now."""
    rows = Measure.objects.select_for_update(of=("self",))
    row = rows.select_related("campaign__district", "campaign__street").get(pk=measure.pk)
    check(row, action, by)
    return row


def _proof(row: Measure, entry: MeasureEntry) -> None:
    """The latest evidence is the one that counts."""
    if entry.is_evidence:
        row.evidence = entry
        row.save(update_fields=["evidence"])


def note(
    row: Measure,
    action: MeasureAction,
    by: User,
    now: datetime,
    text: str = "",
    reference: str = "",
    attachments: Sequence[Attachment] = (),
) -> MeasureEntry:
    """Writes the timeline and the audit of a step, and joins its photos."""
    kept = own_attachments(attachments, by.pk)
    entry = MeasureEntry.objects.create(
        measure=row,
        action=action,
        by=by,
        department_id=_department(row, by) if action in _BY_DEPARTMENTS else None,
        at=now,
        text=text,
        reference=reference,
        pieces=len(kept),
    )
    MeasureAttachment.objects.bulk_create(
        MeasureAttachment(entry=entry, attachment=one, position=position)
        for position, one in enumerate(kept)
    )
    audit.record(
        f"tasks.{action.value}-measure",
        by=by,
        obj=row,
        now=now,
        detail={"campaign": row.campaign_id, "number": row.number},
    )
    return entry


_BY_DEPARTMENTS = frozenset({MeasureAction.REPORT, MeasureAction.SUBMIT})


def _department(row: Measure, by: User) -> int:
    """For which of the measure's departments somebody reports: the lead before the others."""
    mine = reach_of(by).department_ids
    if row.lead_id in mine:
        return row.lead_id
    return next(one.pk for one in row.assist.all() if one.pk in mine)
