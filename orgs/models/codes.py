"""One-time codes and remembered answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField


class OneTimeCode(models.Model):
    """A short code sent to a telephone for one purpose, kept as a keyed digest."""

    purpose = models.CharField(_("purpose"), max_length=60)
    phone_index = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    failures = models.PositiveSmallIntegerField(_("wrong tries"), default=0)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "phone_index"], name="one_code_a_purpose_and_phone"
            )
        ]

    def __str__(self) -> str:
        return self.purpose


class CodesSent(models.Model):
    """When codes went to one telephone during the last day, whatever they were for."""

    phone_index = models.CharField(max_length=64, primary_key=True)
    # Seconds since 1970.
    times = models.JSONField(default=list)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("codes sent to a telephone")
        verbose_name_plural = _("codes sent to telephones")

    def __str__(self) -> str:
        return str(self.last_at)


class IdempotentAnswer(models.Model):
    """The answer to a POST that carried an Idempotency-Key or the mark of its form, given again to a
    repeat. Whoever has no account is known by the signed key of the browser.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    browser = models.CharField(max_length=40, blank=True, default="", editable=False)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    # The answer as JSON; it may hold what only this user may see.
    body = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("remembered answer")
        verbose_name_plural = _("remembered answers")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_user_and_key"),
            models.UniqueConstraint(
                fields=["browser", "key"],
                condition=models.Q(user=None),
                name="one_answer_a_browser_and_key",
            ),
            models.CheckConstraint(
                name="answer_is_somebodys",
                condition=models.Q(user__isnull=False, browser="")
                | (models.Q(user=None) & ~models.Q(browser="")),
            ),
        ]

    def __str__(self) -> str:
        return self.key
