"""What is printed by workers: the columns of a run and of its sheets (orgs/attachments/print_runs.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.scoping import Scoped


class PrintRun(Scoped):
    """Somebody asked for sheets; workers make them."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked at"))
    # The files are deleted then.
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        abstract = True


class PrintSheet(Scoped):
    """One encrypted PDF, kept for some days. A model adds `run`, `state` and `file`."""

    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)

    class Meta:
        abstract = True
