"""What every register of units has: a unit, and a day on which an entry ended."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.models.units import Unit
from orgs.scoping import Scoped, Way

if TYPE_CHECKING:
    from orgs.models import User


class UnitRow(Scoped):
    """An entry of a register that is no secret: everybody sees it, whoever keeps its unit
    writes it (`orgs/registers`). It is in force while `ends` is empty; an entry that ended stays."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    ends = models.DateField(
        _("ended on"), null=True, blank=True, help_text=_("With a day it is shown no more.")
    )

    class Meta:
        abstract = True

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [Q()]

    def clean(self) -> None:
        if self.ends and self.ends > timezone.localdate():
            raise ValidationError({"ends": _("This day is still to come.")})
