"""What people say of departments, and departments of whistles: both sides of one exchange."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Department, Unit
from orgs.scoping import Scoped, Way, reach_of
from tasks.enums import WATCHING_ROLES
from tasks.models.tasks import Task

if TYPE_CHECKING:
    from orgs.models import User

STARS = [MinValueValidator(1), MaxValueValidator(5)]


class FeedbackRound(Scoped):
    """A street invites communities and residents to rate departments (北京市街道办事处条例, art. 44)."""

    scope_path = "street"

    street = models.ForeignKey(
        Unit, verbose_name=_("street"), on_delete=models.PROTECT, related_name="feedback_rounds"
    )
    # The days of dispatch of the work that is rated.
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    closes_on = models.DateField(_("answers until"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("round of feedback")
        verbose_name_plural = _("rounds of feedback")
        constraints = [
            models.UniqueConstraint(name="feedback_round_once", fields=["street", "first", "last"]),
            models.CheckConstraint(
                name="feedback_round_days",
                condition=Q(last__gte=F("first"), closes_on__gt=F("last")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street.name} {self.first} – {self.last}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The street, its communities and district."""
        return [reach_of(user).q(cls.scope_path, WATCHING_ROLES)]


class DepartmentFeedback(Scoped):
    """One person invited to rate one department; the stars come with the answer, once.

    Only the rater sees the row: streets and departments see sums of several.
    """

    scope_path = "round__street"

    round = models.ForeignKey(
        FeedbackRound, verbose_name=_("round"), on_delete=models.CASCADE, related_name="feedback"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.PROTECT, related_name="+"
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    responds = models.PositiveSmallIntegerField(_("comes when called"), null=True, validators=STARS)
    solves = models.PositiveSmallIntegerField(_("solves the problem"), null=True, validators=STARS)
    manner = models.PositiveSmallIntegerField(_("manner"), null=True, validators=STARS)
    text = models.CharField(_("remark"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("feedback on a department")
        verbose_name_plural = _("feedback on departments")
        constraints = [
            models.UniqueConstraint(
                name="feedback_once_each", fields=["round", "department", "rater"]
            ),
            models.CheckConstraint(
                name="feedback_whole_or_none",
                condition=Q(
                    responds__isnull=False,
                    solves__isnull=False,
                    manner__isnull=False,
                    answered_at__isnull=False,
                    responds__range=(1, 5),
                    solves__range=(1, 5),
                    manner__range=(1, 5),
                )
                | Q(responds=None, solves=None, manner=None, answered_at=None, text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.round}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [Q(rater=user)]


class WhistleFeedback(Scoped):
    """What a department that came says of the whistle: whether it was right to call it, and clear."""

    scope_path = "task__unit"

    task = models.ForeignKey(
        Task, verbose_name=_("task"), on_delete=models.PROTECT, related_name="whistle_feedback"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    justified = models.BooleanField(_("it was right to call us"))
    clear = models.PositiveSmallIntegerField(_("what was written was clear"), validators=STARS)
    text = models.CharField(_("remark"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("feedback on a whistle")
        verbose_name_plural = _("feedback on whistles")
        constraints = [
            models.UniqueConstraint(name="whistle_feedback_once", fields=["task", "department"]),
            models.CheckConstraint(name="whistle_feedback_stars", condition=Q(clear__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.task}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who watches the place, and the department."""
        reach = reach_of(user)
        return [
            reach.q(cls.scope_path, WATCHING_ROLES),
            Q(department__in=sorted(reach.department_ids)),
        ]
