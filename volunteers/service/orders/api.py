"""The API of service orders."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.workflow.api import WorkflowActionView
from volunteers.service.enums import Level, OrderState
from volunteers.service.models import ServiceOrder
from volunteers.service.orders import contacts, orders, queries
from volunteers.service.orders.bodies import PurposeBody, ServiceOrderBody
from volunteers.service.orders.specification import SPECIFICATIONS
from volunteers.service.orders.workflow import WORKFLOW


class ServiceOrderSerializer(serializers.ModelSerializer):
    """One order in a list; `text` is empty for who only could take it, `person` is the taker's key."""

    status = serializers.ChoiceField(source="state", choices=OrderState.choices)
    unit = serializers.CharField(source="unit.code")
    item = serializers.CharField(source="item.code")
    item_version = serializers.IntegerField(source="item.version")
    text = serializers.SerializerMethodField()
    taker = serializers.IntegerField(source="taker_id", allow_null=True)

    class Meta:
        model = ServiceOrder
        fields = [
            "id", "status", "unit", "item", "item_version", "text", "wished_at", "level",
            "ordered_at", "bound_until", "due_at", "taker", "taken_at", "resolved_at", "minutes",
            "stars", "closed_at", "reason",
        ]  # fmt: skip

    def get_text(self, row: ServiceOrder) -> str:
        user = self.context["request"].user
        return row.text if queries.sight(row, user).sees_words else ""


class OneServiceOrderSerializer(ServiceOrderSerializer):
    """One order with what may be done with it now."""

    available_actions = serializers.SerializerMethodField()

    class Meta(ServiceOrderSerializer.Meta):
        fields = [*ServiceOrderSerializer.Meta.fields, "available_actions"]

    def get_available_actions(self, row: ServiceOrder) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class OrderFilter(FilterSet):
    unit = UnitFilter(field_name="unit")
    status = ChoiceFilter(field_name="state", choices=OrderState.choices)
    level = ChoiceFilter(choices=Level.choices)


@extend_schema_view(get=extend_schema(operation_id="service_orders_list"))
class OrderListView(CreateView, VisibleListView):
    """The orders in sight, newest first; POST orders an item of the library."""

    serializer_class = ServiceOrderSerializer
    answer_class = OneServiceOrderSerializer
    body_class = ServiceOrderBody
    pagination_class = KeyPagination
    filterset_class = OrderFilter
    queryset = ServiceOrder.objects.all()

    def get_queryset(self) -> QuerySet[ServiceOrder]:
        return queries.whole(super().get_queryset())

    def call(self, **body: Any) -> ServiceOrder:
        return orders.order(**body)


@extend_schema_view(get=extend_schema(operation_id="service_orders_retrieve"))
class OrderView(RetrieveAPIView):
    """One order in sight."""

    serializer_class = OneServiceOrderSerializer
    queryset = ServiceOrder.objects.all()

    def get_queryset(self) -> QuerySet[ServiceOrder]:
        return queries.whole(ServiceOrder.objects.visible_to(self.request.user, one=True))


class OrderActionView(WorkflowActionView):
    """Takes one action with an order."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = OneServiceOrderSerializer

    def find_row(self) -> ServiceOrder:
        seen = ServiceOrder.objects.visible_to(self.user, one=True)
        row: ServiceOrder | None = queries.whole(seen).filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row


class ContactSerializer(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()


@extend_schema_view(post=extend_schema(operation_id="service_orders_reveal_contact"))
class RevealView(ActionView):
    """POST shows whom to call, for a purpose that is kept."""

    model, related = ServiceOrder, ("unit", "taker", "person", "ordered_by")
    body_class, answer_class = PurposeBody, ContactSerializer
    is_remembered = False

    def call(self, **body: Any) -> contacts.Contact:
        return contacts.reveal(row=self.object, **body)
