"""The five full coverages, counted by day."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import HOUSEHOLD_READERS

if TYPE_CHECKING:
    from orgs.models import User


class CoverageDay(Scoped):
    """How many compounds of a street or community had each coverage on a day; the job counts it."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.CASCADE, related_name="coverage_days"
    )
    day = models.DateField(_("day"))
    compounds = models.PositiveIntegerField(_("compounds"))
    branch = models.PositiveIntegerField(_("party branch"))
    committee = models.PositiveIntegerField(_("owners' committee"))
    property = models.PositiveIntegerField(_("property service"))
    mediation = models.PositiveIntegerField(_("mediation"))
    council = models.PositiveIntegerField(_("residents' council"))
    all_five = models.PositiveIntegerField(_("all five"))

    class Meta:
        verbose_name = _("coverage of a day")
        verbose_name_plural = _("coverages of days")
        constraints = [
            models.UniqueConstraint(name="coverage_once_a_day", fields=["unit", "day"]),
            models.CheckConstraint(
                name="coverage_is_part",
                condition=Q(
                    branch__lte=F("compounds"),
                    committee__lte=F("compounds"),
                    property__lte=F("compounds"),
                    mediation__lte=F("compounds"),
                    council__lte=F("compounds"),
                )
                & Q(all_five__lte=F("branch")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.unit}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [reach_of(user).q("unit", HOUSEHOLD_READERS)]
