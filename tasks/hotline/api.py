"""The API of hotline tickets."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from orgs.api.base import ActionView
from orgs.errors import Refused
from orgs.imports import imports
from orgs.imports.apply import Stale
from orgs.imports.planning import unstaged
from orgs.imports.previews import written_in
from orgs.imports.rosters import Row
from orgs.models import LedgerRow
from orgs.web import throttling
from tasks.hotline.roster import HOTLINE
from tasks.models import Task

# Why a sheet cannot be read that is one: said as wrong rows are.
OF_THE_SHEET = {"missing_columns", "no_headings", "no_rows"}


class HotlineBody(serializers.Serializer):
    file = serializers.FileField()
    apply = serializers.BooleanField(default=False)


class HotlineRow(serializers.Serializer):
    row = serializers.IntegerField()
    outside_number = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    differs = serializers.ListField(child=serializers.CharField())


class WrongRow(serializers.Serializer):
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()


class HotlineAnswer(serializers.Serializer):
    applied = serializers.BooleanField()
    new = HotlineRow(many=True)
    unchanged = HotlineRow(many=True)
    changed = HotlineRow(many=True)
    wrong = WrongRow(many=True)


@extend_schema_view(post=extend_schema(operation_id="tasks_hotline"))
class HotlineView(ActionView):
    """Hotline tickets by Excel. Without `apply` it says what the sheet would do; with it, it is done.

    All of a sheet or nothing: wrong rows answer 400 with `rows`. A ticket is entered once.
    """

    parser_classes = [MultiPartParser]
    body_class = HotlineBody
    answer_class = HotlineAnswer

    def call(self, *, file: UploadedFile, apply: bool, **who: Any) -> dict[str, Any]:
        throttling.count_upload(self.request)
        HOTLINE.refuse_too_large(file.size or 0)
        try:
            imported = imports.look(
                roster=HOTLINE, target=None, name=file.name or "", content=file.read(), **who
            )
        except Refused as refusal:
            if refusal.code not in OF_THE_SHEET:
                raise
            raise _bad_rows([{"row": 1, "column": "", "value": "", "message": refusal.message}])
        rows = [(kept, unstaged(kept)) for kept in imported.rows.order_by("number")]
        wrong = [fault for kept, _row in rows for fault in _faults(kept)]
        if apply and not wrong:
            try:
                imports.apply_now(imported=imported, **who)
            except Stale as stale:
                wrong = [fault for row in stale.rows for fault in _faults(row)]
        if wrong or not apply:
            imports.discard(imported=imported, **who)
        if apply and wrong:
            raise _bad_rows(wrong)
        return _sheet(rows) | {"wrong": wrong, "applied": apply}


def _bad_rows(rows: list[dict[str, Any]]) -> Refused:
    message = _("Nothing was imported. Correct the rows below and send the file again.")
    return Refused(message, code="bad_rows", extra={"rows": rows})


def _faults(kept: LedgerRow | Row) -> Iterator[dict[str, Any]]:
    columns = {column.key: column for column in HOTLINE.columns}
    row = unstaged(kept) if isinstance(kept, LedgerRow) else kept
    for key, sentence in kept.problems.items():
        yield {
            "row": kept.number,
            "column": HOTLINE.headings.get(key, ""),
            "value": written_in(row, columns.get(key)),
            "message": sentence,
        }


def _sheet(rows: list[tuple[LedgerRow, Row]]) -> dict[str, Any]:
    """The rows by what they do, with the numbers of the tasks that there are."""
    headings = HOTLINE.headings
    outside = {row.get("outside_number") for _kept, row in rows}
    known = Task.objects.filter(outside_number__in=outside - {""})
    numbers = dict(known.values_list("outside_number", "number"))
    sheet: dict[str, Any] = {"new": [], "unchanged": [], "changed": []}
    for kept, row in rows:
        kind = "changed" if kept.changes else kept.verdict
        if kind in sheet:
            number = row.get("outside_number")
            differs = [headings[key] for key in kept.changes]
            sheet[kind].append(
                {
                    "row": kept.number,
                    "outside_number": number,
                    "number": numbers.get(number),
                    "differs": differs,
                }
            )
    return sheet
