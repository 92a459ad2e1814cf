"""What jobs counted, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from governance.dashboards.models import Board, BoardDay, DutyMonth, HotSpot, Reckoning
from orgs.admin.base import ReadOnlyAdmin, ScopedReadOnlyAdmin

OF_BOARD = ("board__unit", "board__district", "board__department")


@admin.register(Board)
class BoardAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "kind", "open", "late", "soon", "urgent")
    list_filter = ("kind",)
    list_select_related = ("unit", "district", "department")
    search_fields = ("=unit__code", "=district__code", "=department__code")
    search_help_text = _("The whole code of a unit")


class OfBoardAdmin(ScopedReadOnlyAdmin):
    search_fields = ("=board__unit__code",)
    search_help_text = _("The whole code of a unit")


@admin.register(BoardDay)
class BoardDayAdmin(OfBoardAdmin):
    list_display = ("day", "board", "category", "street", "reported", "due", "rated")
    list_select_related = (*OF_BOARD, "category", "street")
    date_hierarchy = "day"


@admin.register(HotSpot)
class HotSpotAdmin(OfBoardAdmin):
    list_display = ("unit", "board", "reported", "since", "until")
    list_select_related = (*OF_BOARD, "unit")


@admin.register(DutyMonth)
class DutyMonthAdmin(OfBoardAdmin):
    list_display = ("month", "board", "members", "met")
    list_select_related = OF_BOARD
    date_hierarchy = "month"


@admin.register(Reckoning)
class ReckoningAdmin(ReadOnlyAdmin):
    list_display = ("part", "as_of")
