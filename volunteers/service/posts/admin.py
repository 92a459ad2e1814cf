"""Posts and who claims them in the admin."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.items.admin import RuleAdmin
from volunteers.service.models import (
    PostClaim,
    PostRating,
    PostRule,
    ServicePost,
)


@admin.register(ServicePost)
class ServicePostAdmin(ScopedReadOnlyAdmin):
    list_display = ("title", "unit", "branch", "number", "starts", "ends", "closed_at")
    list_filter = ("kind",)
    list_select_related = ("unit", "branch")
    search_fields = ("title",)


@admin.register(PostClaim)
class PostClaimAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "post", "state", "seat", "starts", "ends")
    list_filter = ("state",)
    list_select_related = ("participant", "post")


@admin.register(PostRating)
class PostRatingAdmin(ScopedReadOnlyAdmin):
    list_display = ("claim", "year", "grade", "at")
    list_filter = ("year", "grade")
    list_select_related = ("claim__participant", "claim__post")


@admin.register(PostRule)
class PostRuleAdmin(RuleAdmin):
    list_display = ("version", "at_once", "source")
