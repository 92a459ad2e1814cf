"""The audit: who did what to which record, when, from where, with what result."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.enums import AuditResult


class AuditEntry(models.Model):
    """One thing done, refused or failed. Append-only: triggers refuse change and deletion.

    It holds names as they were, and no foreign keys: it must outlive what it speaks of.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    actor_id = models.BigIntegerField(_("account number"), null=True, db_index=True)
    actor = models.CharField(_("who"), max_length=150)
    action = models.CharField(_("what"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of record"), max_length=60, blank=True)
    object_id = models.CharField(_("record"), max_length=40, blank=True, db_index=True)
    result = models.CharField(_("result"), max_length=8, choices=AuditResult)
    detail = models.JSONField(_("detail"), default=dict)
    ip = models.GenericIPAddressField(_("from where"), null=True)
    request_id = models.CharField(_("request"), max_length=36, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.object_type} {self.object_id}".strip()


class AuditSeal(models.Model):
    """A hash over a batch of entries and the seal before it: a chain that shows tampering."""

    first_id = models.BigIntegerField(_("from entry"))
    last_id = models.BigIntegerField(_("to entry"), unique=True)
    count = models.PositiveIntegerField(_("entries"))
    digest = models.CharField(_("digest"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["-last_id"]

    def __str__(self) -> str:
        return f"{self.first_id}-{self.last_id}"
