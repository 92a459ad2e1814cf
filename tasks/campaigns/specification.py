"""What pages, the API and jobs know of each action with a measure, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Unit
from orgs.units.queries import district_holders
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from tasks.campaigns import bodies, forms, measures
from tasks.campaigns.campaigns import change_measure
from tasks.enums import STREET_ROLES, MeasureAction
from tasks.models import MeasureEntry
from tasks.workflow.api.bodies import ReasonBody

# The kind of notice.
MEASURE = "measure"


def _keepers(entry: MeasureEntry, staff: Staff) -> dict[str, set[int]]:
    """Whoever keeps the list is to decide."""
    owner, office = entry.measure.campaign.owner, {Role.DISTRICT_OFFICE}
    if isinstance(owner, Unit):
        return {MEASURE: staff.at(owner, STREET_ROLES)}
    people = staff.once(owner, lambda: district_holders(owner, office, staff.today))
    return {MEASURE: people}


def _lead(entry: MeasureEntry, staff: Staff) -> dict[str, set[int]]:
    """The lead department reads what was decided."""
    return {MEASURE: staff.of([entry.measure.lead_id])}


SPECIFICATIONS: dict[MeasureAction, Specification] = {
    MeasureAction.SUBMIT: Specification(
        measures.submit, forms.ReportForm, bodies.MeasureReportBody,
        done=_("Asked for; whoever keeps the list checks the evidence."), audience=_keepers,
        is_next_step=True,
    ),
    MeasureAction.REPORT: Specification(
        measures.report, forms.ReportForm, bodies.MeasureReportBody,
        done=_("Your report stands on the timeline."), is_next_step=True,
    ),
    MeasureAction.CLOSE: Specification(
        measures.close, forms.CloseForm, bodies.CloseBody, done=_("Struck off the list."),
        audience=_lead, is_next_step=True,
    ),
    MeasureAction.SEND_BACK: Specification(
        measures.send_back, forms.BackForm, ReasonBody,
        done=_("Sent back; the lead department is to bring new evidence."), audience=_lead,
    ),
    MeasureAction.REOPEN: Specification(
        measures.reopen, forms.BackForm, ReasonBody, done=_("Under way again."), audience=_lead,
        is_next_step=True,
    ),
    MeasureAction.CHANGE: Specification(
        change_measure, forms.ChangeForm, bodies.ChangeBody, done=_("The measure is changed."),
        is_next_step=True,
    ),
    # Part of putting it on the list.
    MeasureAction.ADD: Specification(),
}  # fmt: skip
