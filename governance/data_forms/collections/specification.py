"""What pages, the API and jobs know of each action with a collection."""

from django.utils.translation import gettext_lazy as _

from governance.data_forms.collections import bodies, collections, forms
from governance.data_forms.enums import WORKERS, CollectionAction
from governance.data_forms.models import CollectionEntry
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from tasks.enums import STREET_ROLES

# The kinds of notices.
STREET, ASKER, COMMUNITY = "forms-street", "forms-asker", "forms-community"


A = CollectionAction


def _street(entry: CollectionEntry, staff: Staff) -> dict[str, set[int]]:
    """The street reads what a department asks for; what is open already waits for nobody there."""
    collection = entry.collection
    if collection.entry_id and not collection.entries.filter(action=A.ADMIT).exists():
        return {}
    return {STREET: staff.at(entry.collection.street, STREET_ROLES)}


def _asker(entry: CollectionEntry, staff: Staff) -> dict[str, set[int]]:
    """Whoever asked reads what became of it."""
    collection = entry.collection
    if collection.department_id:
        return {ASKER: staff.of([collection.department_id])}
    return {ASKER: {collection.by_id} if collection.by_id else set()}


def _withdrawn(entry: CollectionEntry, staff: Staff) -> dict[str, set[int]]:
    """Communities that were asked read that they are asked no more; so does the street."""
    asked = [one.unit for one in entry.collection.submissions.select_related("unit")]
    workers = set().union(*(staff.at(unit, WORKERS) for unit in asked))
    return {COMMUNITY: workers, STREET: staff.at(entry.collection.street, STREET_ROLES)}


SPECIFICATIONS: dict[CollectionAction, Specification] = {
    A.ADMIT: Specification(
        collections.admit, forms.AdmitForm, bodies.AdmitBody,
        done=_("Admitted to the catalogue; the communities are asked."), audience=_asker,
        is_next_step=True,
    ),
    A.REFUSE: Specification(
        collections.refuse, forms.ReasonForm, bodies.CollectionReasonBody,
        done=_("Not admitted; whoever asks reads why."), audience=_asker,
    ),
    A.DELIVER: Specification(
        collections.deliver, forms.DeliverForm, bodies.DeliverBody,
        done=_("Delivered; whoever asked can fetch the workbook."), audience=_asker,
        is_next_step=True,
    ),
    A.WITHDRAW: Specification(
        collections.withdraw, forms.ReasonForm, bodies.CollectionReasonBody,
        done=_("Withdrawn; nobody has anything more to do."), audience=_withdrawn,
    ),
    # Pages and addresses of their own: a form, or one of the catalogue.
    A.ASK: Specification(audience=_street),
}  # fmt: skip
