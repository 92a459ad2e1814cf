"""The audit, attachments and remembered codes in the admin: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from orgs.admin.base import ReadOnlyAdmin
from orgs.models import Attachment, AuditEntry, AuditSeal, IdempotentAnswer, OneTimeCode


class AuditorsAdmin(ReadOnlyAdmin):
    """For auditors only; being a superuser is not enough."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        name = f"{self.opts.app_label}.view_{self.opts.model_name}"
        return request.user.is_active and request.user.has_perm(name)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(AuditEntry)
class AuditEntryAdmin(AuditorsAdmin):
    list_display = ("at", "actor", "action", "object_type", "object_id", "result", "ip")
    list_filter = ("result", ("at", admin.DateFieldListFilter))
    search_fields = ("=actor", "^action", "=object_id")
    date_hierarchy = "at"


@admin.register(AuditSeal)
class AuditSealAdmin(AuditorsAdmin):
    list_display = ("first_id", "last_id", "count", "sealed_at", "digest")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "state", "uploaded_by", "reason")
    list_filter = ("kind", "state")
    list_select_related = ("uploaded_by",)
    exclude = ("original", "file", "thumbnail")
    search_fields = ("=id", "=uploaded_by__username")


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyAdmin):
    """Keys only: an answer may hold what its reader here may not see."""

    list_display = ("created_at", "user", "key", "status")
    list_select_related = ("user",)
    exclude = ("body", "fingerprint")
    search_fields = ("=key", "=user__username")


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(ReadOnlyAdmin):
    list_display = ("purpose", "expires_at", "failures")
    list_filter = ("purpose",)
    fields = ("purpose", "expires_at", "failures")
