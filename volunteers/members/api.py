"""The API of party members."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import DayField, EnumField
from orgs.api.filters import EndedFilter, UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.models import PartyOrganisation, Unit
from residents.models import Person
from residents.roll.values import masking
from volunteers.enums import MemberClass, Permission
from volunteers.members import members, queries
from volunteers.models import PartyMembership


class PartyMemberSerializer(serializers.ModelSerializer):
    """One row of a roster; the telephone number is masked."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    phone = serializers.SerializerMethodField()
    organisation = serializers.CharField(source="organisation.code")
    organisation_name = serializers.CharField(source="organisation.name")

    class Meta:
        model = PartyMembership
        fields = [
            "id", "person", "name", "phone", "organisation", "organisation_name", "member_class",
            "joined_on", "starts", "ends", "ended_as",
        ]  # fmt: skip

    def get_phone(self, row: PartyMembership) -> str:
        return masking.phone(row.person)


class OrganisationField(serializers.SlugRelatedField):
    """A party organisation named by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=PartyOrganisation.objects.all(), **kwargs)


@extend_schema_field(OpenApiTypes.INT)
class SeenPersonField(serializers.PrimaryKeyRelatedField):
    """A person of the roll in sight of whoever asks."""

    def get_queryset(self) -> QuerySet[Person]:
        people: QuerySet[Person] = Person.objects.visible_to(self.context["request"].user, one=True)
        return people


class PartyMemberBody(serializers.Serializer):
    """`person` by key where the roll is in sight; otherwise `name` with telephone or ID number."""

    organisation = OrganisationField()
    person = SeenPersonField(required=False)
    name = serializers.CharField(max_length=40, required=False)
    number = serializers.CharField(max_length=30, required=False, write_only=True)
    member_class = EnumField(MemberClass)
    joined_on = DayField(required=False, allow_null=True)
    starts = DayField(required=False, allow_null=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "person" not in data and not {"name", "number"} <= data.keys():
            raise serializers.ValidationError({"person": ["required"]}, code="required")
        return data


class MemberClassBody(serializers.Serializer):
    member_class = EnumField(MemberClass)
    on = DayField(required=False, allow_null=True)


class MemberTransferBody(serializers.Serializer):
    organisation = OrganisationField()
    on = DayField(required=False, allow_null=True)


class EndBody(serializers.Serializer):
    on = DayField(required=False, allow_null=True)


class MemberFilter(FilterSet):
    unit = UnitFilter(method="of_unit", label="Code of a unit: the members of its organisations.")
    member_class = ChoiceFilter(choices=MemberClass.choices)
    ended = EndedFilter()

    @extend_schema_field(OpenApiTypes.STR)
    def of_unit(
        self, rows: QuerySet[PartyMembership], name: str, unit: Unit
    ) -> QuerySet[PartyMembership]:
        return queries.members_of(unit, rows)


@extend_schema_view(get=extend_schema(operation_id="party_members_list"))
class MemberListView(CreateView, VisibleListView):
    """The members in sight, newest row first; POST enters one."""

    serializer_class = answer_class = PartyMemberSerializer
    body_class = PartyMemberBody
    permission = Permission.KEEP_MEMBERS
    pagination_class = KeyPagination
    filterset_class = MemberFilter
    queryset = PartyMembership.objects.select_related("person", "organisation")

    def call(
        self, *, organisation: PartyOrganisation, person: Person | None = None, name: str = "",
        number: str = "", **body: Any,
    ) -> PartyMembership:  # fmt: skip
        members.must_keep(self.user, organisation)
        person = person or queries.required_person(organisation, name, number)
        return members.register(person=person, organisation=organisation, **body)


class MemberActionView(ActionView):
    """A POST about a row in sight."""

    model, related = PartyMembership, ("person", "organisation")
    answer_class = PartyMemberSerializer


class ChangeClassView(MemberActionView):
    """POST moves a member to another class; the old row stays as history."""

    body_class = MemberClassBody

    def call(self, **body: Any) -> PartyMembership:
        return members.change_class(membership=self.object, **body)


class TransferView(MemberActionView):
    """POST moves a member to another organisation's roster."""

    body_class = MemberTransferBody

    def call(self, **body: Any) -> PartyMembership:
        return members.transfer(membership=self.object, **body)


class EndView(MemberActionView):
    """POST takes a member off the roster."""

    body_class = EndBody

    def call(self, **body: Any) -> PartyMembership:
        return members.end(membership=self.object, **body)
