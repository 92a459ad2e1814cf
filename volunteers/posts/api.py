"""The API of building posts."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.models import Unit
from residents.roll.queries import household_for
from volunteers.enums import BuildingRole
from volunteers.members.api import EndBody
from volunteers.members.queries import posts_held
from volunteers.models import BuildingPost
from volunteers.posts import posts


class BuildingPostSerializer(serializers.ModelSerializer):
    """Who holds a post of a building; a centre household is named by its code."""

    building = serializers.CharField(source="building.code")
    household = serializers.CharField(source="household.code", default=None, allow_null=True)
    post = serializers.CharField(source="label")
    holder = serializers.CharField()

    class Meta:
        model = BuildingPost
        fields = [
            "id", "building", "role", "post", "holder", "person", "household", "starts", "ends",
        ]  # fmt: skip


class BuildingPostBody(serializers.Serializer):
    """`household` for a centre household, `name` (with `phone`, if need be) for every other post."""

    building = UnitField()
    role = EnumField(BuildingRole)
    title = serializers.CharField(max_length=40, required=False, allow_blank=True)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    household = serializers.CharField(max_length=50, required=False)
    starts = DayField(required=False, allow_null=True)


class PostFilter(FilterSet):
    unit = UnitFilter(field_name="building")
    role = ChoiceFilter(choices=BuildingRole.choices)


@extend_schema_view(get=extend_schema(operation_id="building_posts_list"))
class PostListView(CreateView, ListAPIView):
    """The posts held at present; POST fills one."""

    serializer_class = answer_class = BuildingPostSerializer
    body_class = BuildingPostBody
    pagination_class = KeyPagination
    filterset_class = PostFilter
    queryset = BuildingPost.objects.none()

    def get_queryset(self) -> QuerySet[BuildingPost]:
        return posts_held(None, "", BuildingPost.objects.visible_to(self.request.user))

    def call(
        self, *, building: Unit, household: str = "", name: str = "", phone: str = "", **body: Any
    ) -> BuildingPost:
        posts.must_keep(self.user, building)
        if household:
            holder = posts.Holder(household=household_for(self.user, household))
        else:
            holder = posts.holder_named(building, name, phone)
        return posts.fill(building=building, holder=holder, **body)


class EndView(ActionView):
    """POST ends that somebody holds a post."""

    model = BuildingPost
    body_class, answer_class = EndBody, BuildingPostSerializer

    def call(self, **body: Any) -> BuildingPost:
        return posts.end(post=self.object, **body)
