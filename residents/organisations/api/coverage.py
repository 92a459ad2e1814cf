"""The API of the five full coverages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.errors import Refused
from orgs.units.queries import unit_by_code
from residents.enums import Coverage, Permission
from residents.organisations import coverage
from residents.organisations.coverage import Counted, Lights


class FigureSerializer(serializers.Serializer):
    """`share` in per mille of the compounds; null where there are none."""

    count = serializers.IntegerField()
    share = serializers.IntegerField(allow_null=True)


class CountedSerializer(serializers.Serializer):
    """A place: its compounds, how many have each coverage, how many have all five."""

    unit = serializers.CharField()
    name = serializers.CharField()
    compounds = serializers.IntegerField()
    branch = FigureSerializer()
    committee = FigureSerializer()
    property = FigureSerializer()
    mediation = FigureSerializer()
    council = FigureSerializer()
    all_five = FigureSerializer()


class LightsSerializer(serializers.Serializer):
    """One compound and what it has."""

    unit = serializers.CharField()
    name = serializers.CharField()
    branch = serializers.BooleanField()
    committee = serializers.BooleanField()
    property = serializers.BooleanField()
    mediation = serializers.BooleanField()
    council = serializers.BooleanField()


class CoverageSerializer(serializers.Serializer):
    """`groups` by community, or by street where no unit is named."""

    day = serializers.DateField()
    whole = CountedSerializer()
    groups = CountedSerializer(many=True)
    compounds = LightsSerializer(many=True)


class CoverageView(APIView):
    """The five coverages of a unit today, or of all that one may count."""

    @extend_schema(
        operation_id="coverage_read",
        parameters=[OpenApiParameter("unit", description="Code of a unit.")],
        responses=CoverageSerializer,
    )
    def get(self, request: Request) -> Response:
        user, today = signed_in(request), timezone.localdate()
        code = request.query_params.get("unit", "")
        unit = unit_by_code(code) if code else None
        if "unit" in request.query_params and unit is None:
            sentence = _("There is no unit “%(code)s”.") % {"code": code[:40]}
            raise Refused(sentence, field="unit")
        if not user.has_perm(Permission.VIEW_COVERAGE, unit):
            raise PermissionDenied
        picture = coverage.picture(unit, user, today)
        if unit:
            picture.whole.code, picture.whole.name = unit.code, unit.name
        answer = {
            "day": today,
            "whole": _counted(picture.whole),
            "groups": [_counted(group) for group in picture.groups],
            "compounds": [_lights(compound) for compound in picture.compounds],
        }
        return Response(CoverageSerializer(answer).data)


def _counted(counted: Counted) -> dict[str, Any]:
    figures = {
        kind.value: {"count": count, "share": share} for kind, count, share in counted.figures
    }
    return {
        "unit": counted.code,
        "name": counted.name,
        "compounds": counted.compounds,
        **figures,
        "all_five": {"count": counted.all_five, "share": counted.all_share},
    }


def _lights(lights: Lights) -> dict[str, Any]:
    has = {kind.value: kind in lights.has for kind in Coverage}
    return {"unit": lights.code, "name": lights.name, **has}
