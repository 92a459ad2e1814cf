"""Which activity a page of attendance is about, and whether whoever asks may see it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from orgs.accounts.sign_in import signed_in
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.enums import (
    Direction,
    Permission,
)
from volunteers.service.models import Activity


def seen(request: HttpRequest, pk: int) -> Activity:
    """The activity in sight of whoever is signed in, else 404."""
    rows = Activity.objects.visible_to(signed_in(request), one=True)
    row: Activity = get_object_or_404(rows.select_related("unit", "branch"), pk=pk)
    return row


def run(request: HttpRequest, pk: int) -> Activity:
    """The activity for whoever runs it."""
    row = seen(request, pk)
    if not WORKFLOW.relations(row, signed_in(request)):
        raise PermissionDenied
    return row


def direction_of(request: HttpRequest) -> Direction:
    """Whether the page is about coming or going; coming where nothing is said."""
    wanted = request.GET.get("direction", Direction.IN)
    return Direction(wanted) if wanted in Direction.values else Direction.IN


def run_or_review(request: HttpRequest, pk: int) -> Activity:
    """The activity for whoever runs it or reviews its attendance, else 403."""
    row, user = seen(request, pk), signed_in(request)
    if not WORKFLOW.relations(row, user) and not user.has_perm(
        Permission.REVIEW_ATTENDANCE, row.unit
    ):
        raise PermissionDenied
    return row
