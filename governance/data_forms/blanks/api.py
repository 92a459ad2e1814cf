"""The API of blank forms: which there are, sending one, what its headings mean."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from governance.data_forms.blanks import blanks, deletion
from governance.data_forms.enums import Permission, Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import filters
from governance.data_forms.models import BlankForm, FormColumn
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import EnumField, UnitField
from orgs.api.pagination import KeyPagination
from orgs.models import Unit
from orgs.web.throttling import count_upload

_COLUMN = re.compile(r"\d{1,4}", re.ASCII)


class FormRow(serializers.ModelSerializer):
    """A blank form; `listed` says in words whom it lists."""

    unit = serializers.CharField(source="unit.code")
    listed = serializers.SerializerMethodField()

    class Meta:
        model = BlankForm
        fields = ["id", "unit", "name", "subject", "listed", "filters", "file_name", "at"]

    def get_listed(self, form: BlankForm) -> str:
        chosen = filters.Filter.of(form.filters)
        return filters.in_words(chosen, Subject(form.subject), self.context.get("units"))


class ColumnRow(serializers.ModelSerializer):
    """A heading with the field below it: a code, `serial`, `count`, or "" for what is not known."""

    column = serializers.IntegerField(source="place")
    says = serializers.SerializerMethodField()

    class Meta:
        model = FormColumn
        fields = [
            "column", "heading", "field", "says", "match", "certainty", "computed", "asked", "kind",
            "options",
        ]  # fmt: skip

    def get_says(self, column: FormColumn) -> str:
        field = registry.get(column.field)
        return field.label if field else ""


class FormDetail(FormRow):
    columns = ColumnRow(many=True)

    class Meta(FormRow.Meta):
        fields = [*FormRow.Meta.fields, "columns"]


class FormBody(serializers.Serializer):
    """A blank workbook (.xlsx), and what one row of it is about."""

    name = serializers.CharField(max_length=blanks.LONGEST_NAME)
    unit = UnitField()
    subject = EnumField(Subject)
    file = serializers.FileField()


class FieldsBody(serializers.Serializer):
    """The code of a field by the number of its column, or what is asked for there (`asked_text`,
    `asked_number`, `asked_day`, `asked_yes_no`, `asked_choice`; `left_empty`); `options`: the words of
    choices by the numbers of their columns."""

    fields_ = serializers.DictField(child=serializers.CharField(max_length=40, allow_blank=True))
    options = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=50),
        required=False,
    )

    def get_fields(self) -> dict[str, Any]:
        # A serializer's own `fields` has the name that the body gives them.
        found = super().get_fields()
        return {"fields": found["fields_"], "options": found["options"]}

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        for name, chosen in sent.items():
            wrong = [key for key in chosen if not _COLUMN.fullmatch(key)]
            if wrong:
                raise serializers.ValidationError({name: wrong})
        return {
            name: {int(key): code for key, code in chosen.items()} for name, chosen in sent.items()
        }


class NamesUnits:
    """A list of which each row says its filter in words: all places are asked for at once."""

    units: Mapping[str, Unit] = {}

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)  # type: ignore[misc]
        self.units = filters.named_units(page)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return context | {"units": self.units}


@extend_schema_view(
    get=extend_schema(operation_id="blank_forms_list"),
    post=extend_schema(operation_id="blank_forms_create"),
)
class FormListView(NamesUnits, CreateView, VisibleListView):
    """The blank forms of one's places, newest first; POST (multipart) sends one and reads its headings."""

    parser_classes = [MultiPartParser]
    serializer_class, body_class, answer_class = FormRow, FormBody, FormDetail
    pagination_class = KeyPagination
    permission = Permission.FILL_FORMS
    queryset = BlankForm.objects.select_related("unit").defer("content")

    def call(self, *, file: UploadedFile, **body: Any) -> BlankForm:
        count_upload(self.request)
        return blanks.add(file=file, **body)


@extend_schema_view(get=extend_schema(operation_id="blank_forms_read"))
class FormView(RetrieveAPIView):
    """One blank form with its columns; DELETE forgets one that nobody has used yet."""

    serializer_class = FormDetail
    queryset = BlankForm.objects.none()

    def get_queryset(self) -> Any:
        seen = BlankForm.objects.visible_to(self.request.user, one=True)
        return seen.select_related("unit").prefetch_related("columns").defer("content")

    @extend_schema(operation_id="blank_forms_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        deletion.delete(form=self.get_object(), by=signed_in(request), now=timezone.now())
        return Response(status=204)


@extend_schema_view(post=extend_schema(operation_id="blank_forms_fields"))
class FieldsView(ActionView):
    """POST says what stands below headings; columns that are not named stay as they are."""

    model, related, permission = BlankForm, ("unit",), Permission.KEEP_FORMS
    body_class, answer_class = FieldsBody, FormDetail

    def call(self, **body: Any) -> BlankForm:
        return blanks.choose_fields(form=self.object, **body)
