"""The API of imports of rosters: send a file, follow it, look through its rows, apply, undo."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, find
from orgs.api.fields import KeyField, UnitField
from orgs.api.pagination import KeyPagination
from orgs.enums import Decision, Verdict
from orgs.imports import imports, previews
from orgs.imports.imports import visible_import
from orgs.imports.rosters import Roster, roster_of, unit_rosters
from orgs.models import LedgerImport, LedgerRow, Unit
from orgs.web.throttling import count_upload


class ImportSerializer(serializers.ModelSerializer):
    """How far an import is, and how many rows do what."""

    unit = serializers.SerializerMethodField()
    undecided = serializers.SerializerMethodField()

    class Meta:
        model = LedgerImport
        fields = [
            "id", "ledger", "unit", "file_name", "sha256", "state", "problem", "left_out",
            "rows_expected", "rows_done", "new", "changed", "unchanged", "unsure", "wrong",
            "undecided", "sent_at", "applied_at", "ended_at",
        ]  # fmt: skip

    def get_unit(self, imported: LedgerImport) -> str | None:
        return imported.unit.code if imported.unit else None

    def get_undecided(self, imported: LedgerImport) -> int:
        return imports.undecided(imported) if imported.unsure else 0


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
        return dict(previews.cells_of(row, self.context["roster"]))

    def get_problems(self, row: LedgerRow) -> list[dict[str, str]]:
        problems = self.context["roster"].with_headings(row.problems)
        return [{"column": heading, "message": sentence} for heading, sentence in problems]

    def get_changes(self, row: LedgerRow) -> list[str]:
        headings = self.context["roster"].headings
        return [headings[key] for key in row.changes if key in headings]


class ImportBody(serializers.Serializer):
    """A file of a roster, for a unit by its code."""

    unit = UnitField()
    ledger = serializers.CharField(max_length=40)
    file = serializers.FileField()

    def validate_ledger(self, code: str) -> Roster:
        roster = roster_of(code)
        if roster not in unit_rosters():
            known = ", ".join(unit_roster.code for unit_roster in unit_rosters())
            raise serializers.ValidationError(_("Known rosters: %(codes)s.") % {"codes": known})
        return roster


class DecisionBody(serializers.Serializer):
    """Whom an unsure row means; `chosen` is one of its candidates.

    With `alike` every row that waits with the same doubt is decided so, each as its own candidate.
    """

    decision = serializers.ChoiceField(Decision.choices)
    chosen = KeyField(required=False)
    alike = serializers.BooleanField(default=False)


@extend_schema_view(post=extend_schema(operation_id="imports_create"))
class ImportListView(CreateView):
    """POST sends a file; a job reads it, and nothing is entered before `apply`."""

    parser_classes = [MultiPartParser]
    body_class = ImportBody
    answer_class = ImportSerializer

    def call(self, *, ledger: Roster, unit: Unit, file: UploadedFile, **who: Any) -> LedgerImport:
        count_upload(self.request)
        ledger.refuse_too_large(file.size or 0)
        return imports.upload(
            roster=ledger, target=unit, name=file.name or "", content=file.read(), **who
        )


class ImportView(APIView):
    """How far an import is."""

    @extend_schema(operation_id="imports_read", responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        imported, _roster = visible_import(signed_in(request), pk)
        return Response(ImportSerializer(imported).data)


class RowPagination(KeyPagination):
    """In the order of the file."""

    ordering = "number"


class RowFilter(FilterSet):
    verdict = ChoiceFilter(choices=Verdict.choices)


@extend_schema_view(get=extend_schema(operation_id="imports_rows"))
class ImportRowsView(ListAPIView):
    """The rows of an import that is being looked through."""

    serializer_class = RowSerializer
    pagination_class = RowPagination
    filterset_class = RowFilter
    queryset = LedgerRow.objects.none()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "roster": getattr(self, "roster", None)}

    def get_queryset(self) -> QuerySet[LedgerRow]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        imported, self.roster = visible_import(signed_in(self.request), self.kwargs["pk"])
        return imported.rows.all()


class RowView(ActionView):
    """POST decides about one unsure row, or about all that wait with its doubt."""

    body_class = DecisionBody
    answer_class = RowSerializer

    def get_object(self) -> LedgerRow:
        imported, self.roster = visible_import(signed_in(self.request), self.kwargs["pk"])
        rows = imported.rows.select_related("ledger_import")
        row: LedgerRow = find(rows, number=self.kwargs["number"])
        return row

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "roster": getattr(self, "roster", None)}

    def call(self, *, decision: str, **given: Any) -> LedgerRow:
        imports.decide(row=self.object, decision=Decision(decision), **given)
        self.object.refresh_from_db()
        row: LedgerRow = self.object
        return row


class _StepView(ActionView):
    """One step of an import; the answer is 200, the job goes on."""

    answer_class = ImportSerializer
    use_case: Any = None

    def get_object(self) -> LedgerImport:
        return visible_import(signed_in(self.request), self.kwargs["pk"])[0]

    def call(self, **who: Any) -> LedgerImport:
        imported: LedgerImport = type(self).use_case(imported=self.object, **who)
        return imported


class ApplyView(_StepView):
    """POST applies an import: all of its rows, or none."""

    use_case = staticmethod(imports.apply)


class DiscardView(_StepView):
    """POST drops an import that was not applied."""

    use_case = staticmethod(imports.discard)


class UndoView(_StepView):
    """POST takes back all that an import did."""

    use_case = staticmethod(imports.undo)


urlpatterns = [
    path("imports/", ImportListView.as_view(), name="imports"),
    path("imports/<int:pk>/", ImportView.as_view(), name="import"),
    path("imports/<int:pk>/rows/", ImportRowsView.as_view(), name="import_rows"),
    path("imports/<int:pk>/rows/<int:number>/", RowView.as_view(), name="import_row"),
    path("imports/<int:pk>/apply/", ApplyView.as_view(), name="import_apply"),
    path("imports/<int:pk>/discard/", DiscardView.as_view(), name="import_discard"),
    path("imports/<int:pk>/undo/", UndoView.as_view(), name="import_undo"),
]
