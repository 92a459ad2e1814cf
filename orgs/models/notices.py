"""What people are told: in the portal, and out of it through channels."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.enums import NoticeWay
from orgs.values.sentences import SentenceField


class Notice(models.Model):
    """One thing that one person is told, once. `data` holds what its kind makes a sentence of."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.CASCADE,
        related_name="notices",
    )
    kind = models.CharField(_("kind"), max_length=20)
    # What it is about, so that telling it twice is refused.
    key = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_of_recipient"),
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="each_thing_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.key}"


class Delivery(models.Model):
    """A notice on its way out of the portal through one channel: at least once, by its own key."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    error = SentenceField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_due",
                condition=Q(sent_at=None, failed_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_a_channel"),
            models.CheckConstraint(
                name="delivery_sent_or_failed", condition=Q(sent_at=None) | Q(failed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}-{self.channel}"


class ShortMessage(models.Model):
    """A text to a telephone, through the sender that the settings name: at least once, by its own key.

    Number and text are encrypted and forgotten after some weeks. Codes are sent at once; the demo alone
    keeps them, for its page of messages.
    """

    key = models.CharField(max_length=80, unique=True)
    phone = EncryptedTextField(_("telephone"))
    text = EncryptedTextField(_("text"))
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("short message")
        verbose_name_plural = _("short messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="short_message_due",
                condition=Q(sent_at=None, failed_at=None),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="short_message_sent_or_failed", condition=Q(sent_at=None) | Q(failed_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.key


class NoticeChoice(models.Model):
    """How somebody wants to be told of a kind of thing, where not as by default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(_("kind"), max_length=20)
    way = models.CharField(_("way"), max_length=8, choices=NoticeWay)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_choice_a_kind"),
            models.CheckConstraint(
                name="notice_way_known", condition=Q(way__in=sorted(NoticeWay.values))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_way_display()}"


class NoticeAddress(models.Model):
    """An e-mail address that somebody gave for notices alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_address"
    )
    email = EncryptedTextField(_("e-mail address"))

    class Meta:
        verbose_name = _("address for notices")
        verbose_name_plural = _("addresses for notices")

    def __str__(self) -> str:
        return f"{self.user_id}"


class Bookmark(models.Model):
    """How far a job has read rows that are only ever added."""

    name = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"
