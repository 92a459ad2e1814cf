"""Work on a measure: reports with evidence, asking for closing, striking off, sending back."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import WrongState
from orgs.models import Attachment, User
from tasks.campaigns.workflow import WORKFLOW
from tasks.enums import MeasureAction
from tasks.models import Measure


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
    with WORKFLOW.step(MeasureAction.REPORT, measure, by=by, now=now) as step:
        step.text, step.reference = text, reference
        step.attachments = attachments
    return step.row


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
    with WORKFLOW.step(MeasureAction.SUBMIT, measure, by=by, now=now) as step:
        step.text, step.reference = text, reference
        step.attachments = attachments
        if not (step.row.evidence_id or reference or step.attachments):
            raise WrongState(
                _("Add evidence first: a photo, or the number or title of a document."),
                code="evidence_required",
            )
        step.row.submitted_by, step.row.submitted_at = by, now
        step.row.done_on = timezone.localdate(now)
    return step.row


def close(*, measure: Measure, by: User, now: datetime, text: str = "") -> Measure:
    """Whoever keeps the list strikes the measure off; never who worked on it."""
    with WORKFLOW.step(MeasureAction.CLOSE, measure, by=by, now=now) as step:
        step.row.closed_by, step.row.closed_at, step.text = by, now, text
    return step.row


def send_back(*, measure: Measure, reason: str, by: User, now: datetime) -> Measure:
    """The evidence does not convince: the measure is under way again and needs new evidence."""
    return _again(MeasureAction.SEND_BACK, measure, reason, by, now)


def reopen(*, measure: Measure, reason: str, by: User, now: datetime) -> Measure:
    """What was struck off has come back: under way again, with new evidence to come."""
    return _again(MeasureAction.REOPEN, measure, reason, by, now)


def _again(
    action: MeasureAction, measure: Measure, reason: str, by: User, now: datetime
) -> Measure:
    with WORKFLOW.step(action, measure, by=by, now=now) as step:
        row = step.row
        row.evidence = row.done_on = None
        row.submitted_by = row.submitted_at = row.closed_by = row.closed_at = None
        step.text = reason
    return row
