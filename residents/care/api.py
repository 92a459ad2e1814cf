"""The API of the care rosters: the same namings, the same use-cases, the same records."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.base import ActionView, ChangeView, CreateView
from orgs.api.fields import DayField, EnumField, KeyField
from orgs.api.filters import EndedFilter, UnitFilter
from orgs.errors import NotAllowed
from orgs.values import phones
from residents.care import entries
from residents.enums import (
    Allowance,
    CareBasis,
    CareEnding,
    CareKind,
    Disability,
    DisabilityGrade,
    Permission,
)
from residents.models import CareEntry, Person
from residents.roll.values import masking


class CareSerializer(serializers.ModelSerializer):
    """A row of a roster, without what it says; names for those who read the roll."""

    name = serializers.SerializerMethodField()
    place = serializers.CharField(source="person.place.code")

    class Meta:
        model = CareEntry
        fields = [
            "id", "kind", "person", "name", "place", "basis", "starts", "next_visit_on", "ends",
            "ending",
        ]  # fmt: skip

    def get_name(self, entry: CareEntry) -> str:
        return masking.name_for(entry.person, self.context["request"].user, entry.person.place)


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
    """What a roster keeps; fields of other rosters are refused. `amount` in 0.01 yuan a month."""

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
    person = KeyField()
    kind = EnumField(CareKind)
    starts = DayField(required=False)


class CareEndBody(serializers.Serializer):
    ending = EnumField(CareEnding)
    ends = DayField(required=False)


class CareFilter(FilterSet):
    unit = UnitFilter(field_name="person__place")
    kind = ChoiceFilter(choices=CareKind.choices)
    ended = EndedFilter()


@extend_schema_view(get=extend_schema(operation_id="care_list"))
class CareListView(CreateView, ListAPIView):
    """The entries that one is named for; POST puts a person of the roll on a roster."""

    # Answers may be remembered for a key: nothing of what the entry says is among them.
    serializer_class = answer_class = CareSerializer
    body_class = CareBody
    permission = Permission.KEEP_CARE
    filterset_class = CareFilter
    queryset = CareEntry.objects.none()

    def get_queryset(self) -> QuerySet[CareEntry]:
        if not self.user.has_perm(Permission.VIEW_CARE):
            raise NotAllowed(_("You are not named for this roster."))
        seen: QuerySet[CareEntry] = CareEntry.objects.visible_to(self.request.user)
        return seen.select_related("person__place")

    def call(self, person: int, **body: Any) -> CareEntry:
        resident = get_object_or_404(Person.objects.visible_to(self.user, one=True), pk=person)
        return entries.enter(person=resident, **body)


@extend_schema_view(get=extend_schema(operation_id="care_read"))
class CareView(ChangeView, RetrieveAPIView):
    """One entry in full, which is recorded; PATCH changes it."""

    model, related = CareEntry, ("person__place",)
    serializer_class = answer_class = CareDetailSerializer
    body_class = CareDetails
    permission = Permission.KEEP_CARE

    def call(self, **body: Any) -> CareEntry:
        return entries.change(entry=self.object, **body)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.represent(self.get_object()))

    def represent(self, result: CareEntry) -> Any:
        entries.look(entry=result, by=self.user, now=timezone.now())
        return super().represent(result)


class CareEndView(ActionView):
    """POST ends an entry."""

    model, related = CareEntry, ("person__place",)
    body_class, answer_class = CareEndBody, CareSerializer
    permission = Permission.KEEP_CARE

    def call(self, **body: Any) -> CareEntry:
        return entries.end(entry=self.object, **body)
