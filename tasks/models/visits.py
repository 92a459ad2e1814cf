"""A joint visit on the spot (联合到场): when, where, who is invited, who came."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Department, Unit
from orgs.scoping import Scoped, Way, reach_of
from tasks.enums import GUEST_ROLES, OPEN, WATCHING_ROLES, GuestKind
from tasks.models.dispatches import Assignment
from tasks.models.tasks import MAX_TEXT, Task

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User

_KINDS = tuple(sorted(GuestKind))
_AT_PLACES = tuple(sorted(GUEST_ROLES))


class JointVisit(Scoped):
    """An appointment of several sides about one task.

    `subject` and `place` are written for whoever is invited: of the task itself they read nothing.
    """

    scope_path = "task__unit"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="visits")
    starts_at = models.DateTimeField(_("when to meet"))
    place = models.CharField(_("where to meet"), max_length=200)
    subject = models.CharField(_("what it is about"), max_length=100)
    arranged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("arranged by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    arranged_at = models.DateTimeField(_("arranged at"))
    # When those invited are reminded; empty once they were, or where it was too near for that.
    remind_at = models.DateTimeField(null=True, editable=False)
    minutes = models.TextField(_("minutes"), max_length=MAX_TEXT, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cancelled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("joint visit")
        verbose_name_plural = _("joint visits")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["remind_at"],
                name="visit_reminder_due",
                condition=Q(remind_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                name="one_pending_visit_a_task",
                condition=Q(recorded_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="visit_recorded_whole",
                condition=Q(recorded_at=None, recorded_by=None, minutes="")
                | (Q(recorded_at__isnull=False, recorded_by__isnull=False) & ~Q(minutes="")),
            ),
            models.CheckConstraint(
                name="visit_cancelled_whole",
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False, recorded_at=None),
            ),
            models.CheckConstraint(
                name="visit_reminder_before_it_is_over",
                condition=Q(remind_at=None) | Q(recorded_at=None, cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever watches over the task's place, its departments, and whoever is invited."""
        reach = reach_of(user)
        ways: list[Way] = []
        if reach.roles & WATCHING_ROLES:
            ways.append(reach.q("task__unit", WATCHING_ROLES))
        invited = Q(pk__in=())
        for kind, roles in GUEST_ROLES.items():
            if reach.roles & roles:
                invited |= Q(kind=kind) & reach.q("unit", roles)
        if departments := reach.department_ids:
            called = Assignment.objects.filter(department__in=departments)
            ways.append(Q(task__in=called.values("task")))
            invited |= Q(department__in=departments)
        return [*ways, VisitGuest.objects.filter(invited).values("visit")]

    @property
    def is_pending(self) -> bool:
        """Whether it is still to take place, or to be written down."""
        return self.recorded_at is None and self.cancelled_at is None

    def is_due(self, now: "datetime") -> bool:
        """Whether it has begun, and nobody has written down who came."""
        return self.is_pending and self.starts_at <= now

    @staticmethod
    def upcoming() -> Q:
        """Those that are still to take place: their task is open."""
        return Q(recorded_at=None, cancelled_at=None, task__status__in=sorted(OPEN))


class VisitGuest(models.Model):
    """Who is invited: a department, an office at a place, or somebody from outside by name.

    `came` stays empty until the visit is written down.
    """

    visit = models.ForeignKey(JointVisit, on_delete=models.CASCADE, related_name="guests")
    kind = models.CharField(_("kind"), max_length=10, choices=GuestKind)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # As it was called when it was invited; empty for an office that is called by its kind.
    name = models.CharField(_("name"), max_length=60, blank=True)
    came = models.BooleanField(_("came"), null=True)

    class Meta:
        verbose_name = _("guest of a joint visit")
        verbose_name_plural = _("guests of joint visits")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "kind", "name"], name="each_guest_of_a_visit_once"
            ),
            models.CheckConstraint(name="guest_kind_known", condition=Q(kind__in=_KINDS)),
            models.CheckConstraint(
                name="guest_of_its_kind",
                condition=Q(kind=GuestKind.DEPARTMENT, department__isnull=False, unit=None)
                | Q(kind__in=_AT_PLACES, department=None, unit__isnull=False)
                | (Q(kind=GuestKind.OTHER, department=None, unit=None) & ~Q(name="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(GuestKind(self.kind).label)
