"""Photos and short videos that people attach."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import AttachmentKind, AttachmentState
from orgs.values.sentences import SentenceField


class Attachment(models.Model):
    """One uploaded picture or video, checked, re-encoded and stripped of its location.

    It belongs to its uploader until a record takes it. `original` is kept only while a video waits
    to be prepared; what people see is `file` and `thumbnail`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=5, choices=AttachmentKind)
    state = models.CharField(
        _("state"), max_length=8, choices=AttachmentState, default=AttachmentState.READY
    )
    original = models.FileField(upload_to="waiting/%Y/%m/", blank=True)
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/", blank=True)
    thumbnail = models.FileField(_("thumbnail"), upload_to="attachments/%Y/%m/", blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("uploaded at"))
    # One worker prepares a video at a time; after three tries that ended nowhere it is refused.
    claimed_at = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    reason = SentenceField(_("why refused"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="attachment_waiting",
                condition=Q(state=AttachmentState.WAITING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"
