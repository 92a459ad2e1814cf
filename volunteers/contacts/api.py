"""The API of contacts of households."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.pagination import KeyPagination
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code
from residents.models import Household
from volunteers.contacts import contacts
from volunteers.members.api import EndBody
from volunteers.models import HouseholdLink, PartyMembership

AT_ONCE = 50


class HouseholdLinkSerializer(serializers.ModelSerializer):
    """Who is the contact of which household."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    household = serializers.CharField(source="household.code")
    path = serializers.CharField(source="household.__str__")

    class Meta:
        model = HouseholdLink
        fields = ["id", "person", "name", "household", "path", "starts", "ends"]


class HouseholdLinkBody(serializers.Serializer):
    """`member` is the key of a row of the ledger; `households` are codes, all taken or none."""

    member = serializers.IntegerField()
    households = serializers.ListField(
        child=serializers.CharField(max_length=50), allow_empty=False, max_length=AT_ONCE
    )


@extend_schema_view(
    get=extend_schema(
        operation_id="links_list",
        parameters=[
            OpenApiParameter("unit", description="Code of a unit: the households in it."),
        ],
    )
)
class LinkListView(PostView, ListAPIView):
    """The contacts in sight at present; POST assigns one member to households."""

    serializer_class = HouseholdLinkSerializer
    pagination_class = KeyPagination

    def get_queryset(self) -> QuerySet[HouseholdLink]:
        found: QuerySet[HouseholdLink] = HouseholdLink.objects.visible_to(self.request.user)
        found = found.filter(ends=None).select_related("person", "household__building")
        if code := self.request.query_params.get("unit"):
            unit = unit_by_code(code)
            if unit is None:
                return found.none()
            found = found.filter(lies_in(unit, "household__building"))
        return found

    @extend_schema(request=HouseholdLinkBody, responses={201: HouseholdLinkSerializer(many=True)})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = HouseholdLinkBody(data=request.data)
        body.is_valid(raise_exception=True)
        codes = set(body.validated_data["households"])
        seen = Household.objects.visible_to(request.user)
        households = list(seen.filter(code__in=codes).select_related("building"))
        if len(households) != len(codes):
            raise Http404
        member = find(
            PartyMembership.objects.visible_to(request.user, one=True).select_related("person"),
            pk=body.validated_data["member"],
        )
        made = contacts.assign(
            contact=member.person, households=households, by=signed_in(request), now=timezone.now()
        )
        return Response(HouseholdLinkSerializer(made, many=True).data, status=201)


class EndView(PostView):
    """POST ends that somebody is the contact of a household."""

    @extend_schema(request=EndBody, responses=HouseholdLinkSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        link = find(HouseholdLink.objects.visible_to(request.user, one=True), pk=kwargs["pk"])
        body = EndBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = contacts.end(
            link=link, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(HouseholdLinkSerializer(made).data)
