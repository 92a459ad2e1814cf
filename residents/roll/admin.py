"""The roll in the admin: to look at, within one's places; use-cases write it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orgs.admin.base import ScopedReadOnlyAdmin
from residents.models import Belonging, Household, Person, Visit
from residents.roll.values import masking


@admin.register(Household)
class HouseholdAdmin(ScopedReadOnlyAdmin):
    list_display = ("code", "building", "entrance", "room", "area", "state")
    list_filter = ("state", "area_source")
    list_select_related = ("building",)
    search_fields = ("^code",)


@admin.register(Person)
class PersonAdmin(ScopedReadOnlyAdmin):
    """Numbers are masked here too; unmasking asks for a purpose on the person's own page."""

    list_display = ("name", "sex", "born", "masked_phone", "masked_id_number", "place")
    list_filter = ("sex",)
    list_select_related = ("place",)
    search_fields = ("^name",)
    fields = (
        "name", "place", "masked_id_number", "masked_phone", "sex", "born", "ethnicity", "marital",
        "employment", "insurance", "entered_at", "erased_at",
    )  # fmt: skip

    @admin.display(description=_("telephone"))
    def masked_phone(self, person: Person) -> str:
        return masking.phone(person)

    @admin.display(description=_("ID number"))
    def masked_id_number(self, person: Person) -> str:
        return masking.id_number(person)


@admin.register(Belonging)
class BelongingAdmin(ScopedReadOnlyAdmin):
    list_display = ("person", "household", "relation", "starts", "ends")
    list_filter = ("relation",)
    list_select_related = ("person", "household__building")
    search_fields = ("^household__code",)


@admin.register(Visit)
class VisitAdmin(ScopedReadOnlyAdmin):
    """Who called where; what was said stays on the household's page."""

    list_display = ("on", "household", "by", "next_on")
    list_select_related = ("household__building", "by")
    fields = ("household", "by", "on", "next_on", "entered_at")
    date_hierarchy = "on"
