"""The API of collections: asking, admission, submissions, merged copies, the catalogue."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.data_forms.collections import bodies, collections, queries
from governance.data_forms.collections.specification import SPECIFICATIONS
from governance.data_forms.collections.workflow import WORKFLOW
from governance.data_forms.enums import Permission
from governance.data_forms.fillings.filters import LISTED, Filter
from governance.data_forms.models import (
    Collection,
    CollectionEntry,
    FilledRun,
)
from governance.data_forms.submissions import merging, submissions
from orgs.api.base import ActionView, CreateView, find
from orgs.web.throttling import count_upload
from orgs.workflow.api import WorkflowActionView
from tasks.enums import Light

# --- What is shown -------------------------------------------------------------------------------


class CollectionRow(serializers.ModelSerializer):
    """A collection, with how many communities were asked and have signed off."""

    form = serializers.CharField(source="form.name")
    street = serializers.CharField(source="street.code")
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    asked = serializers.IntegerField(read_only=True)
    signed = serializers.IntegerField(read_only=True)

    class Meta:
        model = Collection
        fields: tuple[str, ...] = (
            *("id", "form", "entry", "street", "department", "legal_basis", "purpose", "repeats"),
            *("period", "due_on", "state", "at", "opened_at", "delivered_at", "asked", "signed"),
        )


class CollectionEntryRow(serializers.ModelSerializer):
    by = serializers.CharField(allow_null=True)

    class Meta:
        model = CollectionEntry
        fields = ("id", "action", "by", "at", "text")


class PartRow(serializers.Serializer):
    """How far one community is."""

    submission = serializers.IntegerField(source="submission.pk")
    unit = serializers.CharField(source="submission.unit.code")
    state = serializers.CharField(source="submission.state")
    light = serializers.ChoiceField(choices=Light.choices)
    signed_at = serializers.DateTimeField(source="submission.signed_at", allow_null=True)


class CollectionDetail(CollectionRow):
    """A whole collection; `covered` names the columns that are handed over."""

    covered = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(CollectionRow.Meta):
        fields = (*CollectionRow.Meta.fields, "covered", "parts", "entries", "available_actions")

    def get_covered(self, row: Collection) -> dict[int, str]:
        return {place: str(ground) for place, ground in submissions.handed(row).items()}

    @extend_schema(responses=PartRow(many=True))
    def get_parts(self, row: Collection) -> Any:
        user = self.context["request"].user
        return PartRow(queries.parts(row, user, timezone.localdate()), many=True).data

    @extend_schema(responses=CollectionEntryRow(many=True))
    def get_entries(self, row: Collection) -> Any:
        return CollectionEntryRow(row.entries.select_related("by"), many=True).data

    def get_available_actions(self, row: Collection) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]

    def to_representation(self, instance: Collection) -> dict[str, Any]:
        # What a use-case gives is not annotated.
        if not hasattr(instance, "asked"):
            instance = find(queries.collections(self.context["request"].user), pk=instance.pk)
        return super().to_representation(instance)


class CopyRow(serializers.ModelSerializer):
    """A numbered copy; a worker makes it."""

    class Meta:
        model = FilledRun
        fields = ("id", "collection", "purpose", "asked_at", "expires_at")


# --- Calls ---------------------------------------------------------------------------------------


class CollectionListView(CreateView, ListAPIView):
    """The collections in sight, newest first; POST asks for a form that is not on the catalogue: one of
    the street, or (multipart) a workbook that comes along."""

    parser_classes = [JSONParser, MultiPartParser]

    serializer_class = CollectionRow
    body_class, answer_class = bodies.CollectionBody, CollectionDetail
    queryset = Collection.objects.none()

    def get_queryset(self) -> QuerySet[Collection]:
        if not self.request.user.has_perm(Permission.VIEW_COLLECTIONS):
            return Collection.objects.none()
        return queries.collections(self.user)

    def call(self, **body: Any) -> Collection:
        listed = {name: body.pop(name) for name in LISTED if name in body}
        if body.get("file"):
            count_upload(self.request)
        return collections.propose(**body, listed=Filter.of(listed))


class CollectionView(APIView):
    """One collection: who is how far, and what the reader may do."""

    @extend_schema(responses=CollectionDetail)
    def get(self, request: Request, pk: int) -> Response:
        row = _collection(request, pk)
        return Response(CollectionDetail(row, context={"request": request}).data)


class CollectionActionView(WorkflowActionView):
    """Takes one action with a collection."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    answer_class = CollectionDetail

    def find_row(self) -> Collection:
        return _collection(self.request, self.kwargs["pk"])


class CollectionCopyView(ActionView):
    """POST orders a merged copy of what is signed off, for a purpose."""

    model, related, status = Collection, ("street", "form"), 201
    permission = Permission.RECEIVE_FORMS
    body_class, answer_class = bodies.CopyBody, CopyRow

    def call(self, **body: Any) -> FilledRun:
        return merging.order(collection=self.object, **body)


def _collection(request: Request, pk: int) -> Collection:
    user: Any = request.user
    seen = queries.collections(user)
    row: Collection = find(
        seen if user.has_perm(Permission.VIEW_COLLECTIONS) else seen.none(), pk=pk
    )
    return row
