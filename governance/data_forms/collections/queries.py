"""Reads of collections: what waits for whom, how far each is, what somebody may ask."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.data_forms.collections.workflow import receives
from governance.data_forms.enums import ROWS, CollectionState, SubmissionState
from governance.data_forms.models import BlankForm, CatalogueForm, Collection, Submission
from orgs.enums import Role
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values.proportions import per_mille
from tasks.enums import STREET_ROLES, Light

if TYPE_CHECKING:
    from orgs.models import User

_SIGNED = Q(submissions__state=SubmissionState.SIGNED)


def collections(user: "User") -> QuerySet[Collection]:
    """The collections in sight, with how many communities were asked and have signed off."""
    seen: QuerySet[Collection] = Collection.objects.visible_to(user)
    return (
        seen.select_related("form", "street", "department", "entry", "by")
        .defer("form__content")
        .annotate(asked=Count("submissions"), signed=Count("submissions", filter=_SIGNED))
    )


@dataclass(frozen=True)
class Part:
    """How far one community is with a collection."""

    submission: Submission
    light: Light
    # Cells filled, in per mille.
    share: int | None


def parts(collection: Collection, user: "User", today: date) -> list[Part]:
    """The communities of a collection, in the order of the tree: of the street, who asks and the district
    all of them, of a community its own. Nobody sees rows here.
    """
    rows = collection.submissions.select_related("unit", "signed_by").order_by(
        "unit__tree_id", "unit__lft"
    )
    overseen = reach_of(user).district_ids({Role.DISTRICT_OFFICE})
    if not receives(user, collection) and collection.street.district_id not in overseen:
        rows = rows.filter(pk__in=Submission.objects.visible_to(user).order_by().values("pk"))
    found = []
    for row in rows:
        row.collection = collection
        found.append(Part(row, row.light(today), per_mille(row.known, row.cells)))
    return found


def late(parts_: list[Part]) -> int:
    """How many communities have not signed off after the day due."""
    return sum(
        part.light == Light.RED and part.submission.state != SubmissionState.SIGNED
        for part in parts_
    )


def streets_of(user: "User") -> QuerySet[Unit]:
    """The streets that somebody asks: one's own, or those of the district of one's department."""
    reach = reach_of(user)
    own = reach.q("", STREET_ROLES)
    asked = Q(district__departments__in=reach.department_ids)
    streets = Unit.objects.filter(own | asked, level=0).distinct()
    return streets.order_by("tree_id")


def blanks_of(user: "User", street: Unit) -> QuerySet[BlankForm]:
    """The forms of a street that are not on its catalogue yet, and that have rows to ask for."""
    seen: QuerySet[BlankForm] = BlankForm.objects.visible_to(user)
    admitted = CatalogueForm.objects.filter(form=OuterRef("pk"), ends=None)
    free = seen.filter(~Exists(admitted), unit=street, subject__in=ROWS).exclude(
        collections__state=CollectionState.PROPOSED
    )
    return free.defer("content").order_by("-pk")
