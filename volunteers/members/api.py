"""The API of party members."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.fields import DayField
from orgs.api.pagination import KeyPagination
from orgs.models import PartyOrganisation
from orgs.units.queries import unit_by_code
from residents.models import Person
from residents.roll import masking
from volunteers.enums import MemberClass
from volunteers.members import members, queries
from volunteers.models import PartyMembership


class PartyMemberSerializer(serializers.ModelSerializer):
    """One row of a ledger; the telephone number is masked."""

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
        found: QuerySet[Person] = Person.objects.visible_to(self.context["user"], one=True)
        return found


class PartyMemberBody(serializers.Serializer):
    """`person` by key where the roll is in sight; otherwise `name` with telephone or ID number."""

    organisation = OrganisationField()
    person = SeenPersonField(required=False)
    name = serializers.CharField(max_length=40, required=False)
    number = serializers.CharField(max_length=30, required=False, write_only=True)
    member_class = serializers.ChoiceField(MemberClass.choices)
    joined_on = DayField(required=False, allow_null=True)
    starts = DayField(required=False, allow_null=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "person" not in data and not {"name", "number"} <= data.keys():
            raise serializers.ValidationError({"person": ["required"]}, code="required")
        return data


class MemberClassBody(serializers.Serializer):
    member_class = serializers.ChoiceField(MemberClass.choices)
    on = DayField(required=False, allow_null=True)


class MemberTransferBody(serializers.Serializer):
    organisation = OrganisationField()
    on = DayField(required=False, allow_null=True)


class EndBody(serializers.Serializer):
    on = DayField(required=False, allow_null=True)


def _rows(request: Request) -> QuerySet[PartyMembership]:
    found: QuerySet[PartyMembership] = PartyMembership.objects.visible_to(request.user)
    return found.select_related("person", "organisation")


@extend_schema_view(
    get=extend_schema(
        operation_id="party_members_list",
        parameters=[
            OpenApiParameter("unit", description="Code of a unit: the members of its organisations."),
            OpenApiParameter("member_class", enum=MemberClass.values),
            OpenApiParameter("ended", bool, description="With rows that have ended: the history."),
        ],
    )
)  # fmt: skip
class MemberListView(PostView, ListAPIView):
    """The members in sight, newest row first; POST enters one."""

    serializer_class = PartyMemberSerializer
    pagination_class = KeyPagination

    def get_queryset(self) -> QuerySet[PartyMembership]:
        found, asked = _rows(self.request), self.request.query_params
        if code := asked.get("unit"):
            unit = unit_by_code(code)
            found = queries.members_of(unit, found) if unit else found.none()
        if member_class := asked.get("member_class"):
            found = found.filter(member_class=member_class)
        return found if asked.get("ended") in ("1", "true") else found.filter(ends=None)

    @extend_schema(request=PartyMemberBody, responses={201: PartyMemberSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        if not request.user.has_perm("volunteers.keep_members"):
            raise PermissionDenied
        body = PartyMemberBody(data=request.data, context={"user": request.user})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        members.must_keep(signed_in(request), given["organisation"])
        name, number = given.pop("name", ""), given.pop("number", "")
        person = given.pop("person", None) or queries.required_person(
            given["organisation"], name, number
        )
        given["member_class"] = MemberClass(given["member_class"])
        made = members.register(person=person, by=signed_in(request), now=timezone.now(), **given)
        return Response(PartyMemberSerializer(made).data, status=201)


class _StepView(PostView):
    """One step of a row in sight."""

    body: type[serializers.Serializer]

    def perform(self, request: Request, **kwargs: Any) -> Response:
        row = find(PartyMembership.objects.visible_to(request.user, one=True), pk=kwargs["pk"])
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        made = self.step(row, by=signed_in(request), now=timezone.now(), **body.validated_data)
        return Response(PartyMemberSerializer(made).data)

    def step(self, row: PartyMembership, **given: Any) -> PartyMembership:
        raise NotImplementedError


class ChangeClassView(_StepView):
    """POST moves a member to another class; the old row stays as history."""

    body = MemberClassBody

    @extend_schema(request=MemberClassBody, responses=PartyMemberSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def step(self, row: PartyMembership, **given: Any) -> PartyMembership:
        given["member_class"] = MemberClass(given["member_class"])
        return members.change_class(membership=row, **given)


class TransferView(_StepView):
    """POST moves a member to another organisation's ledger."""

    body = MemberTransferBody

    @extend_schema(request=MemberTransferBody, responses=PartyMemberSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def step(self, row: PartyMembership, **given: Any) -> PartyMembership:
        return members.transfer(membership=row, **given)


class EndView(_StepView):
    """POST takes a member off the ledger."""

    body = EndBody

    @extend_schema(request=EndBody, responses=PartyMemberSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def step(self, row: PartyMembership, **given: Any) -> PartyMembership:
        return members.end(membership=row, **given)
