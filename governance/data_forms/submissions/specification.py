"""What pages, the API and jobs know of each action with a submission."""

from django.utils.translation import gettext_lazy as _

from governance.data_forms.collections.specification import COMMUNITY, STREET
from governance.data_forms.enums import WORKERS, SubmissionAction
from governance.data_forms.models import SubmissionEntry
from governance.data_forms.submissions import bodies, forms, submissions
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from tasks.enums import STREET_ROLES


def _community(entry: SubmissionEntry, staff: Staff) -> dict[str, set[int]]:
    """The community reads that it is asked, and what is sent back."""
    return {COMMUNITY: staff.at(entry.submission.unit, WORKERS)}


def _signed(entry: SubmissionEntry, staff: Staff) -> dict[str, set[int]]:
    """The street reads that a community has signed off."""
    return {STREET: staff.at(entry.submission.collection.street, STREET_ROLES)}


S = SubmissionAction
SUBMISSION_SPECIFICATIONS: dict[SubmissionAction, Specification] = {
    S.SIGN: Specification(
        submissions.sign, forms.SignForm, bodies.SignBody,
        done=_("Signed off; the street merges it with the others."), audience=_signed,
        is_next_step=True,
    ),
    S.SEND_BACK: Specification(
        submissions.send_back, forms.SendBackForm, bodies.SendBackBody,
        done=_("Sent back; the community corrects these rows and signs off anew."),
        audience=_community, is_next_step=True,
    ),
    # Part of opening a collection.
    S.OPEN: Specification(audience=_community),
}  # fmt: skip
