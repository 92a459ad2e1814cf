"""What pages and the API know of each action with an activity, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from volunteers.service.activities import activities, bodies, forms
from volunteers.service.enums import OPEN_SIGN_UPS, ActivityAction
from volunteers.service.models import Activity, ActivityEntry

# The kinds of notices.
MINE, REMINDER = "activity-mine", "activity-reminder"


def _signed_up(entry: ActivityEntry, staff: Staff) -> dict[str, set[int]]:
    """All who have a place or wait for one."""
    rows = entry.activity.sign_ups.filter(
        state__in=OPEN_SIGN_UPS, participant__account__isnull=False
    )
    return {MINE: set(rows.values_list("participant__account", flat=True))}


def _cancel_question(activity: Activity) -> str:
    if not activity.published_at:
        return str(_("Nobody knows of this draft yet."))
    return str(_("All who signed up are told, and that nothing of what they have is taken."))


A = ActivityAction
SPECIFICATIONS: dict[ActivityAction, Specification] = {
    A.PUBLISH: Specification(
        activities.publish, question=_("From now on people see it and sign up."),
        done=_("Published; people sign up now."), is_next_step=True,
    ),
    A.HOLD: Specification(
        activities.hold, done=_("Closed; clean minutes are credited."), is_next_step=True,
    ),
    A.SUMMARISE: Specification(
        activities.summarise, forms.SummaryForm, bodies.SummaryBody,
        done=_("The summary is kept."), is_next_step=True,
    ),
    A.MOVE: Specification(
        activities.move, forms.MoveForm, bodies.MoveBody,
        done=_("Moved; places stay, and all who signed up are told."), audience=_signed_up,
    ),
    A.CANCEL: Specification(
        activities.cancel, forms.ReasonForm, bodies.ReasonBody, question=_cancel_question,
        done=_("Cancelled; all who signed up are told."), audience=_signed_up,
    ),
    # Pages and addresses of their own, for a whole plan.
    A.EDIT: Specification(),
    A.CREATE: Specification(),
}  # fmt: skip
