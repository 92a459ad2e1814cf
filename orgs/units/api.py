"""Units and departments, read by whoever is signed in."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.pagination import KeyPagination
from orgs.enums import UnitKind
from orgs.models import CompoundProfile, Department, Unit
from orgs.units import queries
from orgs.units.units import FOLLOWING_FIELDS, PROFILE_FIELDS


class CodePagination(KeyPagination):
    """By code: parents stand before what is below them."""

    ordering = "code"


class UnitSerializer(serializers.ModelSerializer):
    """One row. `parent` and `district` are codes; a street's parent is its district."""

    # A column of the row, not the serializer around it.
    parent = serializers.CharField(source="parent_code")  # type: ignore[assignment]
    path = serializers.CharField(source="path_name")
    district = serializers.CharField(source="district_code")

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "official_type", "parent", "path", "district"]


class AncestorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ["code", "name", "kind"]


class ProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = CompoundProfile
        fields = [*PROFILE_FIELDS, *FOLLOWING_FIELDS]


class UnitDetailSerializer(UnitSerializer):
    """One unit with what is above it, how many are directly below, and a compound's profile."""

    ancestors = AncestorSerializer(many=True)
    children = serializers.IntegerField(source="child_count")
    profile = ProfileSerializer(source="shown_profile", allow_null=True)

    class Meta(UnitSerializer.Meta):
        fields = [*UnitSerializer.Meta.fields, "ancestors", "children", "profile"]


class UnitFilterSerializer(serializers.Serializer):
    """What a list of units may be narrowed by."""

    kind = serializers.ChoiceField(choices=UnitKind.choices, required=False)
    # As above.
    parent = serializers.CharField(max_length=24, required=False)  # type: ignore[assignment]
    q = serializers.CharField(max_length=100, required=False)


@extend_schema_view(
    get=extend_schema(
        operation_id="units_list",
        parameters=[
            OpenApiParameter("kind", enum=UnitKind.values),
            OpenApiParameter("parent", description="Code of a unit, or of a district."),
            OpenApiParameter("q", description="Part of the name, the code or the place."),
        ],
    )
)
class UnitListView(generics.ListAPIView):
    """Units by code, narrowed by kind, parent (a code) and words."""

    serializer_class = UnitSerializer
    pagination_class = CodePagination

    def get_queryset(self) -> QuerySet[Unit]:
        given = UnitFilterSerializer(data=self.request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        found = queries.units_with_district()
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        if "parent" in asked:
            found = queries.below(asked["parent"], found)
        return queries.matching(asked.get("q", ""), found)


class UnitView(APIView):
    """One unit, by its code or by one that it had before it was moved."""

    @extend_schema(operation_id="units_read", responses=UnitDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        unit = queries.unit_by_code(code)
        if unit is None:
            raise Http404
        values: Any = unit
        values.ancestors = list(unit.get_ancestors())
        values.child_count = unit.children.count()
        values.shown_profile = CompoundProfile.objects.filter(unit=unit).first()
        return Response(UnitDetailSerializer(values).data)


class DepartmentSerializer(serializers.ModelSerializer):
    """`street` is the code of the street whose own office it is, else null."""

    district = serializers.CharField(source="district.code")
    street = serializers.CharField(source="street.code", default=None, allow_null=True)

    class Meta:
        model = Department
        fields = ["code", "name", "short_name", "district", "street"]


class DepartmentListView(generics.ListAPIView):
    """The departments that can be called."""

    serializer_class = DepartmentSerializer
    pagination_class = CodePagination

    def get_queryset(self) -> QuerySet[Department]:
        return queries.departments()


urlpatterns = [
    path("units/", UnitListView.as_view(), name="units"),
    path("units/<str:code>/", UnitView.as_view(), name="unit"),
    path("departments/", DepartmentListView.as_view(), name="departments"),
]
