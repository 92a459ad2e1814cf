"""The API of bodies of residents, their terms and members, and of property contracts."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.fields import DayField, UnitField
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code
from residents.enums import BodyKind, ContractKind, Seat
from residents.models import BodyMember, LocalBody, PropertyContract, Term
from residents.organisations import bodies, contracts, panels

UNIT = OpenApiParameter("unit", description="Code of a unit: what lies in it.")


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
    kind = serializers.ChoiceField(BodyKind.choices)


class TermBody(serializers.Serializer):
    starts = DayField()
    ends = DayField()
    elected_on = DayField(required=False)
    registered_on = DayField(required=False)
    registration = serializers.CharField(max_length=60, required=False, allow_blank=True)


class SeatBody(serializers.Serializer):
    """By name; the last four digits of the telephone where several of the roll have it."""

    name = serializers.CharField(max_length=40)
    phone_tail = serializers.RegexField(r"^[0-9]{4}$", required=False, allow_blank=True)
    seat = serializers.ChoiceField(Seat.choices, required=False)
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
    kind = serializers.ChoiceField(ContractKind.choices)
    firm = serializers.CharField(max_length=80, required=False, allow_blank=True)
    credit_code = serializers.RegexField(r"^[0-9A-Za-z]{18}$", required=False, allow_blank=True)
    starts = DayField()
    ends = DayField(required=False, allow_null=True)
    fee = serializers.IntegerField(required=False, allow_null=True)


class EndBody(serializers.Serializer):
    on = DayField()
    reason = serializers.CharField(max_length=bodies.LONGEST_REASON)


def _inside(request: Request, rows: QuerySet, path: str) -> QuerySet:
    """The rows in the unit that the address names."""
    if not (code := request.query_params.get("unit")):
        return rows
    unit = unit_by_code(code)
    if unit is None:
        return rows.none()
    return rows.filter(lies_in(unit, path))


def _body(request: Request, pk: int) -> LocalBody:
    seen = LocalBody.objects.visible_to(request.user, one=True).select_related("unit")
    found: LocalBody = find(seen, pk=pk)
    return found


@extend_schema_view(get=extend_schema(operation_id="bodies_list", parameters=[UNIT]))
class BodyListView(PostView, ListAPIView):
    """The bodies in sight; POST enters one (the one that is there already is answered again)."""

    serializer_class = BodySerializer

    def get_queryset(self) -> QuerySet[LocalBody]:
        seen = LocalBody.objects.visible_to(self.request.user)
        found = _inside(self.request, seen, "unit")
        return panels.with_current(found, timezone.localdate())

    @extend_schema(request=BodyBody, responses={201: BodySerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = BodyBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = bodies.establish(
            unit=body.validated_data["unit"],
            kind=BodyKind(body.validated_data["kind"]),
            by=signed_in(request),
            now=timezone.now(),
        )
        shown = panels.with_current(LocalBody.objects.filter(pk=made.pk), timezone.localdate())
        return Response(BodySerializer(shown[0]).data, status=201)


class TermListView(PostView):
    """POST enters a term of office."""

    @extend_schema(request=TermBody, responses={201: TermSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        target = _body(request, kwargs["pk"])
        body = TermBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = bodies.add_term(
            body=target, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(TermSerializer(made).data, status=201)


class BodyMemberListView(PostView):
    """POST gives somebody a seat in the present term."""

    @extend_schema(request=SeatBody, responses={201: BodyMemberSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        target = _body(request, kwargs["pk"])
        body = SeatBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        seat = Seat(given.pop("seat", Seat.MEMBER))
        made = bodies.seat(
            body=target, seat=seat, by=signed_in(request), now=timezone.now(), **given
        )
        return Response(BodyMemberSerializer(made).data, status=201)


@extend_schema_view(get=extend_schema(operation_id="contracts_list", parameters=[UNIT]))
class ContractListView(PostView, ListAPIView):
    """The property contracts in sight, those that are over too; POST enters one."""

    serializer_class = ContractSerializer

    def get_queryset(self) -> QuerySet[PropertyContract]:
        seen = PropertyContract.objects.visible_to(self.request.user)
        return _inside(self.request, seen, "compound").select_related("compound", "firm")

    @extend_schema(request=ContractBody, responses={201: ContractSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = ContractBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        kind = ContractKind(given.pop("kind"))
        made = contracts.start(kind=kind, by=signed_in(request), now=timezone.now(), **given)
        return Response(ContractSerializer(made).data, status=201)


class ContractEndView(PostView):
    """POST ends a contract before its time."""

    @extend_schema(request=EndBody, responses=ContractSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        seen = PropertyContract.objects.visible_to(request.user, one=True)
        contract = find(seen.select_related("compound", "firm"), pk=kwargs["pk"])
        body = EndBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = contracts.end(
            contract=contract, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(ContractSerializer(done).data)
