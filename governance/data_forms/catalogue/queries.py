"""Reads of the catalogue of forms."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from governance.data_forms.enums import CollectionState, Permission
from governance.data_forms.models import CatalogueForm

if TYPE_CHECKING:
    from orgs.models import User


def may_propose_anew(user: "User", entry: CatalogueForm) -> bool:
    """Whether a form that was taken off the catalogue may be proposed to the street again."""
    form = entry.form
    return (
        not entry.is_open
        and user.has_perm(Permission.ASK_FOR_FORMS, entry)
        and not form.entries.filter(ends=None).exists()
        and not form.collections.filter(state=CollectionState.PROPOSED).exists()
    )


def catalogue(user: "User", now: datetime, *, ended: bool = False) -> QuerySet[CatalogueForm]:
    """The forms of the catalogues in sight that are in force, or that were taken off."""
    seen: QuerySet[CatalogueForm] = CatalogueForm.objects.visible_to(user)
    today = timezone.localdate(now)
    rows = seen.filter(ends__lte=today) if ended else seen.filter(ends=None)
    return rows.select_related("street", "department", "form").defer("form__content")
