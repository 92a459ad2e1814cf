"""The API of bodies of residents, their terms and members, and of property contracts."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView
from orgs.api.fields import DayField, EnumField, RowSerializer, UnitField
from orgs.api.filters import UnitFilter
from residents.enums import BodyKind, ContractKind, Seat
from residents.models import BodyMember, LocalBody, PropertyContract, Term
from residents.organisations import bodies, contracts, panels


class BodyMemberSerializer(serializers.ModelSerializer):
    """Who has a seat, by name; a member's telephone stands on the roll alone."""

    name = serializers.CharField(source="shown_name")
    on_roll = serializers.SerializerMethodField()

    class Meta:
        model = BodyMember
        fields = ["id", "name", "seat", "on_roll", "starts", "ends"]

    def get_on_roll(self, member: BodyMember) -> bool:
        return member.person_id is not None


class TermSerializer(serializers.ModelSerializer):
    class Meta:
        model = Term
        fields = [
            "id", "number", "starts", "ends", "elected_on", "registered_on", "registration",
            "end_reason",
        ]  # fmt: skip


class CurrentTermSerializer(TermSerializer):
    members = BodyMemberSerializer(source="sitting", many=True)

    class Meta(TermSerializer.Meta):
        fields = [*TermSerializer.Meta.fields, "members"]


class BodySerializer(serializers.ModelSerializer):
    """A body with its present term; null where it has none today."""

    unit = serializers.CharField(source="unit.code")
    path = serializers.CharField(source="unit.path_name")
    term = serializers.SerializerMethodField()

    class Meta:
        model = LocalBody
        fields = ["id", "unit", "path", "kind", "term"]

    @extend_schema_field(CurrentTermSerializer(allow_null=True))
    def get_term(self, body: Any) -> Any:
        return CurrentTermSerializer(body.current[0]).data if body.current else None


class BodyBody(serializers.Serializer):
    unit = UnitField()
    kind = EnumField(BodyKind)


class TermBody(RowSerializer):
    class Meta:
        model = Term
        fields = ["starts", "ends", "elected_on", "registered_on", "registration"]


class SeatBody(serializers.Serializer):
    """By name; the last four digits of the telephone where several of the roll have it."""

    name = serializers.CharField(max_length=40)
    phone_tail = serializers.RegexField(r"^[0-9]{4}$", required=False, allow_blank=True)
    seat = EnumField(Seat, required=False)
    starts = DayField(required=False)


class ContractSerializer(serializers.ModelSerializer):
    """`fee` in 0.01 yuan per m² a month."""

    compound = serializers.CharField(source="compound.code")
    firm = serializers.CharField(source="firm.name", default=None, allow_null=True)

    class Meta:
        model = PropertyContract
        fields = ["id", "compound", "firm", "kind", "starts", "ends", "fee", "end_reason"]


class ContractBody(serializers.Serializer):
    compound = UnitField()
    kind = EnumField(ContractKind)
    firm = serializers.CharField(max_length=80, required=False, allow_blank=True)
    credit_code = serializers.RegexField(r"^[0-9A-Za-z]{18}$", required=False, allow_blank=True)
    starts = DayField()
    ends = DayField(required=False, allow_null=True)
    fee = serializers.IntegerField(required=False, allow_null=True)


class EndBody(serializers.Serializer):
    on = DayField()
    reason = serializers.CharField(max_length=bodies.LONGEST_REASON)


class BodyFilter(FilterSet):
    unit = UnitFilter()


@extend_schema_view(get=extend_schema(operation_id="bodies_list"))
class BodyListView(CreateView, ListAPIView):
    """The bodies in sight; POST enters one (the one that is there already is answered again)."""

    serializer_class = answer_class = BodySerializer
    body_class = BodyBody
    filterset_class = BodyFilter
    queryset = LocalBody.objects.none()

    def get_queryset(self) -> QuerySet[LocalBody]:
        seen = LocalBody.objects.visible_to(self.request.user)
        return panels.with_current(seen, timezone.localdate())

    def call(self, **body: Any) -> LocalBody:
        entered = LocalBody.objects.filter(pk=bodies.establish(**body).pk)
        return panels.with_current(entered, timezone.localdate()).get()


class TermListView(CreateView):
    """POST enters a term of office."""

    model, related = LocalBody, ("unit",)
    body_class, answer_class = TermBody, TermSerializer

    def call(self, **body: Any) -> Term:
        return bodies.add_term(body=self.object, **body)


class BodyMemberListView(CreateView):
    """POST gives somebody a seat in the present term."""

    model, related = LocalBody, ("unit",)
    body_class, answer_class = SeatBody, BodyMemberSerializer

    def call(self, **body: Any) -> BodyMember:
        return bodies.seat(body=self.object, **body)


class ContractFilter(FilterSet):
    unit = UnitFilter(field_name="compound")


@extend_schema_view(get=extend_schema(operation_id="contracts_list"))
class ContractListView(CreateView, ListAPIView):
    """The property contracts in sight, those that are over too; POST enters one."""

    serializer_class = answer_class = ContractSerializer
    body_class = ContractBody
    filterset_class = ContractFilter
    queryset = PropertyContract.objects.none()

    def get_queryset(self) -> QuerySet[PropertyContract]:
        seen: QuerySet[PropertyContract] = PropertyContract.objects.visible_to(self.request.user)
        return seen.select_related("compound", "firm")

    def call(self, **body: Any) -> PropertyContract:
        return contracts.start(**body)


class ContractEndView(ActionView):
    """POST ends a contract before its time."""

    model, related = PropertyContract, ("compound", "firm")
    body_class, answer_class = EndBody, ContractSerializer

    def call(self, **body: Any) -> PropertyContract:
        return contracts.end(contract=self.object, **body)
