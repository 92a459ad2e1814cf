"""The API of building posts."""

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
from orgs.api.fields import DayField, UnitField
from orgs.api.pagination import KeyPagination
from orgs.units.queries import unit_by_code
from residents.models import Household
from residents.roll.queries import household_by_code
from volunteers.enums import BuildingRole
from volunteers.members.api import EndBody
from volunteers.members.queries import posts_held
from volunteers.models import BuildingPost
from volunteers.posts import posts


class BuildingPostSerializer(serializers.ModelSerializer):
    """Who holds a post of a building; a centre household is named by its code."""

    building = serializers.CharField(source="building.code")
    household = serializers.CharField(source="household.code", default=None)
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
    role = serializers.ChoiceField(BuildingRole.choices)
    title = serializers.CharField(max_length=40, required=False, allow_blank=True)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    household = serializers.CharField(max_length=50, required=False)
    starts = DayField(required=False, allow_null=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="building_posts_list",
        parameters=[
            OpenApiParameter("unit", description="Code of a unit: the posts of its buildings."),
            OpenApiParameter("role", enum=BuildingRole.values),
        ],
    )
)
class PostListView(PostView, ListAPIView):
    """The posts held at present; POST fills one."""

    serializer_class = BuildingPostSerializer
    pagination_class = KeyPagination

    def get_queryset(self) -> QuerySet[BuildingPost]:
        found = BuildingPost.objects.visible_to(self.request.user)
        asked = self.request.query_params
        code = asked.get("unit")
        unit = unit_by_code(code) if code else None
        if code and unit is None:
            return found.none()
        return posts_held(unit, asked.get("role", ""), found)

    @extend_schema(request=BuildingPostBody, responses={201: BuildingPostSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = BuildingPostBody(data=request.data)
        body.is_valid(raise_exception=True)
        given, user = body.validated_data, signed_in(request)
        posts.must_keep(user, given["building"])
        made = posts.fill(
            building=given["building"],
            role=BuildingRole(given["role"]),
            holder=_holder(request, given),
            title=given.get("title", ""),
            starts=given.get("starts"),
            by=user,
            now=timezone.now(),
        )
        return Response(BuildingPostSerializer(made).data, status=201)


def _holder(request: Request, given: dict[str, Any]) -> posts.Holder:
    if code := given.get("household"):
        seen = Household.objects.visible_to(request.user, one=True)
        household = household_by_code(code, seen)
        if household is None:
            raise Http404
        return posts.Holder(household=household)
    return posts.holder_named(given["building"], given.get("name", ""), given.get("phone", ""))


class EndView(PostView):
    """POST ends that somebody holds a post."""

    @extend_schema(request=EndBody, responses=BuildingPostSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        post = find(BuildingPost.objects.visible_to(request.user, one=True), pk=kwargs["pk"])
        body = EndBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = posts.end(
            post=post, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return Response(BuildingPostSerializer(made).data)
