"""What pages and the API know of each action with a report-in, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from volunteers.service.enums import SERVICE_KEEPERS, ReportInAction
from volunteers.service.models import ReportInEntry
from volunteers.service.reportins import bodies, forms, reportins

# The kinds of notices.
MINE, TODO = "report-in-mine", "report-in-todo"


def _own(entry: ReportInEntry, staff: Staff) -> dict[str, set[int]]:
    """Whoever reported in reads what became of it."""
    account = entry.report_in.participant.account_id
    return {MINE: {account} if account else set()}


def _keepers(entry: ReportInEntry, staff: Staff) -> dict[str, set[int]]:
    """The branch and the community read who reported in."""
    return {TODO: staff.at(entry.report_in.unit, SERVICE_KEEPERS)}


A = ReportInAction
SPECIFICATIONS: dict[ReportInAction, Specification] = {
    A.CONFIRM: Specification(
        reportins.confirm,
        done=_("Confirmed: the receipt of the branch is out."), audience=_own, is_next_step=True,
    ),
    A.MOVE: Specification(
        reportins.move, forms.MoveForm, bodies.ReportInMoveBody,
        done=_("Moved; the hours come along, and the new branch confirms."), audience=_own,
    ),
    A.REFUSE: Specification(
        reportins.refuse, forms.ReasonForm, bodies.ReportInReasonBody,
        done=_("Not accepted; whoever reported in reads the reason."), audience=_own,
    ),
    A.END: Specification(
        reportins.end, forms.ReasonForm, bodies.ReportInReasonBody,
        done=_("Ended; what was done stays on record."), audience=_own,
    ),
    # Part of reporting in.
    A.REPORT: Specification(audience=_keepers),
}  # fmt: skip
