"""The API of households and who belongs to them."""

from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
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
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView
from orgs.api.fields import DayField, UnitField
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from orgs.units.queries import unit_by_code
from residents.enums import AreaSource, HouseholdState, Relation
from residents.models import Belonging, Household, Person
from residents.roll import households, masking, people, queries


class HouseholdPagination(KeyPagination):
    """By code: neighbours stand together."""

    ordering = "code"


class MemberSerializer(serializers.ModelSerializer):
    """Who belongs to a household: numbers are masked, names too for those who do not keep the roll."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()

    class Meta:
        model = Belonging
        fields = ["id", "person", "name", "relation", "share", "phone", "id_number", "starts"]

    def get_name(self, belonging: Belonging) -> str:
        household = self.context["household"]
        return masking.name_for(belonging.person, self.context["user"], household.building)

    def get_phone(self, belonging: Belonging) -> str:
        return masking.phone(belonging.person)

    def get_id_number(self, belonging: Belonging) -> str:
        return masking.id_number(belonging.person)


class HouseholdSerializer(serializers.ModelSerializer):
    """One row; `area` in 0.01 m²."""

    building = serializers.CharField(source="building.code")
    path = serializers.CharField(source="building.path_name")

    class Meta:
        model = Household
        fields = [
            "code", "building", "path", "entrance", "floor", "room", "area", "area_source", "state",
        ]  # fmt: skip


class HouseholdDetailSerializer(HouseholdSerializer):
    people = serializers.SerializerMethodField()

    class Meta(HouseholdSerializer.Meta):
        fields = [*HouseholdSerializer.Meta.fields, "people"]

    @extend_schema_field(MemberSerializer(many=True))
    def get_people(self, household: Household) -> Any:
        return MemberSerializer(
            household.belongings.filter(ends=None).select_related("person").order_by("pk"),
            many=True,
            context={**self.context, "household": household},
        ).data


class HouseholdBody(serializers.Serializer):
    building = UnitField()
    entrance = serializers.CharField(max_length=20, required=False, allow_blank=True)
    room = serializers.CharField(max_length=20)
    floor = serializers.IntegerField(required=False, min_value=-9, max_value=200)
    area = serializers.IntegerField(required=False, allow_null=True)
    area_source = serializers.ChoiceField(AreaSource.choices, required=False)
    state = serializers.ChoiceField(HouseholdState.choices, required=False)


class HouseholdChange(serializers.Serializer):
    floor = serializers.IntegerField(required=False, allow_null=True, min_value=-9, max_value=200)
    area = serializers.IntegerField(required=False, allow_null=True)
    area_source = serializers.ChoiceField(AreaSource.choices, required=False)
    state = serializers.ChoiceField(HouseholdState.choices, required=False)


@extend_schema_field(OpenApiTypes.STR)
class ShareField(serializers.Field):
    """A share of ownership as a fraction: 1/2, 50%, 0.5."""

    def to_representation(self, value: Fraction) -> str:
        return str(value)

    def to_internal_value(self, data: Any) -> Fraction | None:
        try:
            return people.share_of(str(data)[:20])
        except Refused as error:
            raise serializers.ValidationError(error.message)


class PersonBody(serializers.Serializer):
    name = serializers.CharField(max_length=people.LONGEST_NAME)
    relation = serializers.ChoiceField(Relation.choices)
    share = ShareField(required=False)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    id_number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    born = DayField(required=False, help_text="Follows from the ID number if given.")
    guardian = serializers.PrimaryKeyRelatedField(
        required=False,
        queryset=Person.objects.all(),
        help_text="A grown-up of the roll; needed for children under 14.",
    )

    def validate_guardian(self, person: Person) -> Person:
        if not Person.objects.sees(self.context["user"], person):
            raise serializers.ValidationError(_("There is no such person."), code="does_not_exist")
        return person


def _answer(household: Household, request: Request, status: int = 200) -> Response:
    return Response(
        HouseholdDetailSerializer(household, context={"user": request.user}).data, status=status
    )


def _found(request: Request, code: str) -> Household:
    household = queries.household_by_code(
        code, Household.objects.visible_to(request.user, one=True)
    )
    if household is None:
        raise Http404
    return household


@extend_schema_view(
    get=extend_schema(
        operation_id="households_list",
        parameters=[
            OpenApiParameter("unit", description="Code of a unit: the households in it."),
            OpenApiParameter("state", enum=HouseholdState.values),
        ],
    )
)
class HouseholdListView(PostView, ListAPIView):
    """The households in sight, by code; POST adds one."""

    serializer_class = HouseholdSerializer
    pagination_class = HouseholdPagination

    def get_queryset(self) -> QuerySet[Household]:
        found: QuerySet[Household] = Household.objects.visible_to(self.request.user)
        found = found.select_related("building")
        asked = self.request.query_params
        if code := asked.get("unit"):
            unit = unit_by_code(code)
            found = queries.households_of(unit, found) if unit else found.none()
        if state := asked.get("state"):
            found = found.filter(state=state)
        return found

    @extend_schema(request=HouseholdBody, responses={201: HouseholdDetailSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = HouseholdBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = households.add(by=signed_in(request), now=timezone.now(), **body.validated_data)
        return _answer(made, request, 201)


class HouseholdView(APIView):
    """One household with who belongs to it; PATCH changes floor, area or state."""

    @extend_schema(operation_id="households_read", responses=HouseholdDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        return _answer(_found(request, code), request)

    @extend_schema(request=HouseholdChange, responses=HouseholdDetailSerializer)
    def patch(self, request: Request, code: str) -> Response:
        household = _found(request, code)
        body = HouseholdChange(data=request.data)
        body.is_valid(raise_exception=True)
        changed = households.change(
            household=household, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return _answer(changed, request)


class HouseholdPeopleView(PostView):
    """POST enters who belongs to a household."""

    @extend_schema(request=PersonBody, responses={201: MemberSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        household = _found(request, kwargs["code"])
        body = PersonBody(data=request.data, context={"user": request.user})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        relation, share = Relation(given.pop("relation")), given.pop("share", None)
        belonging = people.move_in(
            household=household,
            details=people.checked(**given),
            relation=relation,
            share=share,
            by=signed_in(request),
            now=timezone.now(),
        )
        context = {"user": request.user, "household": household}
        return Response(MemberSerializer(belonging, context=context).data, status=201)
