"""The API of households and who belongs to them."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from orgs.api.base import ChangeView, CreateView, VisibleListView
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from residents.enums import AreaSource, HouseholdState, Relation
from residents.models import Belonging, Household, Person
from residents.roll import households, people, queries
from residents.roll.values import masking


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
        return masking.name_for(belonging.person, self.context["request"].user, household.building)

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


class HouseholdChange(serializers.Serializer):
    floor = serializers.IntegerField(required=False, allow_null=True, min_value=-9, max_value=200)
    area = serializers.IntegerField(required=False, allow_null=True)
    area_source = serializers.ChoiceField(AreaSource.choices, required=False)
    state = EnumField(HouseholdState, required=False)


class HouseholdBody(HouseholdChange):
    building = UnitField()
    entrance = serializers.CharField(max_length=20, required=False, allow_blank=True)
    room = serializers.CharField(max_length=20)


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
    relation = EnumField(Relation)
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
        if not Person.objects.sees(self.context["request"].user, person):
            raise serializers.ValidationError(_("There is no such person."), code="does_not_exist")
        return person


class HouseholdFilter(FilterSet):
    unit = UnitFilter(field_name="building")
    state = ChoiceFilter(choices=HouseholdState.choices)


@extend_schema_view(get=extend_schema(operation_id="households_list"))
class HouseholdListView(CreateView, VisibleListView):
    """The households in sight, by code; POST adds one."""

    serializer_class = HouseholdSerializer
    body_class, answer_class = HouseholdBody, HouseholdDetailSerializer
    pagination_class = HouseholdPagination
    filterset_class = HouseholdFilter
    queryset = Household.objects.select_related("building")

    def call(self, **body: Any) -> Household:
        return households.add(**body)


@extend_schema_view(get=extend_schema(operation_id="households_read"))
class HouseholdView(ChangeView, RetrieveAPIView):
    """One household with who belongs to it; PATCH changes floor, area or state."""

    serializer_class = answer_class = HouseholdDetailSerializer
    body_class = HouseholdChange

    def get_object(self) -> Household:
        return queries.household_for(self.user, self.kwargs["code"])

    def call(self, **body: Any) -> Household:
        return households.change(household=self.object, **body)


class HouseholdPeopleView(CreateView):
    """POST enters who belongs to a household."""

    body_class, answer_class = PersonBody, MemberSerializer

    def get_object(self) -> Household:
        return queries.household_for(self.user, self.kwargs["code"])

    def call(self, **body: Any) -> Belonging:
        return people.move_in(household=self.object, **people.with_details(body))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "household": self.object}
