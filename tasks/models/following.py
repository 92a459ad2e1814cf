"""Who met the same problem and follows a neighbour's report instead of sending an own one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Task


class Follow(models.Model):
    """Somebody follows another's report: sees its state without names, and is told the result."""

    task = models.ForeignKey(
        Task, verbose_name=_("task"), on_delete=models.CASCADE, related_name="follows"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="follows",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("follower of a report")
        verbose_name_plural = _("followers of reports")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["task", "user"], name="follows_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.task_id}"
