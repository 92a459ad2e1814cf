"""The API of the rates: the figures of a period and a place, and the bulletin as files."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import WORKBOOK_TYPE, workbook
from tasks.enums import Figure, PeriodName, PeriodSpan, RateGrouping
from tasks.rates import bulletin as bulletins
from tasks.rates import export, rates, scopes, trends
from tasks.rates.bulletin_pdf import pdf
from tasks.rates.forms import PeriodForm
from tasks.rates.periods import Period
from tasks.rates.rates import Rate
from tasks.rates.scopes import Scope

PDF_TYPE = "application/pdf"
PARAMETERS = [
    OpenApiParameter("period", enum=PeriodName.values, description="This month unless named."),
    OpenApiParameter("first", description="First day, instead of a name (YYYY-MM-DD)."),
    OpenApiParameter("last", description="Last day."),
    OpenApiParameter("unit", description="Code of a unit: what lies in it."),
    OpenApiParameter("department", description="Code of a department that led."),
]
BY = OpenApiParameter("by", enum=RateGrouping.values, description="By what `groups` compare.")


class Days(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    span = serializers.ChoiceField(PeriodSpan.choices, allow_null=True)


class FiguresSerializer(serializers.Serializer):
    """Every count; the tasks behind one: `tasks/?counted=<name>&first=&last=&unit=&lead=`."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {figure.value: serializers.IntegerField() for figure in Figure}


class RateSerializer(serializers.Serializer):
    """One rate, in tenths of a per cent; `gap` is the figure whose tasks are missing."""

    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    before = serializers.IntegerField(allow_null=True)
    change = serializers.IntegerField(allow_null=True)
    numerator = serializers.IntegerField(help_text="In hundredths: ratings count by their weight.")
    part = serializers.ChoiceField(Figure.choices)
    whole = serializers.ChoiceField(Figure.choices)
    gap = serializers.ChoiceField(Figure.choices)
    definition = serializers.SerializerMethodField()

    def get_definition(self, rate: Rate) -> str:
        return self.context["definitions"][rate.code]


class GroupSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    response = serializers.IntegerField(allow_null=True)
    resolution = serializers.IntegerField(allow_null=True)
    satisfaction = serializers.IntegerField(source="satisfaction_rate", allow_null=True)
    figures = FiguresSerializer(source="*")


class RatesSerializer(serializers.Serializer):
    unit = serializers.CharField(allow_null=True)
    department = serializers.CharField(allow_null=True)
    period = Days()
    before = Days()
    figures = FiguresSerializer()
    figures_before = FiguresSerializer()
    rates = RateSerializer(many=True)
    groups = GroupSerializer(many=True)


class FiguresView(APIView):
    """What a period and a scope of an address mean, for all views of the rates."""

    def asked(self, request: Request) -> tuple[Scope, Period, RateGrouping]:
        """Raises ValidationError for what is no period, else as `scopes.chosen` does."""
        query = request.query_params
        scope = scopes.chosen(
            signed_in(request), *(query.get(name, "")[:40] for name in ("unit", "department"))
        )
        form = PeriodForm(query, today=timezone.localdate())
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            )
        return scope, *form.chosen()


class RatesView(FiguresView):
    """GET answers the three rates against the whole period before, and what they were counted from."""

    @extend_schema(operation_id="rates", parameters=[*PARAMETERS, BY], responses=RatesSerializer)
    def get(self, request: Request) -> Response:
        user, now = signed_in(request), timezone.now()
        scope, period, grouping = self.asked(request)
        whole, before = trends.with_before(user, period, now, scope)
        answer: dict[str, Any] = {
            **{name: scope.query.get(name) for name in ("unit", "department")},
            "period": period,
            "before": period.before,
            "figures": whole,
            "figures_before": before,
            "rates": rates.against(whole, before),
            "groups": trends.groups(user, grouping, period, now, scope),
        }
        context = {"definitions": rates.definitions(rates.rule_in_force())}
        return Response(RatesSerializer(answer, context=context).data)


class BulletinView(FiguresView):
    """GET answers the bulletin as PDF, which the audit keeps."""

    @extend_schema(
        operation_id="rates_bulletin",
        parameters=PARAMETERS,
        responses={(200, PDF_TYPE): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return HttpResponse(pdf(self.fetched(request, "print")), content_type=PDF_TYPE)

    def fetched(self, request: Request, kind: str) -> bulletins.Bulletin:
        scope, period, _grouping = self.asked(request)
        return bulletins.fetch(
            kind, scope=scope, period=period, by=signed_in(request), now=timezone.now()
        )


class BulletinWorkbookView(BulletinView):
    """GET answers the same as a workbook (.xlsx)."""

    @extend_schema(
        operation_id="rates_export",
        parameters=PARAMETERS,
        responses={(200, WORKBOOK_TYPE): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request) -> HttpResponseBase:
        shown = self.fetched(request, "export")
        return workbook(export.workbook(shown), shown.file_name)
