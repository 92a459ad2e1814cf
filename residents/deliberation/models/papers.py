"""Files of a poll: printed ballots that workers make, and what came with an official result."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models.printing import PrintRun, PrintSheet
from orgs.scoping import Scoped, Way, reach_of
from residents.deliberation.enums import PaperState
from residents.deliberation.models.polls import DESK_KEEPERS, Poll
from residents.deliberation.models.rolls import ROLL_WATCHERS

if TYPE_CHECKING:
    from orgs.models import User


class BallotRun(PrintRun):
    """Somebody asked for the printed ballots of a poll; workers make them."""

    scope_path = "poll__unit"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="ballot_runs")

    class Meta:
        verbose_name = _("run of printed ballots")
        verbose_name_plural = _("runs of printed ballots")

    def __str__(self) -> str:
        return str(self.poll)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works at the desk of the poll."""
        return [reach_of(user).q(cls.scope_path, DESK_KEEPERS)]


class BallotSheet(PrintSheet):
    """The ballots of some entries in a row of their numbers: an encrypted PDF, kept for some days."""

    scope_path = "run__poll__unit"

    run = models.ForeignKey(BallotRun, on_delete=models.CASCADE, related_name="sheets")
    first = models.PositiveIntegerField(_("from number"))
    last = models.PositiveIntegerField(_("to number"))
    state = models.CharField(
        _("state"), max_length=7, choices=PaperState, default=PaperState.WAITING
    )
    file = models.FileField(upload_to="poll-ballots/", blank=True, editable=False)

    class Meta:
        verbose_name = _("sheet of printed ballots")
        verbose_name_plural = _("sheets of printed ballots")
        ordering = ["run", "first"]
        constraints = [
            models.UniqueConstraint(name="ballot_sheet_once", fields=["run", "first"]),
            models.CheckConstraint(name="ballot_sheet_in_order", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(
                name="ballot_sheet_file_when_ready",
                condition=Q(state=PaperState.READY) | Q(file=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first}–{self.last}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works at the desk of the poll."""
        return [reach_of(user).q(cls.scope_path, DESK_KEEPERS)]


class ResultFile(Scoped):
    """A file that came with an official result, kept encrypted with its SHA-256. Append-only."""

    scope_path = "poll__unit"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="result_files")
    name = models.CharField(_("file name"), max_length=120)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    file = models.FileField(upload_to="poll-results/", editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("file of an official result")
        verbose_name_plural = _("files of official results")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="result_file_once", fields=["poll", "sha256"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_workbook(self) -> bool:
        """Whether numbers can be read from it."""
        return self.name.lower().endswith(".xlsx")

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who watches the poll: the platform's lists may name voters."""
        return [reach_of(user).q(cls.scope_path, ROLL_WATCHERS)]
