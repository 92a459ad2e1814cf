"""Claims and personal-data records in the admin: to look at; use-cases write them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import ReadOnlyAdmin, ScopedReadOnlyAdmin, VersionsAdmin
from residents.enums import SensitiveUse
from residents.models import (
    Claim,
    Consent,
    DataRequest,
    DoorCode,
    ImpactAssessment,
    LetterRun,
    LetterSheet,
    PrivacyNotice,
    Unmasking,
)
from residents.privacy import consents, impact_assessments


@admin.register(Claim)
class ClaimAdmin(ScopedReadOnlyAdmin):
    list_display = ("household", "user", "relation", "state", "made_at", "decided_at")
    list_filter = ("state", "relation")
    list_select_related = ("household__building", "user")
    exclude = ("papers", "id_number")


@admin.register(DoorCode)
class DoorCodeAdmin(ReadOnlyAdmin):
    list_display = ("household", "expires_at", "used_at")
    list_select_related = ("household__building",)


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(VersionsAdmin):
    """Administrators publish the next version here; none is ever changed."""

    list_display = ("version", "published_at")
    fields = ("text_zh", "text_en")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        notice = consents.publish(
            text_zh=obj.text_zh, text_en=obj.text_en, by=signed_in(request), now=timezone.now()
        )
        obj.pk, obj.version = notice.pk, notice.version


@admin.register(ImpactAssessment)
class ImpactAssessmentAdmin(VersionsAdmin):
    """Administrators approve the next assessment here; all are kept."""

    list_display = ("use", "approved_by", "approved_on", "ends")
    list_filter = ("use",)
    list_select_related = ("approved_by",)
    fields = ("use", "text", "ends")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assessment = impact_assessments.record(
            use=SensitiveUse(obj.use),
            text=obj.text,
            ends=obj.ends,
            by=signed_in(request),
            now=timezone.now(),
        )
        obj.pk = assessment.pk


@admin.register(LetterRun)
class LetterRunAdmin(ScopedReadOnlyAdmin):
    list_display = ("unit", "by", "asked_at", "expires_at")
    list_select_related = ("unit", "by")


@admin.register(LetterSheet)
class LetterSheetAdmin(ScopedReadOnlyAdmin):
    list_display = ("building", "run", "state", "tries", "letters")
    list_filter = ("state",)
    list_select_related = ("building", "run__unit")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("user", "purpose", "given", "notice", "at")
    list_select_related = ("user", "notice")


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "state", "asked_at", "due_at")
    list_select_related = ("user",)
    exclude = ("text", "changes")


@admin.register(Unmasking)
class UnmaskingAdmin(ReadOnlyAdmin):
    """Who saw whom; for auditors alone, superusers included in the refusal."""

    list_display = ("at", "by", "person", "report", "claim", "field", "purpose")
    list_select_related = ("by", "person", "claim__user", "claim__household__building")
