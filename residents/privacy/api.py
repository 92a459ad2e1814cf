"""The API of personal data: consents, the copy of one's own data, requests and their answers."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, UseCaseView
from orgs.api.fields import DayField, EnumField, KeyField
from residents.enums import ConsentPurpose, DataRequestKind, Marital, Sex
from residents.models import Consent, DataRequest, Person
from residents.privacy import consents, data_requests, decisions, own_data
from residents.roll import guardians


class WardField(serializers.IntegerField):
    """A child whose guardian asks, by the number of the roll."""

    def to_internal_value(self, data: Any) -> Person:  # type: ignore[override]  # not the number
        wards = guardians.wards_of(self.context["request"].user, timezone.localdate())
        return get_object_or_404(wards, pk=KeyField().run_validation(data))


class Spoken(serializers.Serializer):
    """What somebody says for themselves, or for a child whose guardian they are."""

    ward = WardField(required=False, allow_null=True, help_text="Number of a child.")


# --- Consents ------------------------------------------------------------------------------------


class ConsentBody(Spoken):
    purpose = EnumField(ConsentPurpose)
    given = serializers.BooleanField()


class ConsentRow(serializers.Serializer):
    purpose = serializers.ChoiceField(ConsentPurpose.choices)
    given = serializers.BooleanField(help_text="Whether the consent stands today.")


class ConsentView(ActionView):
    """One's own consents to the newest privacy notice; POST gives or withdraws one."""

    body_class, answer_class = ConsentBody, ConsentRow

    @extend_schema(
        operation_id="consents_list",
        responses=inline_serializer(
            "Consents",
            {
                "notice": serializers.IntegerField(allow_null=True, help_text="Its version."),
                "results": ConsentRow(many=True),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        notice = consents.current_notice()
        rows = [
            {"purpose": purpose, "given": given}
            for purpose, given in consents.in_force(signed_in(request)).items()
        ]
        return Response({"notice": notice.version if notice else None, "results": rows})

    def call(self, **body: Any) -> Consent:
        return consents.consent(**body)


@extend_schema_view(post=extend_schema(operation_id="my_data", responses=OpenApiTypes.OBJECT))
class OwnDataView(UseCaseView):
    """POST answers a copy of all that the portal holds about oneself, or about one's child."""

    body_class = Spoken

    def post(self, request: Request) -> Response:
        return self.act()

    def call(self, ward: Person | None = None, **who: Any) -> dict[str, Any]:
        return own_data.copy_of_ward(ward=ward, **who) if ward else own_data.copy(**who)

    def represent(self, result: dict[str, Any]) -> dict[str, Any]:
        return result


# --- Requests ------------------------------------------------------------------------------------


class DataRequestSerializer(serializers.ModelSerializer):
    """A request as its author and the community follow it; what shall be corrected stays unsaid."""

    class Meta:
        model = DataRequest
        fields = [
            "id", "kind", "text", "state", "asked_at", "due_at", "reason", "decided_at", "done",
        ]  # fmt: skip


class CorrectionsBody(serializers.Serializer):
    """What is right, for each field that is not."""

    name = serializers.CharField(required=False)
    phone = serializers.CharField(max_length=30, required=False)
    born = DayField(required=False)
    sex = serializers.ChoiceField(Sex.choices, required=False)
    id_number = serializers.CharField(max_length=30, required=False)
    registered_at = serializers.CharField(max_length=200, required=False)
    ethnicity = serializers.CharField(max_length=20, required=False)
    marital = serializers.ChoiceField(Marital.choices, required=False)
    employment = serializers.CharField(max_length=40, required=False)
    insurance = serializers.CharField(max_length=40, required=False)


class DataRequestBody(Spoken):
    kind = EnumField(DataRequestKind)
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    corrections = CorrectionsBody(required=False)
    agrees = serializers.BooleanField(
        required=False, help_text="Consents to the use of sensitive data among the corrections."
    )
    sure = serializers.BooleanField(
        default=False,
        help_text="Needed for deletion: whoever asks was told what it brings, and wants it.",
    )


class AnswerBody(serializers.Serializer):
    granted = serializers.BooleanField()
    reason = serializers.CharField(max_length=decisions.LONGEST_REASON)


@extend_schema_view(get=extend_schema(operation_id="data_requests_list"))
class DataRequestListView(CreateView, ListAPIView):
    """One's own requests; POST asks for a copy, a correction or deletion."""

    serializer_class = answer_class = DataRequestSerializer
    body_class = DataRequestBody
    queryset = DataRequest.objects.none()

    def get_queryset(self) -> QuerySet[DataRequest]:
        requests: QuerySet[DataRequest] = (
            signed_in(self.request).data_requests.filter(person=None).order_by("-pk")
        )
        return requests

    def call(self, **body: Any) -> DataRequest:
        return data_requests.ask(**body)


@extend_schema_view(get=extend_schema(operation_id="data_requests_open"))
class OpenRequestListView(ListAPIView):
    """The open requests that one answers for one's community."""

    serializer_class = DataRequestSerializer

    def get_queryset(self) -> QuerySet[DataRequest]:
        return data_requests.open_for(signed_in(self.request))


class AnswerView(ActionView):
    """POST answers a request; what is granted is carried out."""

    body_class, answer_class = AnswerBody, DataRequestSerializer

    def get_object(self) -> DataRequest:
        asked = get_object_or_404(DataRequest, pk=self.kwargs["pk"])
        if not data_requests.may_decide(self.user, asked):
            raise Http404
        return asked

    def call(self, **body: Any) -> DataRequest:
        return data_requests.decide(request=self.object, **body)
