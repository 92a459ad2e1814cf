"""Joint meetings (联席会议): agenda, attendance, minutes."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.deliberation.enums import SideKind
from residents.deliberation.models.topics import TOPIC_READERS, Topic, account
from residents.models.bodies import at_home

if TYPE_CHECKING:
    from orgs.models import User


class JointMeeting(Scoped):
    """The sides of a place meet about some topics; the minutes are written down afterwards."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="joint_meetings"
    )
    title = models.CharField(_("title"), max_length=80)
    starts_at = models.DateTimeField(_("begins"))
    where = models.CharField(_("where"), max_length=80)
    agenda = models.TextField(_("agenda"))
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="meetings"
    )
    called_by = account(_("called by"))
    called_at = models.DateTimeField(_("called at"))
    minutes = models.TextField(_("minutes"), blank=True)
    minutes_by = account(_("minutes by"), null=True, blank=True)
    minutes_at = models.DateTimeField(_("minutes written at"), null=True, blank=True)

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")
        ordering = ["-starts_at", "-pk"]
        permissions = [("call_meeting", "May call joint meetings of a place")]
        constraints = [
            models.CheckConstraint(
                name="meeting_minutes_whole",
                condition=Q(minutes="", minutes_by=None, minutes_at=None)
                | (~Q(minutes="") & Q(minutes_by__isnull=False, minutes_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place, and who is at home in it."""
        return [reach_of(user).q("unit", TOPIC_READERS), *at_home(user, "unit")]


class Attendance(models.Model):
    """Who came to a meeting, for which side."""

    meeting = models.ForeignKey(JointMeeting, on_delete=models.CASCADE, related_name="attendance")
    side = models.CharField(_("side"), max_length=10, choices=SideKind)
    names = models.CharField(_("who came"), max_length=200)

    class Meta:
        verbose_name = _("attendance of a meeting")
        verbose_name_plural = _("attendance of meetings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "side"], name="attendance_once_a_side"),
            models.CheckConstraint(name="attendance_named", condition=~Q(names="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.names}"
