"""The API of filling: who is listed, a look beforehand, ordering a copy, how far it is, its file."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from governance.data_forms.blanks.api import FormDetail
from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import Permission, Subject
from governance.data_forms.fillings import fillings
from governance.data_forms.fillings.bodies import FilterBody, filter_of
from governance.data_forms.models import BlankForm, FilledFile, FilledRun
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView
from orgs.api.fields import UnitField
from orgs.api.renderers import WorkbookRenderer
from orgs.errors import Refused
from orgs.values.sentences import gettext as _
from orgs.web.pages import WORKBOOK_TYPE, dated, workbook
from orgs.workflow.specification import EmptyBody


@extend_schema_view(post=extend_schema(operation_id="blank_forms_rows"))
class RowsView(ActionView):
    """POST says who is listed in a form from now on."""

    model, related, permission = BlankForm, ("unit",), Permission.KEEP_FORMS
    body_class, answer_class = FilterBody, FormDetail

    def call(self, *, by: Any, now: Any, **sent: Any) -> BlankForm:
        return fillings.choose_rows(form=self.object, chosen=filter_of(sent), by=by, now=now)


class PreviewAnswer(serializers.Serializer):
    """The first rows as they would be filled: values in the order of the headings, null for the unknown."""

    listed = serializers.CharField()
    total = serializers.IntegerField()
    headings = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())


class PreviewView(GenericAPIView):
    """The first rows of a form, masked; of a care roster each reading is recorded."""

    serializer_class = PreviewAnswer

    @extend_schema(operation_id="blank_forms_preview", responses=PreviewAnswer)
    def get(self, request: Request, pk: int) -> Response:
        user = signed_in(request)
        form = form_for(user, pk)
        if form.subject == Subject.SUMS:
            raise Refused(_("This form holds numbers alone: ask for its numbers."), code="sums")
        shown = fillings.preview(form=form, by=user, now=timezone.now())
        headings = [column.heading for column in shown.columns]
        body = {"listed": shown.who, "total": shown.total, "headings": headings, "rows": shown.rows}
        return Response(body)


class PurposeBody(serializers.Serializer):
    """For what a form is filled: who asked for it, and on what ground."""

    purpose = serializers.CharField(max_length=200)


class FillBody(PurposeBody):
    """`unit`: for which of the own places, of a form that is kept for more than these."""

    unit = UnitField(required=False, allow_null=True)


class CopyAnswer(serializers.ModelSerializer):
    """A filled copy: `waiting`, `ready` or `failed`; how many of its cells the portal knew."""

    form = serializers.IntegerField(source="form_id")
    unit = serializers.CharField(source="unit.code")
    state = serializers.CharField(source="sheet.state")
    total = serializers.IntegerField(source="sheet.total")
    rows = serializers.IntegerField(source="sheet.rows")
    cells = serializers.IntegerField(source="sheet.cells")
    known = serializers.IntegerField(source="sheet.known")

    class Meta:
        model = FilledRun
        fields = [
            "id", "form", "unit", "purpose", "asked_at", "expires_at", "state", "total", "rows",
            "cells", "known",
        ]  # fmt: skip


@extend_schema_view(post=extend_schema(operation_id="blank_forms_fill"))
class FillView(ActionView):
    """POST orders a filled copy for a purpose; a worker makes it.

    Of a street's form a community fills its own rows: the use-case says where somebody may.
    """

    model, related = BlankForm, ("unit",)
    body_class, answer_class, status = FillBody, CopyAnswer, 201

    def call(self, **body: Any) -> FilledRun:
        return fillings.order(form=self.object, **body)


@extend_schema_view(get=extend_schema(operation_id="filled_forms_read"))
class CopyView(RetrieveAPIView):
    """How far a copy is that one asked for."""

    serializer_class = CopyAnswer
    queryset = FilledRun.objects.none()

    def get_queryset(self) -> Any:
        seen = FilledRun.objects.visible_to(self.request.user, one=True)
        return seen.select_related("unit", "sheet")


class CopyFileView(GenericAPIView):
    """The workbook of a copy that one asked for; each fetching is recorded."""

    renderer_classes = [JSONRenderer, WorkbookRenderer]
    serializer_class = EmptyBody

    @extend_schema(
        operation_id="filled_forms_file",
        responses={(200, WORKBOOK_TYPE): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        user = signed_in(request)
        seen = FilledFile.objects.visible_to(user, one=True)
        file = get_object_or_404(seen.select_related("run__form", "run__unit"), run=pk)
        content = fillings.fetch(file=file, by=user, now=timezone.now())
        return workbook(content, dated(f"{file.run.form.name}-{file.run_id}-"))
