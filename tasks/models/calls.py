"""Calls back to reporters (回访)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Task


class CallBackTry(models.Model):
    """A reporter was called for their rating and not reached. Never changed."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="call_back_tries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("reporter not reached")
        verbose_name_plural = _("reporters not reached")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d %H:%M}"
