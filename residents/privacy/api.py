"""The API of personal data: consents, the copy of one's own data, requests and their answers."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.fields import DayField
from residents.enums import ConsentPurpose, DataRequestKind, Marital, Sex
from residents.models import DataRequest
from residents.privacy import consents, data_requests, decisions, own_data
from residents.roll import guardians


class Spoken(serializers.Serializer):
    """What somebody says for themselves, or for a child whose guardian they are."""

    ward = serializers.IntegerField(required=False, allow_null=True, help_text="Number of a child.")


def _given(body: Spoken, request: Request) -> dict[str, Any]:
    """What a body holds, with the child in the place of its number."""
    body.is_valid(raise_exception=True)
    given = dict(body.validated_data)
    if (key := given.get("ward")) is not None:
        mine = guardians.wards_of(signed_in(request), timezone.localdate())
        given["ward"] = find(mine, pk=key)
    return given


# --- Consents ------------------------------------------------------------------------------------


class ConsentBody(Spoken):
    purpose = serializers.ChoiceField(ConsentPurpose.choices)
    given = serializers.BooleanField()


class ConsentRow(serializers.Serializer):
    purpose = serializers.ChoiceField(ConsentPurpose.choices)
    given = serializers.BooleanField(help_text="Whether the consent stands today.")


class ConsentView(PostView):
    """One's own consents to the newest privacy notice; POST gives or withdraws one."""

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
            {"purpose": purpose, "given": stands}
            for purpose, stands in consents.standing(signed_in(request)).items()
        ]
        return Response({"notice": notice.version if notice else None, "results": rows})

    @extend_schema(request=ConsentBody, responses=ConsentRow)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        given = _given(ConsentBody(data=request.data), request)
        purpose = ConsentPurpose(given.pop("purpose"))
        row = consents.consent(purpose=purpose, by=signed_in(request), now=timezone.now(), **given)
        return Response({"purpose": row.purpose, "given": row.given})


class OwnDataView(APIView):
    """POST answers a copy of all that the portal holds about oneself, or about one's child."""

    @extend_schema(operation_id="my_data", request=Spoken, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        ward = _given(Spoken(data=request.data), request).get("ward")
        by, now = signed_in(request), timezone.now()
        if ward:
            return Response(own_data.copy_of_ward(ward=ward, by=by, now=now))
        return Response(own_data.copy(by=by, now=now))


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
    kind = serializers.ChoiceField(DataRequestKind.choices)
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    corrections = CorrectionsBody(required=False)
    agrees = serializers.BooleanField(
        required=False, help_text="Consents to the use of sensitive data among the corrections."
    )


class AnswerBody(serializers.Serializer):
    granted = serializers.BooleanField()
    reason = serializers.CharField(max_length=decisions.LONGEST_REASON)


@extend_schema_view(get=extend_schema(operation_id="data_requests_list"))
class DataRequestListView(PostView, ListAPIView):
    """One's own requests; POST asks for a copy, a correction or deletion."""

    serializer_class = DataRequestSerializer

    def get_queryset(self) -> QuerySet[DataRequest]:
        found: QuerySet[DataRequest] = signed_in(self.request).data_requests.order_by("-pk")
        return found

    @extend_schema(request=DataRequestBody, responses={201: DataRequestSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        given = _given(DataRequestBody(data=request.data), request)
        kind = DataRequestKind(given.pop("kind"))
        made = data_requests.ask(kind=kind, by=signed_in(request), now=timezone.now(), **given)
        return Response(DataRequestSerializer(made).data, status=201)


@extend_schema_view(get=extend_schema(operation_id="data_requests_open"))
class OpenRequestListView(ListAPIView):
    """The open requests that one answers for one's community."""

    serializer_class = DataRequestSerializer

    def get_queryset(self) -> QuerySet[DataRequest]:
        return data_requests.open_for(signed_in(self.request))


class AnswerView(PostView):
    """POST answers a request; what is granted is carried out."""

    @extend_schema(request=AnswerBody, responses=DataRequestSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = AnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        found = find(DataRequest.objects.all(), pk=kwargs["pk"])
        if not data_requests.may_decide(signed_in(request), found):
            raise NotFound(_("There is no such request."))
        done = data_requests.decide(
            request=found, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(DataRequestSerializer(done).data)
