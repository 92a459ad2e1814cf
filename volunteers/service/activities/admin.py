"""Activities and sign-ups in the admin."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.models import (
    Activity,
    SignUp,
)


@admin.register(Activity)
class ActivityAdmin(ScopedReadOnlyAdmin):
    list_display = ("title", "unit", "starts_at", "ends_at", "places", "state")
    list_filter = ("state", "kind")
    list_select_related = ("unit",)
    search_fields = ("title",)


@admin.register(SignUp)
class SignUpAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "activity", "state", "seat", "at")
    list_filter = ("state",)
    list_select_related = ("participant", "activity")
