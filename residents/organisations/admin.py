"""Bodies, contracts and counts in the admin: to look at, within one's places."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from residents.models import (
    BodyMember,
    CoverageDay,
    LocalBody,
    PropertyContract,
    PropertyFirm,
    Term,
)


@admin.register(LocalBody)
class LocalBodyAdmin(ScopedReadOnlyAdmin):
    list_display = ("unit", "kind", "entered_at")
    list_filter = ("kind",)
    list_select_related = ("unit",)
    search_fields = ("^unit__code",)


@admin.register(Term)
class TermAdmin(ScopedReadOnlyAdmin):
    list_display = ("body", "number", "starts", "ends", "registration")
    list_select_related = ("body__unit",)
    search_fields = ("^body__unit__code",)
    date_hierarchy = "ends"


@admin.register(BodyMember)
class BodyMemberAdmin(ScopedReadOnlyAdmin):
    list_display = ("shown_name", "seat", "term", "starts", "ends")
    list_filter = ("seat",)
    list_select_related = ("person", "term__body__unit")


@admin.register(PropertyFirm)
class PropertyFirmAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "credit_code")
    search_fields = ("name", "^credit_code")


@admin.register(PropertyContract)
class PropertyContractAdmin(ScopedReadOnlyAdmin):
    list_display = ("compound", "firm", "kind", "starts", "ends", "fee_in_yuan")
    list_filter = ("kind",)
    list_select_related = ("compound", "firm")
    search_fields = ("^compound__code", "firm__name")


@admin.register(CoverageDay)
class CoverageDayAdmin(ScopedReadOnlyAdmin):
    """Counted by the job every night; counted again, a day is the same."""

    list_display = (
        "day", "unit", "compounds", "branch", "committee", "property", "mediation", "council",
        "all_five",
    )  # fmt: skip
    list_select_related = ("unit",)
    date_hierarchy = "day"
