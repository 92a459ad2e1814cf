"""Visits to people and households."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import ROLL_READERS
from residents.models.households import Household
from residents.models.people import Person

if TYPE_CHECKING:
    from orgs.models import User


class Visit(Scoped):
    """One call at a household, to one person of it or to all; rows are added and never changed.

    `event_id` comes from the device that wrote the visit down: sent twice, it is one visit.
    """

    scope_path = "household__building"

    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.PROTECT, related_name="visits"
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("visited"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("visited by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    on = models.DateField(_("day of the visit"))
    text = EncryptedTextField(_("what was talked about"))
    problem = EncryptedTextField(_("problem found"), blank=True, default="")
    measures = EncryptedTextField(_("what is done about it"), blank=True, default="")
    next_on = models.DateField(_("next visit"), null=True, blank=True)
    event_id = models.UUIDField(_("mark of the device"), unique=True)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.CheckConstraint(
                name="visit_next_is_later",
                condition=Q(next_on=None) | Q(next_on__gt=models.F("on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} · {self.household}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever reads the roll of the place, and who made the visit."""
        return [reach_of(user).q(cls.scope_path, ROLL_READERS), Q(by=user)]
