"""The API of classes of compounds."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from governance.assessment.classes import classes
from governance.assessment.enums import CompoundClassKind, Permission
from governance.assessment.models import CompoundClass
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.api.pagination import KeyPagination


class CompoundClassSerializer(serializers.ModelSerializer):
    """A class from a day until a day (none: in force), with the documents."""

    compound = serializers.CharField(source="compound.code")

    class Meta:
        model = CompoundClass
        fields = ["id", "compound", "kind", "starts", "ends", "reason", "end_reason"]


class AwardBody(serializers.Serializer):
    compound = UnitField()
    kind = EnumField(CompoundClassKind)
    starts = DayField()
    reason = serializers.CharField(max_length=200)


class WithdrawBody(serializers.Serializer):
    """`ends` is the last day on which the class counts."""

    ends = DayField()
    reason = serializers.CharField(max_length=200)


@extend_schema_view(
    get=extend_schema(
        operation_id="compound_classes_list", parameters=[OpenApiParameter("compound", str)]
    )
)
class CompoundClassListView(CreateView, VisibleListView):
    """The classes in sight, newest first, also those that ended; POST gives a compound a class."""

    serializer_class = answer_class = CompoundClassSerializer
    body_class = AwardBody
    permission = Permission.KEEP_CLASSES
    pagination_class = KeyPagination
    queryset = CompoundClass.objects.select_related("compound")

    def get_queryset(self) -> QuerySet[CompoundClass]:
        rows: QuerySet[CompoundClass] = super().get_queryset()
        code = self.request.query_params.get("compound", "")
        return rows.filter(compound__code=code) if code else rows

    def call(self, **body: Any) -> CompoundClass:
        return classes.award(**body)


class WithdrawClassView(ActionView):
    """POST takes a class away."""

    model, related = CompoundClass, ("compound",)
    body_class, answer_class = WithdrawBody, CompoundClassSerializer

    def call(self, **body: Any) -> CompoundClass:
        return classes.withdraw(held=self.object, **body)
