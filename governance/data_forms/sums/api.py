"""The API of forms that count: what lines and cells mean, the numbers, who is behind one."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import Permission, Subject, SumKind
from governance.data_forms.fillings.bodies import FilterBody, filter_of
from governance.data_forms.lists.api import Entries, entries
from governance.data_forms.models import BlankForm, SumPart
from governance.data_forms.sums import parts, sums
from governance.data_forms.sums.counting import Number
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView
from orgs.api.fields import EnumField, UnitField


class PartRow(serializers.ModelSerializer):
    """A column (`row` 0), a row (`column` 0) or one cell; `says` is what it counts in words."""

    column = serializers.IntegerField(source="place")
    subject = EnumField(Subject, allow_blank=True)
    says = serializers.SerializerMethodField()

    class Meta:
        model = SumPart
        fields = [
            "row", "column", "text", "kind", "subject", "filters", "says", "match", "certainty",
            "formula",
        ]  # fmt: skip

    def get_says(self, part: SumPart) -> str:
        return parts.in_words(part)


class PartBody(FilterBody):
    """What a line or a cell counts; `subject` "" leaves it to the line across."""

    row = serializers.IntegerField(min_value=0, max_value=2_000_000)
    column = serializers.IntegerField(min_value=0, max_value=20_000)
    kind = EnumField(SumKind)
    subject = EnumField(Subject, required=False, allow_blank=True)
    unit = UnitField(required=False, allow_null=True)


class PartsView(ActionView):
    """The lines and cells of a form that counts; POST says what one of them counts."""

    model, related, permission = BlankForm, ("unit",), Permission.KEEP_FORMS
    body_class, answer_class = PartBody, PartRow
    queryset = SumPart.objects.none()

    @extend_schema(operation_id="blank_forms_parts", responses=PartRow(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return Response(PartRow(form_for(signed_in(request), pk).parts.all(), many=True).data)

    @extend_schema(operation_id="blank_forms_part")
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def call(self, *, row: int, column: int, kind: str, by: Any, now: Any, **sent: Any) -> SumPart:
        seen = self.object.parts.select_related("form__unit")
        part = get_object_or_404(seen, row=row, place=column)
        said = sent.pop("subject", "")
        return parts.choose(
            part=part, kind=SumKind(kind), subject=Subject(said) if said else None,
            filters_=filter_of(sent), by=by, now=now,
        )  # fmt: skip


class NumberRow(serializers.Serializer):
    """What stands in a cell, null where neither the portal nor anybody knows it; who typed it; what does
    not add up."""

    row = serializers.IntegerField(source="cell.part.row")
    column = serializers.IntegerField(source="cell.part.place")
    text = serializers.CharField(source="cell.text")
    value = serializers.SerializerMethodField("typed_or_counted")
    typed_by = serializers.CharField(source="answer.by", default=None, allow_null=True)
    typed_at = serializers.DateTimeField(source="answer.at", default=None, allow_null=True)
    formula = serializers.CharField(source="cell.part.formula")
    problems = serializers.ListField(child=serializers.CharField())

    @extend_schema_field({"type": "number", "nullable": True})
    def typed_or_counted(self, number: Number) -> float | None:
        return number.value


class Numbers(serializers.Serializer):
    """Every cell of a form that counts."""

    listed = serializers.CharField(source="who")
    cells = serializers.SerializerMethodField()

    @extend_schema_field(NumberRow(many=True))
    def get_cells(self, sheet: sums.Sheet) -> list[dict[str, Any]]:
        return [dict(NumberRow(number).data) for number in sheet.numbers.values()]


class NumbersView(GenericAPIView):
    """The numbers of a form that counts, as it would be filled now."""

    serializer_class = Numbers

    @extend_schema(operation_id="blank_forms_numbers", responses=Numbers)
    def get(self, request: Request, pk: int) -> Response:
        form = form_for(signed_in(request), pk)
        return Response(
            Numbers(sums.preview(form=form, by=signed_in(request), now=timezone.now())).data
        )


class BehindView(GenericAPIView):
    """Who is behind one number, fifty rows at a time; looking is recorded."""

    serializer_class = Entries

    @extend_schema(operation_id="blank_forms_behind", responses=Entries)
    def get(self, request: Request, pk: int, row: int, place: int) -> Response:
        form, user, now = form_for(signed_in(request), pk), signed_in(request), timezone.now()
        return _entries(request, form, sums.behind(form=form, place=(row, place), by=user, now=now))


class BehindColumnView(GenericAPIView):
    """Who is behind the number of a column, in the place of one row (its code)."""

    serializer_class = Entries

    @extend_schema(operation_id="blank_forms_behind_column", responses=Entries)
    def get(self, request: Request, pk: int, place: int, code: str) -> Response:
        form, user, now = form_for(signed_in(request), pk), signed_in(request), timezone.now()
        found = sums.behind_column(form=form, column=place, code=code, by=user, now=now)
        return _entries(request, form, found)


def _entries(request: Request, form: BlankForm, found: sums.Behind) -> Response:
    """The lines of who is counted."""
    listing = found.listing

    def shown(keys: list[int]) -> list[list[Any]]:
        return sums.opened(form=form, found=found, keys=keys, by=listing.by, now=listing.now)

    return Response(entries(request, listing, found.who, shown))
