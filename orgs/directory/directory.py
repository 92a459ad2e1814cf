"""The directory: what an entry says, what the list is narrowed by, and the Excel list."""

from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import ChoiceFilter

from orgs.api.filters import WordsFilter
from orgs.enums import ServiceKind
from orgs.models import ServicePoint
from orgs.registers.filters import UnitRowFilter
from orgs.registers.roster import unit_roster

COLUMNS = {
    "kind": ("类别", "类型", "服务类别"),
    "name": ("名称", "单位名称", "服务点", "服务点名称", "单位"),
    "phone": ("电话", "联系电话", "便民电话", "服务电话", "电话号码"),
    "address": ("地址", "办公地址", "详细地址"),
    "opening": ("开放时间", "服务时间", "办公时间"),
    "note": ("备注", "说明"),
}
SERVICE_POINTS = unit_roster(
    ServicePoint, key=("kind", "name"), columns=COLUMNS, code="service-points",
    page="orgs:service_points",
    about=_("Whom residents call and where they go: one row for each number or counter."),
    example={"kind": "供水", "name": "示范供水站", "phone": "0713-0000000", "opening": "24小时"},
)  # fmt: skip


class ServicePointFilter(UnitRowFilter):
    q = WordsFilter("name", "phone", "address", "note", "unit__path_name", label=_("Words"))
    kind = ChoiceFilter(label=_("Kind"), choices=ServiceKind.choices, empty_label=_("all"))

    class Meta(UnitRowFilter.Meta):
        model = ServicePoint
