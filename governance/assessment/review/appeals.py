"""Appeals against scores: by whom the score concerns, within the window, decided by somebody else."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.assessment.enums import AppealState, Permission, RunState
from governance.assessment.models import (
    AppealAttachment,
    Evaluation,
    LeftOut,
    Run,
    RunRow,
    Score,
    ScoreAppeal,
)
from governance.assessment.runs.queries import concerns
from governance.assessment.schemes import definitions
from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment
from orgs.values.names import is_visible

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person


def appeal(
    *,
    score: Score,
    reason: str,
    by: "User",
    now: datetime,
    indicator: str = "",
    attachments: Sequence[Attachment] = (),
) -> ScoreAppeal:
    """Says that a score is wrong, and which indicator of it.

    Raises NotAllowed for others, Refused, WrongState (`appeal_closed` after the window and before it,
    `run_corrected` where a correction is made, `appeal_waits` while one waits).
    """
    if not concerns(by, score):
        raise NotAllowed(_("Only whom the score concerns appeals against it."))
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    run = score.run
    if indicator and indicator not in definitions.read(run.scheme.definition).names:
        raise Refused(
            _("This indicator is not part of the score."),
            code="unknown_indicator",
            field="indicator",
        )
    if run.state != RunState.APPEALS or run.appeal_until is None or now >= run.appeal_until:
        raise WrongState(_("The time to appeal is over, or has not begun."), code="appeal_closed")
    if Run.objects.filter(corrects=run).exists():
        raise WrongState(
            _("A correction takes the place of this score: appeal against that once it is there."),
            code="run_corrected",
        )
    try:
        with transaction.atomic():
            row: ScoreAppeal = ScoreAppeal.objects.create(
                score=score, indicator=indicator, reason=reason.strip()[:1000], by=by, at=now
            )
            AppealAttachment.objects.bulk_create(
                AppealAttachment(appeal=row, attachment=one, position=position)
                for position, one in enumerate(own_attachments(attachments, by.pk))
            )
            audit.record("assessment.appeal-score", by=by, obj=row, now=now)
    except IntegrityError:
        message = _("An appeal waits already; somebody will decide it.")
        raise WrongState(message, code="appeal_waits") from None
    return row


@transaction.atomic
def decide(
    *,
    appeal: ScoreAppeal,
    granted: bool,
    reason: str,
    by: "User",
    now: datetime,
    leave_out: Sequence[int] = (),
) -> ScoreAppeal:
    """Decides an appeal. Granted, `leave_out` names rows of the indicator that count no more.

    What was granted comes into force by a correction of the run. Raises NotAllowed (`own_case` for
    whoever appealed or scored), Refused, WrongState (`appeal_decided`).
    """
    rows = ScoreAppeal.objects.select_for_update(of=("self",), no_key=True)
    row: ScoreAppeal = rows.select_related("score__run__scheme").get(pk=appeal.pk)
    if not by.has_perm(Permission.DECIDE_APPEALS, row):
        raise NotAllowed(_("You do not decide appeals against this score."))
    if by.pk == row.by_id or by.pk == row.score.account_id or _scored(by, row.score):
        raise NotAllowed(_("Nobody decides their own case."), code="own_case")
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    if row.state != AppealState.WAITING:
        raise WrongState(_("This appeal is decided."), code="appeal_decided")
    row.state = AppealState.GRANTED if granted else AppealState.REJECTED
    row.decided_by, row.decided_at, row.decision = by, now, reason.strip()[:1000]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    if granted:
        _leave_out(row, leave_out, by, now)
    audit.record(
        "assessment.decide-scoreappeal", by=by, obj=row, now=now,
        detail={"granted": granted, "left_out": len(leave_out)},
    )  # fmt: skip
    return row


def _scored(user: "User", score: Score) -> bool:
    """Whether somebody gave a rating that is part of the score."""
    return Evaluation.objects.filter(
        district=score.run.district_id, code=score.run.code, period=score.run.period,
        subject=score.subject, by=user,
    ).exists()  # fmt: skip


def _leave_out(row: ScoreAppeal, keys: Sequence[int], by: "User", now: datetime) -> None:
    """Raises Refused for rows that do not count for this score."""
    if not keys:
        return
    score = row.score
    counted = RunRow.objects.filter(
        run=score.run_id, subject=score.subject, indicator=row.indicator, key__in=keys
    )
    if not row.indicator or counted.count() != len(set(keys)):
        message = _("Choose rows of the indicator that the appeal is about.")
        raise Refused(message, code="unknown_row", field="leave_out")
    for key in sorted(set(keys)):
        LeftOut.objects.get_or_create(
            district_id=score.run.district_id, code=score.run.code, indicator=row.indicator,
            key=key,
            defaults={
                "reason": row.decision, "appeal": row, "asked_by": row.by, "decided_by": by,
                "decided_at": now,
            },
        )  # fmt: skip


def may_see_attachment(user: "Person", attachment: Attachment) -> bool:
    """Whether a picture proves an appeal that somebody sees."""
    if not user.is_authenticated:
        return False
    seen = ScoreAppeal.objects.visible_to(user, one=True)
    return bool(seen.filter(attached__attachment=attachment).exists())
