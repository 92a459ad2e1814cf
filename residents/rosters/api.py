"""The API of imports of ledgers: send a file, follow it, look through its rows, apply, undo."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.api.fields import UnitField
from orgs.api.pagination import KeyPagination
from orgs.web.throttling import count_upload
from residents.enums import Decision, Verdict
from residents.models import LedgerImport, LedgerRow
from residents.rosters import imports, previews, workbook_reader
from residents.rosters.registry import Ledger, all_ledgers, ledger_of


class ImportSerializer(serializers.ModelSerializer):
    """How far an import is, and how many rows do what."""

    unit = serializers.CharField(source="unit.code")
    undecided = serializers.SerializerMethodField()

    class Meta:
        model = LedgerImport
        fields = [
            "id", "ledger", "unit", "file_name", "sha256", "state", "problem", "left_out",
            "rows_expected", "rows_done", "new", "changed", "unchanged", "unsure", "wrong",
            "undecided", "sent_at", "applied_at", "ended_at",
        ]  # fmt: skip

    def get_undecided(self, found: LedgerImport) -> int:
        return imports.undecided(found) if found.unsure else 0


class RowSerializer(serializers.ModelSerializer):
    """One row, private values masked; `problems` and `changes` name columns by their headings."""

    cells = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()

    class Meta:
        model = LedgerRow
        fields = [
            "number", "verdict", "cells", "problems", "changes", "candidates", "decision", "chosen",
        ]  # fmt: skip

    def get_cells(self, row: LedgerRow) -> dict[str, str]:
        return dict(previews.cells_of(row, self.context["ledger"]))

    def get_problems(self, row: LedgerRow) -> list[dict[str, str]]:
        headings = previews.headings_of(self.context["ledger"])
        return [
            {"column": headings.get(key, ""), "message": text} for key, text in row.problems.items()
        ]

    def get_changes(self, row: LedgerRow) -> list[str]:
        headings = previews.headings_of(self.context["ledger"])
        return [headings[key] for key in row.changes if key in headings]


class ImportBody(serializers.Serializer):
    """A file of a ledger, for a unit by its code."""

    unit = UnitField()
    ledger = serializers.CharField(max_length=40)
    file = serializers.FileField()

    def validate_ledger(self, code: str) -> Ledger:
        found = ledger_of(code)
        if found is None:
            known = ", ".join(one.code for one in all_ledgers())
            raise serializers.ValidationError(_("Known ledgers: %(codes)s.") % {"codes": known})
        return found


class DecisionBody(serializers.Serializer):
    """Whom an unsure row means; `chosen` is one of its candidates.

    With `alike` every row that waits with the same doubt is decided so, each as its own candidate.
    """

    decision = serializers.ChoiceField(Decision.choices)
    chosen = serializers.IntegerField(required=False, min_value=1)
    alike = serializers.BooleanField(default=False)


def _visible(request: Request, pk: int) -> tuple[LedgerImport, Ledger]:
    """An import in sight whose ledger one keeps; 404 for others."""
    user = signed_in(request)
    seen = LedgerImport.objects.visible_to(user, one=True).select_related("unit")
    found: LedgerImport = find(seen, pk=pk)
    ledger = ledger_of(found.ledger)
    if ledger is None or not user.has_perm(ledger.permission, found.unit):
        raise Http404
    return found, ledger


class ImportListView(PostView):
    """POST sends a file; a job reads it, and nothing is entered before `apply`."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": ImportBody},
        responses={201: ImportSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        count_upload(request)
        body = ImportBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        file = given["file"]
        workbook_reader.refuse_too_large(file.size)
        made = imports.upload(
            ledger=given["ledger"], unit=given["unit"], name=file.name, content=file.read(),
            by=signed_in(request), now=timezone.now(),
        )  # fmt: skip
        return Response(ImportSerializer(made).data, status=201)


class ImportView(APIView):
    """How far an import is."""

    @extend_schema(operation_id="imports_read", responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found, _ledger = _visible(request, pk)
        return Response(ImportSerializer(found).data)


class RowPagination(KeyPagination):
    """In the order of the file."""

    ordering = "number"


@extend_schema_view(
    get=extend_schema(
        operation_id="imports_rows",
        parameters=[OpenApiParameter("verdict", enum=Verdict.values)],
    )
)
class ImportRowsView(ListAPIView):
    """The rows of an import that is being looked through."""

    serializer_class = RowSerializer
    pagination_class = RowPagination
    queryset = LedgerRow.objects.none()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "ledger": getattr(self, "ledger", None)}

    def get_queryset(self) -> QuerySet[LedgerRow]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found, self.ledger = _visible(self.request, self.kwargs["pk"])
        rows: QuerySet[LedgerRow] = found.rows.all()
        verdict = self.request.query_params.get("verdict")
        return rows.filter(verdict=verdict) if verdict in Verdict.values else rows


class RowView(PostView):
    """POST decides about one unsure row, or about all that wait with its doubt."""

    @extend_schema(request=DecisionBody, responses=RowSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        found, ledger = _visible(request, kwargs["pk"])
        row = find(found.rows.select_related("ledger_import"), number=kwargs["number"])
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        imports.decide(
            row=row,
            decision=Decision(body.validated_data["decision"]),
            chosen=body.validated_data.get("chosen"),
            alike=body.validated_data["alike"],
            by=signed_in(request),
            now=timezone.now(),
        )
        row.refresh_from_db()
        return Response(RowSerializer(row, context={"ledger": ledger}).data)


class _StepView(PostView):
    """One step of an import; the answer is 200, the job goes on."""

    use_case: Any = None

    @extend_schema(request=None, responses=ImportSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        found, _ledger = _visible(request, kwargs["pk"])
        done = type(self).use_case(found=found, by=signed_in(request), now=timezone.now())
        return Response(ImportSerializer(done).data)


class ApplyView(_StepView):
    """POST applies an import: all of its rows, or none."""

    use_case = staticmethod(imports.apply)


class DiscardView(_StepView):
    """POST drops an import that was not applied."""

    use_case = staticmethod(imports.discard)


class UndoView(_StepView):
    """POST takes back all that an import did."""

    use_case = staticmethod(imports.undo)
