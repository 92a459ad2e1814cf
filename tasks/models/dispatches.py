"""A dispatch: one row for each department called, with its limits, its report-in and its contact."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Department
from tasks.enums import ACTIVE_ASSIGNMENT, AssignmentRole, AssignmentStatus

_ACTIVE = tuple(sorted(ACTIVE_ASSIGNMENT))
_OVER = (AssignmentStatus.ENDED, AssignmentStatus.REFUSED)
_LED = Q(role=AssignmentRole.LEAD)
# What changes while a department works; every other column is written once.
FREE = ("status", "finished_at", "result", "person_id")


class Assignment(models.Model):
    """One department called for a task: the row of a dispatch, which the rates count for the lead.

    Added by each dispatch and never taken away; the database keeps it (`orgs.db.append_only`).
    """

    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="assignments")
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    role = models.CharField(_("role"), max_length=6, choices=AssignmentRole)
    status = models.CharField(
        _("state"), max_length=12, choices=AssignmentStatus, default=AssignmentStatus.DISPATCHED
    )
    # Whom the department sent (派到人): limits and rates stay the department's.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handed to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # That person's name, where it was read with the row (`tasks.workflow.queries.PARTS`).
    person_name: str | None = None
    round = models.PositiveSmallIntegerField(_("dispatch"))
    dispatched_at = models.DateTimeField(_("dispatched at"))
    # As they were set: more time that was granted is a request of its own.
    report_in_by = models.DateTimeField(_("report in by"), null=True, blank=True)
    respond_by = models.DateTimeField(_("contact by"), null=True, blank=True)
    resolve_by = models.DateTimeField(_("resolve by"), null=True, blank=True)
    # False for dispatches of before limits were kept here: of these an empty limit is unknown.
    limits_known = models.BooleanField(default=True, editable=False)
    reported_in_at = models.DateTimeField(_("reported in at"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("contacted at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["task_id", "round", "-role", "pk"]
        indexes = [
            models.Index(fields=["department", "status"], name="assignment_inbox"),
            models.Index(fields=["dispatched_at"], name="dispatch_made", condition=_LED),
            models.Index(
                fields=["respond_by"],
                name="contact_awaited",
                condition=_LED & Q(contacted_at=None, status__in=_ACTIVE),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                name="one_lead_a_task",
                condition=_LED & Q(status__in=_ACTIVE),
            ),
            models.UniqueConstraint(
                fields=["task", "round"], name="one_lead_a_dispatch", condition=_LED
            ),
            models.UniqueConstraint(
                fields=["task", "department", "round"], name="one_assignment_a_department_and_round"
            ),
            models.CheckConstraint(
                name="assignment_state_known",
                condition=Q(status__in=tuple(sorted(AssignmentStatus))),
            ),
            models.CheckConstraint(
                name="assignment_reported_in_whole",
                condition=~Q(status__in=(AssignmentStatus.REPORTED_IN, AssignmentStatus.FINISHED))
                | Q(reported_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_ended_whole",
                condition=Q(status__in=_OVER, ended_at__isnull=False)
                | (~Q(status__in=_OVER) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="assignment_limits_whole",
                condition=Q(limits_known=False)
                | Q(report_in_by__isnull=False, respond_by__isnull=False, resolve_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_limits_in_order",
                condition=Q(
                    report_in_by__gte=F("dispatched_at"),
                    respond_by__gte=F("report_in_by"),
                    resolve_by__gte=F("dispatched_at"),
                ),
            ),
            models.CheckConstraint(
                name="assignment_contact_after_report_in",
                condition=Q(contacted_at=None) | Q(reported_in_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.get_role_display()}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_ASSIGNMENT
