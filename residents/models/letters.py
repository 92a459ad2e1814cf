"""Letters to the doors of many buildings: a run, and a sheet for each building."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.models.printing import PrintRun, PrintSheet
from orgs.scoping import Way, reach_of
from residents.enums import ROLL_KEEPERS, LetterState

if TYPE_CHECKING:
    from orgs.models import User


class LetterRun(PrintRun):
    """Somebody asked for the letters of all buildings of a unit; workers make them."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="letter_runs"
    )

    class Meta:
        verbose_name = _("run of letters")
        verbose_name_plural = _("runs of letters")

    def __str__(self) -> str:
        return str(self.unit)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who keeps the roll of the place."""
        return [reach_of(user).q(cls.scope_path, ROLL_KEEPERS)]


class LetterSheet(PrintSheet):
    """The letters of one building: an encrypted PDF, kept for some days."""

    scope_path = "building"

    run = models.ForeignKey(
        LetterRun, verbose_name=_("run"), on_delete=models.CASCADE, related_name="sheets"
    )
    building = models.ForeignKey(
        Unit, verbose_name=_("building"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=LetterState, default=LetterState.WAITING
    )
    letters = models.PositiveIntegerField(_("letters"), default=0)
    file = models.FileField(upload_to="letters/", blank=True, editable=False)

    class Meta:
        verbose_name = _("sheet of letters")
        verbose_name_plural = _("sheets of letters")
        constraints = [
            models.UniqueConstraint(name="letter_sheet_once", fields=["run", "building"]),
            models.CheckConstraint(
                name="letter_sheet_file_when_ready",
                condition=Q(state=LetterState.READY) | Q(file=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.building)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who keeps the roll of the place."""
        return [reach_of(user).q(cls.scope_path, ROLL_KEEPERS)]
