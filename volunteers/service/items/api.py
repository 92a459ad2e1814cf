"""The API of the library of items."""

from typing import Any

from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import CreateView
from orgs.api.fields import EnumField
from orgs.api.pagination import KeyPagination
from volunteers.service.enums import ItemClass, ItemUse, MinutesKind, Skill
from volunteers.service.items import items
from volunteers.service.models import ServiceItem


class CodePagination(KeyPagination):
    """By code."""

    ordering = "code"


class ServiceItemSerializer(serializers.ModelSerializer):
    """One item in its version in force."""

    kind = serializers.ChoiceField(source="minutes_kind", choices=MinutesKind.choices)

    class Meta:
        model = ServiceItem
        fields = [
            "code", "name", "text", "use", "minutes", "points", "kind", "version", "is_dangerous",
            "least_age", "skill", "source",
        ]  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        # `class` is no name for an attribute.
        return super().get_fields() | {
            "class": serializers.ChoiceField(source="item_class", choices=ItemClass.choices)
        }


class ServiceItemBody(serializers.Serializer):
    """The next version of an item, or a new one."""

    code = serializers.CharField(max_length=8)
    name = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    use = EnumField(ItemUse, required=False)
    minutes = serializers.IntegerField(min_value=5, max_value=720)
    points = serializers.IntegerField(min_value=0, max_value=1000)
    kind = EnumField(MinutesKind, source="minutes_kind")
    is_dangerous = serializers.BooleanField(required=False)
    least_age = serializers.IntegerField(min_value=0, max_value=100, required=False)
    skill = serializers.ChoiceField(choices=Skill.choices, required=False, allow_blank=True)
    has_ended = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # Names that an attribute of a serializer cannot have.
        return super().get_fields() | {
            "class": EnumField(ItemClass, source="item_class"),
            "source": serializers.CharField(max_length=300),
        }


class ItemFilter(FilterSet):
    kind = ChoiceFilter(field_name="minutes_kind", choices=MinutesKind.choices)
    use = ChoiceFilter(choices=ItemUse.choices)


@extend_schema_view(get=extend_schema(operation_id="service_items_list"))
class ItemListView(CreateView, ListAPIView):
    """The items that are offered, by code; POST puts the next version of one in force."""

    serializer_class = answer_class = ServiceItemSerializer
    body_class = ServiceItemBody
    pagination_class = CodePagination
    filterset_class = ItemFilter
    queryset = ServiceItem.objects.none()

    def get_queryset(self) -> Any:
        return items.in_force()

    def call(self, **body: Any) -> ServiceItem:
        return items.save(**body)
