"""A sheet of hotline tickets between its preview and its import."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField


class HotlineFile(models.Model):
    """A sheet that somebody sent. What it holds is forgotten with the import, or after a day."""

    name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(_("digest"), max_length=64)
    # Base64: names and telephones of those who called.
    content = EncryptedTextField(blank=True, default="", editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    sent_at = models.DateTimeField(_("sent at"))
    applied_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    new = models.PositiveSmallIntegerField(_("new tickets"), default=0)
    known = models.PositiveSmallIntegerField(_("tickets entered before"), default=0)

    class Meta:
        verbose_name = _("sheet of hotline tickets")
        verbose_name_plural = _("sheets of hotline tickets")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["sent_by", "-id"], name="hotline_file_of_sender")]
        constraints = [
            models.CheckConstraint(
                name="hotline_file_counts_when_applied",
                condition=Q(applied_at=None, new=0, known=0) | Q(applied_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
