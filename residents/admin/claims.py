"""Claims and personal-data records in the admin: to look at; use-cases write them."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyAdmin, ScopedReadOnlyAdmin
from residents.models import Claim, Consent, DataRequest, DoorCode, PrivacyNotice, Unmasking


@admin.register(Claim)
class ClaimAdmin(ScopedReadOnlyAdmin):
    list_display = ("household", "user", "relation", "state", "made_at", "decided_at")
    list_filter = ("state", "relation")
    list_select_related = ("household__building", "user")
    exclude = ("papers",)


@admin.register(DoorCode)
class DoorCodeAdmin(ReadOnlyAdmin):
    list_display = ("household", "expires_at", "failures", "used_at")
    list_select_related = ("household__building",)


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(ReadOnlyAdmin):
    list_display = ("version", "published_at")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("user", "purpose", "given", "notice", "at")
    list_select_related = ("user", "notice")


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "state", "asked_at", "due_at")
    list_select_related = ("user",)
    exclude = ("text",)


@admin.register(Unmasking)
class UnmaskingAdmin(ReadOnlyAdmin):
    """Who saw whom; for auditors alone, superusers included in the refusal."""

    list_display = ("at", "by", "person", "field", "purpose")
    list_select_related = ("by", "person")
