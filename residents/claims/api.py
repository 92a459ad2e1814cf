"""The API of claims of homes."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.base import ActionView, CreateView
from orgs.api.fields import EnumField, RowsField
from orgs.api.problems import problem
from orgs.errors import Refused
from orgs.models import Attachment
from residents.claims import claims, door_codes
from residents.enums import ClaimState, Relation
from residents.models import Claim, Household
from residents.privacy import decisions
from residents.roll import queries


class ClaimSerializer(serializers.ModelSerializer):
    """A claim; nothing of who else belongs to the household."""

    household = serializers.CharField(source="household.code")

    class Meta:
        model = Claim
        fields = [
            "id", "household", "name", "relation", "state", "basis", "reason", "made_at",
            "decided_at",
        ]  # fmt: skip


@extend_schema_field(OpenApiTypes.STR)
class HouseholdField(serializers.Field):
    """A household by its present or former code."""

    def to_internal_value(self, data: Any) -> Household:
        household = queries.household_by_code(str(data)[:60], Household.objects.all())
        if household is None:
            raise serializers.ValidationError(_("There is no such home."), code="unknown")
        return household

    def to_representation(self, value: Household) -> str:
        return value.code


class ClaimBody(serializers.Serializer):
    household = HouseholdField()
    relation = EnumField(Relation)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    id_number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    papers = RowsField(Attachment.objects.all(), required=False)
    agrees = serializers.BooleanField(
        required=False, help_text="Consents to the use of ID number and papers for this claim."
    )


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=decisions.LONGEST_REASON)


class CodeBody(serializers.Serializer):
    code = serializers.CharField(max_length=20, help_text="Of the letter to the door.")


class ClaimFilter(FilterSet):
    state = ChoiceFilter(choices=ClaimState.choices)


@extend_schema_view(get=extend_schema(operation_id="claims_list"))
class ClaimListView(CreateView, ListAPIView):
    """One's own claims, and those that one may read; POST claims a home."""

    serializer_class = answer_class = ClaimSerializer
    body_class = ClaimBody
    filterset_class = ClaimFilter
    queryset = Claim.objects.none()

    def get_queryset(self) -> QuerySet[Claim]:
        seen: QuerySet[Claim] = Claim.objects.visible_to(self.request.user)
        return seen.select_related("household")

    def call(self, **body: Any) -> Claim:
        return claims.claim(**body)


class ClaimActionView(ActionView):
    """A POST about one claim in sight."""

    model = Claim
    answer_class = ClaimSerializer


class VerifyBody(serializers.Serializer):
    relation = serializers.ChoiceField(
        choices=Relation.choices, required=False, help_text="The community puts it right."
    )
    changes_owner = serializers.BooleanField(
        required=False, help_text="The flat changed hands: its owners of before end with today."
    )


class VerifyView(ClaimActionView):
    """POST verifies a claim."""

    body_class = VerifyBody

    def call(self, **body: Any) -> Claim:
        return claims.verify(claim=self.object, **body)


class RefuseView(ClaimActionView):
    """POST refuses a claim with a reason."""

    body_class = ReasonBody

    def call(self, **body: Any) -> Claim:
        return claims.refuse(claim=self.object, **body)


class CodeView(ClaimActionView):
    """POST verifies one's own claim by the code of the letter to the door."""

    body_class = CodeBody

    def get_object(self) -> Claim:
        return get_object_or_404(Claim, user=self.user, pk=self.kwargs["pk"])

    def perform(self, request: Request, **kwargs: Any) -> Response:
        try:
            return super().perform(request, **kwargs)
        except Refused as error:
            # Answered, not raised: under an Idempotency-Key the wrong try would be rolled back.
            return problem(error.status, error.message, code=error.code, errors=error.fields)

    def call(self, **body: Any) -> Claim:
        return door_codes.use(claim=self.object, **body)


class WithdrawView(ClaimActionView):
    """POST takes one's own claim back."""

    def call(self, **body: Any) -> Claim:
        return claims.withdraw(claim=self.object, **body)
