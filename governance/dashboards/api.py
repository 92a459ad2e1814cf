"""The API of dashboards: the numbers of the pages, each with the address of the list that it counts."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.dashboards import pictures, queries
from governance.dashboards.enums import Permission
from governance.dashboards.models import Board
from orgs.accounts.sign_in import signed_in
from orgs.api.base import find
from orgs.api.pagination import KeyPagination
from orgs.models import User
from tasks.enums import PeriodName

_PERIOD = OpenApiParameter("period", str, enum=PeriodName.values)


class BoardSerializer(serializers.ModelSerializer):
    """Of what a dashboard is; `url` is its page."""

    code = serializers.CharField()
    name = serializers.CharField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Board
        fields = ["kind", "code", "name", "url"]

    def get_url(self, row: Board) -> str:
        return pictures.board_url(row)


class NumberSerializer(serializers.Serializer):
    """A number, and the page that lists what it counts."""

    count = serializers.IntegerField()
    url = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        # `label` is taken by serializers themselves.
        return {"label": serializers.CharField()} | super().get_fields()


class RateSerializer(serializers.Serializer):
    """One of the three rates, in per mille (null: nothing was counted), beside the period before."""

    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    before = serializers.IntegerField(allow_null=True)


class CoverageSerializer(serializers.Serializer):
    name = serializers.CharField()
    share = serializers.IntegerField(allow_null=True)
    having = serializers.IntegerField()
    lacking = serializers.IntegerField()


class DutySerializer(serializers.Serializer):
    month = serializers.DateField()
    members = serializers.IntegerField()
    met = serializers.IntegerField()


class SpotSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    reported = serializers.IntegerField()
    url = serializers.CharField()


class TrendSerializer(serializers.Serializer):
    """How much of a kind was reported in each part of the period."""

    name = serializers.CharField()
    counts = serializers.ListField(child=serializers.IntegerField())


class PictureSerializer(serializers.Serializer):
    """One dashboard for a period; `as_of` says when each part was counted, `is_old` that the jobs stand."""

    board = BoardSerializer()
    period = serializers.SerializerMethodField()
    as_of = serializers.SerializerMethodField()
    is_old = serializers.BooleanField()
    now = NumberSerializer(many=True)
    stages = NumberSerializer(many=True)
    topics = NumberSerializer(many=True)
    rates = serializers.SerializerMethodField()
    trend = serializers.SerializerMethodField()
    spots = serializers.SerializerMethodField()
    coverage = serializers.SerializerMethodField()
    duty = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_period(self, row: pictures.Picture) -> dict[str, str]:
        return {"first": str(row.period.first), "last": str(row.period.last)}

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_as_of(self, row: pictures.Picture) -> dict[str, datetime]:
        return {part.value: timezone.localtime(at) for part, at in sorted(row.as_of.items())}

    @extend_schema_field(RateSerializer(many=True))
    def get_rates(self, row: pictures.Picture) -> Any:
        rates = [card["rate"] for card in row.cards]
        return RateSerializer(rates, many=True).data

    @extend_schema_field(TrendSerializer(many=True))
    def get_trend(self, row: pictures.Picture) -> list[dict[str, Any]]:
        return [
            {"name": line.name, "counts": [count for count, _url in counts]}
            for line, counts in row.lines
        ]

    @extend_schema_field(SpotSerializer(many=True))
    def get_spots(self, row: pictures.Picture) -> list[dict[str, Any]]:
        return [
            {"code": unit.code, "name": unit.name, "reported": count, "url": url}
            for unit, count, url in row.spots
        ]

    @extend_schema_field(CoverageSerializer(many=True))
    def get_coverage(self, row: pictures.Picture) -> list[dict[str, Any]]:
        return [
            {"name": name, "share": share, "having": having.count, "lacking": lacking.count}
            for name, share, having, lacking in row.coverage
        ]

    @extend_schema_field(DutySerializer(many=True))
    def get_duty(self, row: pictures.Picture) -> Any:
        return DutySerializer([month for month, *_numbers in row.duty], many=True).data


class ComparedSerializer(serializers.Serializer):
    """One unit below; `rates` are response, resolution and satisfaction in per mille."""

    board = BoardSerializer()
    open = serializers.IntegerField(source="open.count", default=None)
    late = serializers.IntegerField(source="late.count", default=None)
    reported = serializers.IntegerField(source="reported.count")
    rates = serializers.SerializerMethodField()
    counts = serializers.ListField(child=serializers.IntegerField())

    def get_rates(self, row: pictures.Compared) -> list[int | None]:
        return [value for value, _url in row.rates]


class DashboardListView(APIView):
    """GET answers the dashboards of what one works for."""

    @extend_schema(operation_id="dashboards_list", responses=BoardSerializer(many=True))
    def get(self, request: Request) -> Response:
        user = _reader(request)
        return Response(BoardSerializer(queries.own(user)[:50], many=True).data)


class DashboardView(APIView):
    """GET answers one dashboard."""

    @extend_schema(
        operation_id="dashboards_read", parameters=[_PERIOD], responses=PictureSerializer
    )
    def get(self, request: Request, kind: str, code: str) -> Response:
        user, now = _reader(request), timezone.now()
        board = find(queries.named(user, kind, code))
        _name, period = queries.period_of(request.query_params.get("period", ""), now)
        figures = queries.figures(board, period)
        picture = pictures.picture(board, period, figures, now, covers=queries.covers(user, board))
        return Response(PictureSerializer(picture).data)


class _CodeOrder(KeyPagination):
    """In the order of codes, never by a rate."""

    ordering = "unit_code"


class DashboardBelowView(ListAPIView):
    """The units below one side by side, in the order of their codes."""

    serializer_class = ComparedSerializer
    pagination_class = _CodeOrder
    queryset = Board.objects.none()

    def get_queryset(self) -> QuerySet[Board]:
        if getattr(self, "swagger_fake_view", False):
            return Board.objects.none()
        self.board = find(queries.named(_reader(self.request), **self.kwargs))
        return queries.below(self.board).annotate(unit_code=F("unit__code"))

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        asked = self.request.query_params.get("period", "")
        _name, period = queries.period_of(asked, timezone.now())
        return pictures.compared(self.board, list(page or ()), period)

    @extend_schema(operation_id="dashboards_below", parameters=[_PERIOD])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def _reader(request: Request) -> User:
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_BOARD):
        raise PermissionDenied
    return user
