"""What claims and requests share: who decided, when, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

UNDECIDED = Q(decided_by=None, decided_at=None, reason="")
DECIDED = Q(decided_by__isnull=False, decided_at__isnull=False)


class Decided(models.Model):
    """A row on which somebody decides once. The states and their constraint are each model's own."""

    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        abstract = True
