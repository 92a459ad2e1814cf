"""Leave to report without an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Task


class ReportTicket(models.Model):
    """Leave for one report without an account, and for its photos: given for a right answer.

    Whoever has the signed `nonce` holds the ticket. Sent twice, it is the same report.
    """

    nonce = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    # Ids of the uploads that came with it; no relation, for it takes none of them into a record.
    photos = models.JSONField(_("photos"), default=list)
    task = models.OneToOneField(
        Task, verbose_name=_("task"), null=True, blank=True, on_delete=models.CASCADE
    )

    class Meta:
        verbose_name = _("ticket of a report")
        verbose_name_plural = _("tickets of reports")

    def __str__(self) -> str:
        return str(self.created_at)
