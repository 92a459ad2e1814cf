"""What happened to a task: decisions asked for, the timeline with its photos, the rating."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Attachment, Department
from tasks.enums import Action, LimitKind, LimitStep, RequestKind, Status, Who
from tasks.models.tasks import Task


class DecisionRequest(models.Model):
    """Something asked that somebody above decides: more time, or a second refusal."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    round = models.PositiveSmallIntegerField(_("dispatch"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    granted = models.BooleanField(_("granted"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for a decision")
        verbose_name_plural = _("requests for a decision")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "kind"],
                name="one_pending_request_a_kind",
                condition=Q(decided_at=None),
            ),
            models.CheckConstraint(
                name="request_decision_whole",
                condition=Q(decided_at=None, granted=None, decided_by=None)
                | Q(decided_at__isnull=False, granted__isnull=False),
            ),
            models.CheckConstraint(
                name="request_extension_has_until",
                condition=~Q(kind=RequestKind.EXTENSION) | Q(until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.task}"


class Event(models.Model):
    """One line of a task's timeline. Append-only."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="events")
    action = models.CharField(_("action"), max_length=20, choices=Action)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # As whom: the relation to the task that allowed it, and the department acted for.
    who = models.CharField(_("as"), max_length=10, choices=Who)
    # The office at the task's place that an authority held; "" for people and departments.
    office = models.CharField(_("office"), max_length=24, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    from_status = models.CharField(max_length=12, choices=Status, blank=True)
    to_status = models.CharField(max_length=12, choices=Status, blank=True)
    # Not for the reporter, members or the public.
    internal = models.BooleanField(_("internal"), default=False)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["id"]
        indexes = [models.Index(fields=["task", "id"], name="event_of_task")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.task_id}"


class LimitStepTaken(models.Model):
    """A reminder or an escalation that was made: once for each step of each limit. Append-only."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="limit_steps")
    kind = models.CharField(_("limit"), max_length=10, choices=LimitKind)
    due_at = models.DateTimeField(_("limit at"))
    step = models.PositiveSmallIntegerField(_("step"), choices=LimitStep)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a limit")
        verbose_name_plural = _("steps of limits")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "kind", "due_at", "step"], name="each_step_of_a_limit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.get_kind_display()} · {self.get_step_display()}"


class TaskAttachment(models.Model):
    """A photo or video that joined a task with one of its events."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="task_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("task attachment")
        verbose_name_plural = _("task attachments")
        ordering = ["event", "position"]

    def __str__(self) -> str:
        return str(self.attachment)


class Rating(models.Model):
    """What the reporter says of the result; staff who called back say so. Append-only.

    Each counts on the day it was given, also where the task is taken up again.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="ratings")
    # Whose work is rated; none where no department did it.
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    contacted = models.BooleanField(_("was contacted"))
    resolved = models.BooleanField(_("was resolved"))
    stars = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.CharField(_("a sentence"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    called_back = models.BooleanField(_("entered after a call"), default=False)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="rating_given")]
        constraints = [
            models.CheckConstraint(
                name="rating_stars_one_to_five", condition=Q(stars__gte=1, stars__lte=5)
            ),
            models.CheckConstraint(
                name="rating_call_back_has_staff",
                condition=Q(called_back=False) | Q(by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars}"
