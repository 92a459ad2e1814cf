"""The API of answers: what a phone sends once it has a network again."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from governance.data_forms.answers import returned_roster
from governance.data_forms.answers.answers import Cell, save
from governance.data_forms.enums import Permission, Subject
from governance.data_forms.fields.kinds import LONGEST
from governance.data_forms.models import BlankForm
from governance.data_forms.sums import typed_numbers
from orgs.api.base import ActionView, CreateView
from orgs.api.fields import KeyField, UnitField
from orgs.imports.api import ImportSerializer
from orgs.models import LedgerImport, Unit
from orgs.web.throttling import count_upload

MOST_CELLS = 300


class CellBody(serializers.Serializer):
    """What was written in one cell, and what stood there before its author's eyes.

    `row` and `column` are the keys of both; of a form that counts their numbers in the sheet.
    """

    row = KeyField()
    column = KeyField()
    value = serializers.CharField(max_length=LONGEST, allow_blank=True)
    seen = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class AnswersBody(serializers.Serializer):
    """`unit`: for which of the own places, of a form that counts and is kept for more than these."""

    unit = UnitField(required=False, allow_null=True)
    answers = serializers.ListField(child=CellBody(), min_length=1, max_length=MOST_CELLS)

    def validate_answers(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({(cell["row"], cell["column"]) for cell in answers}) < len(answers):
            raise serializers.ValidationError(_("A cell is answered once at a time."))
        return answers


class AnsweredSerializer(serializers.Serializer):
    """How many answers were kept with the form, and how many went to a roster."""

    answered = serializers.IntegerField()
    corrected = serializers.IntegerField()
    emptied = serializers.IntegerField()
    to_rosters = serializers.IntegerField()


class ReturnedBody(serializers.Serializer):
    """A filled copy of this form (.xlsx) that somebody completed."""

    file = serializers.FileField()


@extend_schema_view(post=extend_schema(operation_id="blank_forms_import"))
class ReturnedView(CreateView):
    """POST (multipart) sends a completed copy back; nothing is entered before the import is applied."""

    parser_classes = [MultiPartParser]
    model, related, permission = BlankForm, ("unit",), Permission.ANSWER_FORMS
    body_class, answer_class = ReturnedBody, ImportSerializer

    def call(self, *, file: UploadedFile, **who: Any) -> LedgerImport:
        count_upload(self.request)
        return returned_roster.send(form=self.object, file=file, **who)


class AnswersView(ActionView):
    """POST completes cells of a form that the portal does not know, all or none."""

    model = BlankForm
    permission = Permission.ANSWER_FORMS
    body_class, answer_class = AnswersBody, AnsweredSerializer

    def call(
        self, *, answers: list[dict[str, Any]], unit: Unit | None = None, **who: Any
    ) -> dict[str, int]:
        cells = [Cell(**cell) for cell in answers]
        if self.object.subject == Subject.SUMS:
            return typed_numbers.save(form=self.object, cells=cells, unit=unit, **who)
        return save(form=self.object, cells=cells, **who)
