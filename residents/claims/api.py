"""The API of claims of homes."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
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
        found = queries.household_by_code(str(data)[:60], Household.objects.all())
        if found is None:
            raise serializers.ValidationError(_("There is no such home."), code="unknown")
        return found

    def to_representation(self, value: Household) -> str:
        return value.code


class ClaimBody(serializers.Serializer):
    household = HouseholdField()
    relation = serializers.ChoiceField(Relation.choices)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    id_number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    papers = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=Attachment.objects.all()
    )
    agrees = serializers.BooleanField(
        required=False, help_text="Consents to the use of ID number and papers for this claim."
    )


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=decisions.LONGEST_REASON)


class CodeBody(serializers.Serializer):
    code = serializers.CharField(max_length=20, help_text="Of the letter to the door.")


def _visible(request: Request, pk: int) -> Claim:
    found: Claim = find(Claim.objects.visible_to(request.user, one=True), pk=pk)
    return found


@extend_schema_view(get=extend_schema(operation_id="claims_list"))
class ClaimListView(PostView, ListAPIView):
    """One's own claims, and those that one may read; POST claims a home."""

    serializer_class = ClaimSerializer

    def get_queryset(self) -> QuerySet[Claim]:
        found: QuerySet[Claim] = Claim.objects.visible_to(self.request.user)
        state = self.request.query_params.get("state")
        if state in ClaimState.values:
            found = found.filter(state=state)
        return found.select_related("household")

    @extend_schema(request=ClaimBody, responses={201: ClaimSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = ClaimBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        made = claims.claim(
            relation=Relation(given.pop("relation")),
            by=signed_in(request),
            now=timezone.now(),
            **given,
        )
        return Response(ClaimSerializer(made).data, status=201)


class VerifyView(PostView):
    """POST verifies a claim."""

    @extend_schema(request=None, responses=ClaimSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        claim = _visible(request, kwargs["pk"])
        done = claims.verify(claim=claim, by=signed_in(request), now=timezone.now())
        return Response(ClaimSerializer(done).data)


class RefuseView(PostView):
    """POST refuses a claim with a reason."""

    @extend_schema(request=ReasonBody, responses=ClaimSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        claim = _visible(request, kwargs["pk"])
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = claims.refuse(
            claim=claim, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(ClaimSerializer(done).data)


class CodeView(PostView):
    """POST verifies one's own claim by the code of the letter to the door."""

    @extend_schema(request=CodeBody, responses=ClaimSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        claim: Claim = find(Claim.objects.filter(user=signed_in(request)), pk=kwargs["pk"])
        body = CodeBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            done = door_codes.use(
                claim=claim, by=signed_in(request), now=timezone.now(), **body.validated_data
            )
        except Refused as error:
            # Answered, not raised: under an Idempotency-Key the wrong try would be rolled back.
            return problem(error.status, error.message, code=error.code, errors=error.fields)
        return Response(ClaimSerializer(done).data)


class WithdrawView(PostView):
    """POST takes one's own claim back."""

    @extend_schema(request=None, responses=ClaimSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        claim = _visible(request, kwargs["pk"])
        done = claims.withdraw(claim=claim, by=signed_in(request), now=timezone.now())
        return Response(ClaimSerializer(done).data)
