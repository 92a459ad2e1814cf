"""Who is listed, without a form: a query under a name."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import ROWS
from governance.data_forms.models.forms import of_fillers
from orgs.models import Unit
from orgs.scoping import Scoped, Way

if TYPE_CHECKING:
    from orgs.models import User


class SavedList(Scoped):
    """A query of a community or a street: whom it lists, and which fields it shows of them."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="saved_lists"
    )
    name = models.CharField(_("name"), max_length=80)
    subject = models.CharField(
        _("a row is about a"), max_length=10,
        choices=[(subject, subject.label) for subject in ROWS],
    )  # fmt: skip
    # Who is listed: the words of the filter by name (fillings/filters.py).
    filters = models.JSONField(_("who is listed"), default=dict)
    # The codes of the fields that it shows, in their order.
    columns = models.JSONField(_("fields"), default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("saved by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["-pk"]
        permissions = [
            ("keep_lists", "May keep saved lists of a place"),
            ("export_lists", "May fetch lists of the rosters as a workbook"),
        ]
        constraints = [
            models.UniqueConstraint(name="saved_list_name_once", fields=["unit", "name"]),
            models.CheckConstraint(
                name="saved_list_named",
                condition=~Q(name="") & Q(subject__in=[subject.value for subject in ROWS]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place; a street's lists are its communities' too."""
        return of_fillers(user)
