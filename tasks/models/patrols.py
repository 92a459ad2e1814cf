"""Patrols of the grids (网格巡查)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from tasks.enums import WATCHING_ROLES
from tasks.models.tasks import Task

if TYPE_CHECKING:
    from orgs.models import User


class Patrol(Scoped):
    """One round through a place: what was looked at, what was found, what has to be done by when.

    `event_id` comes from the device that wrote it down: a draft sent twice is one patrol. What others
    have to deal with went out as a task.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("place"), on_delete=models.PROTECT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))
    # Codes of tasks.enums.PatrolItem.
    items = models.JSONField(_("looked at"))
    finding = models.TextField(_("problem found"), blank=True)
    advice = models.TextField(_("advice"), blank=True)
    due_on = models.DateField(_("to be put right by"), null=True, blank=True)
    task = models.OneToOneField(
        Task, verbose_name=_("task"), null=True, blank=True, on_delete=models.PROTECT
    )
    lon = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)
    event_id = models.UUIDField(_("mark of the device"), unique=True)
    entered_at = models.DateTimeField(_("entered at"))
    result = models.TextField(_("result"), blank=True)
    rechecked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("looked at again by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    rechecked_at = models.DateTimeField(_("looked at again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        constraints = [
            models.CheckConstraint(
                name="patrol_rechecked_whole",
                condition=Q(rechecked_by=None, rechecked_at=None, result="")
                | (Q(rechecked_by__isnull=False, rechecked_at__isnull=False) & ~Q(result="")),
            ),
            models.CheckConstraint(
                name="patrol_recheck_needs_finding", condition=Q(rechecked_at=None) | ~Q(finding="")
            ),
            models.CheckConstraint(
                name="patrol_was_before_entry", condition=Q(at__lte=F("entered_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} · {self.unit}"

    @property
    def is_open(self) -> bool:
        """Whether a problem waits to be looked at again; what became a task is followed there."""
        return bool(self.finding) and self.rechecked_at is None and self.task_id is None

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Grid, community, street and district of the place, and who went the round."""
        return [reach_of(user).q(cls.scope_path, WATCHING_ROLES), Q(by=user)]
