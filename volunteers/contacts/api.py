"""The API of contacts of households."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView
from orgs.api.fields import KeyField
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
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
    """`member` is the key of a row of the roster; `households` are codes, all taken or none."""

    member = KeyField()
    households = serializers.ListField(
        child=serializers.CharField(max_length=50), allow_empty=False, max_length=AT_ONCE
    )


class LinkFilter(FilterSet):
    unit = UnitFilter(field_name="household__building")


@extend_schema_view(
    get=extend_schema(operation_id="links_list"),
    post=extend_schema(responses={201: HouseholdLinkSerializer(many=True)}),
)
class LinkListView(CreateView, ListAPIView):
    """The contacts in sight at present; POST assigns one member to households."""

    serializer_class = HouseholdLinkSerializer
    body_class = HouseholdLinkBody
    pagination_class = KeyPagination
    filterset_class = LinkFilter
    queryset = HouseholdLink.objects.none()

    def get_queryset(self) -> QuerySet[HouseholdLink]:
        seen: QuerySet[HouseholdLink] = HouseholdLink.objects.visible_to(self.request.user)
        return seen.filter(ends=None).select_related("person", "household__building")

    def call(self, *, member: int, households: list[str], **who: Any) -> list[HouseholdLink]:
        codes = set(households)
        seen = Household.objects.visible_to(self.user).filter(code__in=codes)
        doors = list(seen.select_related("building"))
        if len(doors) != len(codes):
            raise Http404
        members = PartyMembership.objects.visible_to(self.user, one=True)
        membership = get_object_or_404(members.select_related("person"), pk=member)
        return contacts.assign(contact=membership.person, households=doors, **who)

    def represent(self, result: list[HouseholdLink]) -> Any:
        return HouseholdLinkSerializer(result, many=True).data


class EndView(ActionView):
    """POST ends that somebody is the contact of a household."""

    model, related = HouseholdLink, ("person", "household__building")
    body_class, answer_class = EndBody, HouseholdLinkSerializer

    def call(self, **body: Any) -> HouseholdLink:
        return contacts.end(link=self.object, **body)
