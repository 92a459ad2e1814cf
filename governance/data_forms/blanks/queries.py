"""Reads of blank forms: the one of an address, and its columns that hold values."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from governance.data_forms.models import BlankForm, FormColumn

if TYPE_CHECKING:
    from orgs.models import User


def form_for(user: "User", pk: int, permission: str = "") -> BlankForm:
    """The form of an address, with its place. Raises Http404 out of sight, PermissionDenied for whoever
    holds a permission nowhere."""
    if permission and not user.has_perm(permission):
        raise PermissionDenied
    seen = BlankForm.objects.visible_to(user, one=True).select_related("unit")
    form: BlankForm = get_object_or_404(seen, pk=pk)
    return form


def value_columns(form: BlankForm) -> list[FormColumn]:
    """The columns that hold values: not what the form reckons itself, nor what stays empty on purpose."""
    return [
        column
        for column in form.columns.all()
        if column.field or (column.asked and not column.computed)
    ]
