"""Units and departments, read by whoever is signed in."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.pagination import KeyPagination
from orgs.enums import UnitKind
from orgs.models import CompoundProfile, Department, District, Unit
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


class UnitListFilter(FilterSet):
    """What a list of units may be narrowed by."""

    kind = ChoiceFilter(choices=UnitKind.choices)
    parent = CharFilter(method="below", label="Code of a unit, or of a district.", max_length=24)
    q = CharFilter(
        method="matching", label="Part of the name, the code or the place.", max_length=100
    )

    def below(self, units: QuerySet[Unit], name: str, code: str) -> QuerySet[Unit]:
        known = queries.unit_by_code(code) or District.objects.filter(code=code).exists()
        if not known:
            message = _("There is no unit “%(code)s”.") % {"code": code}
            raise serializers.ValidationError({name: [message]})
        return queries.below(code, units)

    def matching(self, units: QuerySet[Unit], name: str, words: str) -> QuerySet[Unit]:
        return queries.matching(words, units)


@extend_schema_view(get=extend_schema(operation_id="units_list"))
class UnitListView(generics.ListAPIView):
    """Units by code, narrowed by kind, parent (a code) and words."""

    serializer_class = UnitSerializer
    pagination_class = CodePagination
    filterset_class = UnitListFilter
    queryset = Unit.objects.none()

    def get_queryset(self) -> QuerySet[Unit]:
        return queries.units_with_district()


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
        fields = [
            "code", "name", "short_name", "district", "street", "phone", "address", "hours",
        ]  # fmt: skip


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
