"""Days that are worked or free against the published calendar, and who is on duty."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models.organisations import Department
from orgs.models.units import Unit


class CalendarDay(models.Model):
    """A day that an administrator declares worked or free; it goes before the published calendar."""

    day = models.DateField(_("day"), unique=True)
    is_worked = models.BooleanField(_("worked"))
    note = models.CharField(_("reason or document"), max_length=100)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("working calendar")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} · {_('worked') if self.is_worked else _('free')}"


class DutyDay(models.Model):
    """Who has the duty of a street or a department on a day, who stands in, and who leads (带班领导).

    A day of duty begins with the office hours and ends when the next one begins.
    """

    day = models.DateField(_("day"))
    street = models.ForeignKey(
        Unit,
        verbose_name=_("street"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="duty_days",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="duty_days",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("on duty"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("stand-in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("leader on duty"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("day of duty")
        verbose_name_plural = _("duty roster")
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["street", "day"],
                name="one_duty_a_street_and_day",
                condition=Q(street__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["department", "day"],
                name="one_duty_a_department_and_day",
                condition=Q(department__isnull=False),
            ),
            models.CheckConstraint(
                name="duty_of_street_or_department",
                condition=Q(street__isnull=True, department__isnull=False)
                | Q(street__isnull=False, department__isnull=True),
            ),
            models.CheckConstraint(
                name="duty_stand_in_is_another",
                condition=Q(stand_in=None) | ~Q(stand_in=F("person")),
            ),
            models.CheckConstraint(
                name="duty_leader_is_another",
                condition=Q(leader=None)
                | (~Q(leader=F("person")) & (Q(stand_in=None) | ~Q(leader=F("stand_in")))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.street or self.department}"
