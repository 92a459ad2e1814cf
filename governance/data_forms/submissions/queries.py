"""Reads of submissions: those in sight, what waits for somebody's communities."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from governance.data_forms.enums import CollectionState, SubmissionState
from governance.data_forms.models import Submission
from orgs.enums import Role
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.models import User


def submissions(user: "User") -> QuerySet[Submission]:
    """The submissions in sight, with their collection."""
    seen: QuerySet[Submission] = Submission.objects.visible_to(user)
    return seen.select_related(
        "unit", "signed_by", "collection__form", "collection__street", "collection__department",
        "collection__entry",
    ).defer("collection__form__content")  # fmt: skip


def waiting(user: "User") -> QuerySet[Submission]:
    """What somebody's own communities have to fill in, what is due first first."""
    own = reach_of(user).q("unit", {Role.COMMUNITY_WORKER})
    rows = submissions(user).filter(own, collection__state=CollectionState.OPEN)
    return rows.exclude(state=SubmissionState.SIGNED).order_by("collection__due_on", "pk")
