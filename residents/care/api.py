"""The API of the care ledgers: the same namings, the same use-cases, the same records."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.fields import DayField
from orgs.errors import NotAllowed
from orgs.units.queries import unit_by_code
from orgs.values import phones
from residents.care import entries, queries
from residents.enums import (
    Allowance,
    CareBasis,
    CareEnding,
    CareKind,
    Disability,
    DisabilityGrade,
)
from residents.models import CareEntry, Person
from residents.roll import masking


class CareSerializer(serializers.ModelSerializer):
    """A row of a ledger, without what it says; names for those who read the roll."""

    name = serializers.SerializerMethodField()
    place = serializers.CharField(source="person.place.code")

    class Meta:
        model = CareEntry
        fields = [
            "id", "kind", "person", "name", "place", "basis", "starts", "next_visit_on", "ends",
            "ending",
        ]  # fmt: skip

    def get_name(self, entry: CareEntry) -> str:
        return masking.name_for(entry.person, self.context["user"], entry.person.place)


class CareDetailSerializer(CareSerializer):
    """One entry in full; the guardian's telephone is masked."""

    guardian_phone = serializers.SerializerMethodField()

    class Meta(CareSerializer.Meta):
        fields = [
            *CareSerializer.Meta.fields, "consented_on", "note", "health", "allowance",
            "family_size", "amount", "hardship", "disability", "grade", "subsidised",
            "guardian_name", "guardian_phone", "needs", "measures",
        ]  # fmt: skip

    def get_guardian_phone(self, entry: CareEntry) -> str:
        return phones.mask(entry.guardian_phone)


class CareDetails(serializers.Serializer):
    """What a ledger keeps; fields of other ledgers are refused. `amount` in 0.01 yuan a month."""

    basis = serializers.ChoiceField(CareBasis.choices, required=False)
    consented_on = DayField(required=False, allow_null=True)
    next_visit_on = DayField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=entries.LONGEST_TEXT)
    health = serializers.CharField(
        required=False, allow_blank=True, max_length=entries.LONGEST_TEXT
    )
    allowance = serializers.ChoiceField(Allowance.choices, required=False)
    family_size = serializers.IntegerField(required=False, allow_null=True)
    amount = serializers.IntegerField(required=False, allow_null=True)
    hardship = serializers.CharField(
        required=False, allow_blank=True, max_length=entries.LONGEST_TEXT
    )
    disability = serializers.ChoiceField(Disability.choices, required=False)
    grade = serializers.ChoiceField(DisabilityGrade.choices, required=False)
    subsidised = serializers.BooleanField(required=False, allow_null=True)
    guardian_name = serializers.CharField(
        required=False, allow_blank=True, max_length=entries.LONGEST_NAME
    )
    guardian_phone = serializers.CharField(required=False, allow_blank=True, max_length=30)
    needs = serializers.CharField(required=False, allow_blank=True, max_length=entries.LONGEST_TEXT)
    measures = serializers.CharField(
        required=False, allow_blank=True, max_length=entries.LONGEST_TEXT
    )


class CareBody(CareDetails):
    person = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(CareKind.choices)
    starts = DayField(required=False)


class CareEndBody(serializers.Serializer):
    ending = serializers.ChoiceField(CareEnding.choices)
    ends = DayField(required=False)


def _entry(request: Request, pk: int) -> CareEntry:
    seen = CareEntry.objects.visible_to(request.user).select_related("person__place")
    found: CareEntry = find(seen, pk=pk)
    return found


def _in_full(request: Request, entry: CareEntry) -> Response:
    """An entry in full; that it was looked at is recorded."""
    entries.look(entry=entry, by=signed_in(request), now=timezone.now())
    return Response(CareDetailSerializer(entry, context={"user": request.user}).data)


def _must_read(request: Request) -> None:
    if not request.user.has_perm(entries.VIEW):
        raise NotAllowed(_("You are not named for this ledger."))


@extend_schema_view(
    get=extend_schema(
        operation_id="care_list",
        parameters=[
            OpenApiParameter("unit", description="Code of a unit: the people on its roll."),
            OpenApiParameter("kind", enum=CareKind.values),
            OpenApiParameter("ended", description="1: entries that have ended."),
        ],
    )
)
class CareListView(PostView, ListAPIView):
    """The entries that one is named for; POST puts a person of the roll on a ledger."""

    serializer_class = CareSerializer

    def get_queryset(self) -> QuerySet[CareEntry]:
        _must_read(self.request)
        found: QuerySet[CareEntry] = CareEntry.objects.visible_to(self.request.user)
        asked = self.request.query_params
        if code := asked.get("unit"):
            unit = unit_by_code(code)
            found = queries.entries_in(unit, found) if unit else found.none()
        if kind := asked.get("kind"):
            found = found.filter(kind=kind)
        found = found.filter(ends__isnull=asked.get("ended") != "1")
        return found.select_related("person__place")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user": self.request.user}

    @extend_schema(request=CareBody, responses={201: CareSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        user = signed_in(request)
        if not user.has_perm(entries.KEEP):
            raise NotAllowed(_("You are not named to keep this ledger here."))
        body = CareBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        person = find(Person.objects.visible_to(user, one=True), pk=given.pop("person"))
        kind = CareKind(given.pop("kind"))
        entry = entries.enter(person=person, kind=kind, by=user, now=timezone.now(), **given)
        # Answers may be remembered for a key: nothing of what the entry says is among them.
        return Response(CareSerializer(entry, context={"user": user}).data, status=201)


class CareView(APIView):
    """One entry in full, which is recorded; PATCH changes it."""

    @extend_schema(operation_id="care_read", responses=CareDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _in_full(request, _entry(request, pk))

    @extend_schema(request=CareDetails, responses=CareDetailSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        entry, user = _entry(request, pk), signed_in(request)
        if not user.has_perm(entries.KEEP, entry):
            raise NotAllowed(_("You are not named to keep this ledger here."))
        body = CareDetails(data=request.data)
        body.is_valid(raise_exception=True)
        changed = entries.change(entry=entry, by=user, now=timezone.now(), **body.validated_data)
        return _in_full(request, changed)


class CareEndView(PostView):
    """POST ends an entry."""

    @extend_schema(request=CareEndBody, responses=CareSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        entry, user = _entry(request, kwargs["pk"]), signed_in(request)
        if not user.has_perm(entries.KEEP, entry):
            raise NotAllowed(_("You are not named to keep this ledger here."))
        body = CareEndBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        ending = CareEnding(given.pop("ending"))
        ended = entries.end(entry=entry, ending=ending, by=user, now=timezone.now(), **given)
        return Response(CareSerializer(ended, context={"user": user}).data)
