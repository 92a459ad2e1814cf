"""Members, posts and contacts in the admin: to look at, within one's places; use-cases write them."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership, RoleSetChoice


@admin.register(PartyMembership)
class PartyMembershipAdmin(ScopedReadOnlyAdmin):
    list_display = ("person", "organisation", "member_class", "starts", "ends", "ended_as")
    list_filter = ("member_class", "ended_as")
    list_select_related = ("person", "organisation")
    search_fields = ("^person__name",)


@admin.register(BuildingPost)
class BuildingPostAdmin(ScopedReadOnlyAdmin):
    list_display = ("building", "role", "holder", "starts", "ends")
    list_filter = ("role",)
    list_select_related = ("building", "person", "user", "household")
    search_fields = ("^building__code",)


@admin.register(HouseholdLink)
class HouseholdLinkAdmin(ScopedReadOnlyAdmin):
    list_display = ("household", "person", "starts", "ends")
    list_select_related = ("household__building", "person")
    search_fields = ("^household__code",)


@admin.register(RoleSetChoice)
class RoleSetChoiceAdmin(ScopedReadOnlyAdmin):
    list_display = ("unit", "code", "chosen_by", "chosen_at")
    list_select_related = ("unit", "chosen_by")
