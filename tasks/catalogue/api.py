"""The API of the catalogue."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.units.queries import unit_by_code
from tasks.catalogue.duty_lists import duty_list
from tasks.models import Category


class CategoryListView(APIView):
    """All categories as one list; only selectable ones can be reported."""

    @extend_schema(
        responses={
            200: {
                "type": "object",
                "properties": {
                    "results": {"type": "array", "items": {"type": "object"}},
                    "next": {"type": "string", "nullable": True},
                    "previous": {"type": "string", "nullable": True},
                },
            }
        }
    )
    def get(self, request: Request) -> Response:
        results = [
            {
                "code": category.code,
                "name": category.name,
                "urgent": category.is_urgent,
                "parent": category.parent.code if category.parent else None,
            }
            for category in Category.objects.filter(is_selectable=True).select_related("parent")
        ]
        return Response({"results": results, "next": None, "previous": None})


class DutyRow(serializers.Serializer):
    department = serializers.CharField(source="department.code")
    name = serializers.CharField(source="department.name")
    role = serializers.CharField()
    basis = serializers.CharField()
    phone = serializers.CharField(source="department.phone")
    address = serializers.CharField(source="department.address")
    hours = serializers.CharField(source="department.hours")


class DutyLine(serializers.Serializer):
    category = serializers.CharField(source="category.code")
    name = serializers.CharField(source="category.name")
    leads = DutyRow(many=True)
    assists = DutyRow(many=True)


class DutyAnswer(serializers.Serializer):
    results = DutyLine(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DutyListView(APIView):
    """Which departments answer for what in a place, on which ground, and how to reach them."""

    @extend_schema(operation_id="units_duties", responses=DutyAnswer)
    def get(self, request: Request, code: str) -> Response:
        unit = unit_by_code(code)
        if unit is None:
            raise Http404
        lines = [line for section in duty_list(unit).sections for line in section.lines]
        return Response(DutyAnswer({"results": lines, "next": None, "previous": None}).data)
