"""The API of collections: asking, admission, submissions, merged copies, the catalogue."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.data_forms.collections import (
    bodies,
    catalogue,
    collections,
    costs,
    filling,
    merging,
    queries,
    submissions,
)
from governance.data_forms.collections.specification import (
    SPECIFICATIONS,
    SUBMISSION_SPECIFICATIONS,
)
from governance.data_forms.collections.workflow import SUBMISSION_WORKFLOW, WORKFLOW
from governance.data_forms.enums import Permission, SubmissionAction
from governance.data_forms.fillings.bodies import ListedBody
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    CatalogueForm,
    Collection,
    CollectionEntry,
    FilledRun,
    Submission,
    SubmissionEntry,
)
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, find
from orgs.errors import NotAllowed
from orgs.values.sentences import gettext as _
from orgs.web.throttling import count_upload
from orgs.workflow.api import WorkflowActionView
from tasks.enums import Light

LISTED = tuple(ListedBody().fields)

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


class SubmissionSummary(serializers.ModelSerializer):
    """What one community was asked for."""

    unit = serializers.CharField(source="unit.code")
    form = serializers.CharField(source="collection.form.name")
    due_on = serializers.DateField(source="collection.due_on")
    light = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields: tuple[str, ...] = (
            *("id", "collection", "unit", "form", "due_on", "state", "light", "filled_at"),
            *("cells", "known", "typed", "minutes", "signed_at"),
        )

    @extend_schema(responses=serializers.ChoiceField(choices=Light.choices))
    def get_light(self, row: Submission) -> str:
        return row.light(timezone.localdate()).value


class SubmissionEntryRow(serializers.ModelSerializer):
    by = serializers.CharField(allow_null=True)

    class Meta:
        model = SubmissionEntry
        fields = ("id", "action", "by", "at", "text", "rows")


class SubmissionDetail(SubmissionSummary):
    """With its timeline; rows are read on the page, where it is recorded who saw whom."""

    entries = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(SubmissionSummary.Meta):
        fields = (*SubmissionSummary.Meta.fields, "entries", "available_actions")

    @extend_schema(responses=SubmissionEntryRow(many=True))
    def get_entries(self, row: Submission) -> Any:
        return SubmissionEntryRow(row.entries.select_related("by"), many=True).data

    def get_available_actions(self, row: Submission) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in SUBMISSION_WORKFLOW.available_actions(row, user)]


class CatalogueRow(serializers.ModelSerializer):
    """A form of the catalogue with what it has cost; shares in per mille, `asked_twice` by heading."""

    name = serializers.CharField(source="form.name")
    street = serializers.CharField(source="street.code")
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    cost = serializers.SerializerMethodField()

    class Meta:
        model = CatalogueForm
        fields = (
            *("id", "name", "street", "department", "legal_basis", "purpose", "repeats"),
            *("admitted_at", "ends", "cost"),
        )

    def get_cost(self, row: CatalogueForm) -> dict[str, Any]:
        known = self.context.get("costs") or {one.entry.pk: one for one in costs.costs([row])}
        cost = known[row.pk]
        numbers = ("columns", "collections", "submissions", "typed", "minutes", "share")
        twice = {heading: [one.pk for one in others] for heading, others in cost.twice.items()}
        return {name: getattr(cost, name) for name in numbers} | {"asked_twice": twice}


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


class SubmissionListView(ListAPIView):
    """What communities in sight were asked for, newest first."""

    serializer_class = SubmissionSummary
    queryset = Submission.objects.none()

    def get_queryset(self) -> QuerySet[Submission]:
        user: Any = self.request.user
        if not user.has_perm(Permission.VIEW_COLLECTIONS):
            return Submission.objects.none()
        return queries.submissions(user)


class SubmissionView(APIView):
    """One community's part."""

    @extend_schema(responses=SubmissionDetail)
    def get(self, request: Request, pk: int) -> Response:
        row = _submission(request, pk)
        return Response(SubmissionDetail(row, context={"request": request}).data)


class SubmissionActionView(WorkflowActionView):
    """Takes one action with a submission."""

    workflow = SUBMISSION_WORKFLOW
    specifications = SUBMISSION_SPECIFICATIONS
    answer_class = SubmissionDetail

    def find_row(self) -> Submission:
        return _submission(self.request, self.kwargs["pk"])


class RefillView(ActionView):
    """POST has a submission filled anew from the rosters."""

    model = Submission
    related = ("unit", "collection__form", "collection__street", "collection__entry")
    permission = SubmissionAction.SIGN.permission
    answer_class = SubmissionDetail

    def call(self, **body: Any) -> Submission:
        return filling.refill(submission=self.object, **body)


class WithdrawConsentView(ActionView):
    """POST enters who takes the consent back."""

    model = Submission
    related = ("unit", "collection__form", "collection__street", "collection__entry")
    permission = SubmissionAction.SIGN.permission
    body_class: ClassVar[type[bodies.ConsentRowsBody]] = bodies.ConsentRowsBody
    answer_class = SubmissionDetail

    def call(self, **body: Any) -> Submission:
        submissions.withdraw_consent(submission=self.object, **body)
        row: Submission = self.object
        return row


class ConsentView(WithdrawConsentView):
    """POST enters who agreed to columns being handed over that need it."""

    body_class = bodies.ConsentBody

    def call(self, **body: Any) -> Submission:
        submissions.consent(submission=self.object, **body)
        row: Submission = self.object
        return row


class CatalogueListView(ListAPIView):
    """The forms of the catalogues in sight, with what each has cost."""

    serializer_class = CatalogueRow
    queryset = CatalogueForm.objects.none()

    def get_queryset(self) -> QuerySet[CatalogueForm]:
        user: Any = self.request.user
        if not user.has_perm(Permission.VIEW_COLLECTIONS):
            return CatalogueForm.objects.none()
        return queries.catalogue(user, timezone.now())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        known = {cost.entry.pk: cost for cost in costs.costs(page)}
        context = {**self.get_serializer_context(), "costs": known}
        return self.get_paginated_response(CatalogueRow(page, many=True, context=context).data)


class MonthRow(serializers.Serializer):
    """What forms cost in one month."""

    month = serializers.DateField(source="first")
    forms = serializers.IntegerField()
    entries = serializers.IntegerField()
    typed = serializers.IntegerField()
    minutes = serializers.IntegerField()
    asked_twice = serializers.IntegerField(source="twice")


class BurdenView(APIView):
    """What forms cost month by month, the oldest of twelve first."""

    @extend_schema(operation_id="form_catalogue_burden", responses=MonthRow(many=True))
    def get(self, request: Request) -> Response:
        user = signed_in(request)
        if not user.has_perm(Permission.VIEW_BURDEN):
            raise NotAllowed(_("The street and the district see what forms cost."))
        return Response(MonthRow(costs.months(user, timezone.now()), many=True).data)


class CatalogueAskView(ActionView):
    """POST asks communities for a form of the catalogue: it is open at once."""

    model, related, status = CatalogueForm, ("street", "form", "department"), 201
    permission = Permission.ASK_FOR_FORMS
    body_class, answer_class = bodies.AskBody, CollectionDetail

    def call(self, **body: Any) -> Collection:
        return collections.ask(entry=self.object, **body)


class CatalogueProposeView(ActionView):
    """POST asks for a form that was taken off the catalogue: the street admits it anew."""

    model, related, status = CatalogueForm, ("street", "form", "department"), 201
    permission = Permission.ASK_FOR_FORMS
    body_class, answer_class = bodies.AgainBody, CollectionDetail

    def call(self, **body: Any) -> Collection:
        return collections.propose_anew(entry=self.object, **body)


class CatalogueEndView(ActionView):
    """POST takes a form off the catalogue."""

    model, related = CatalogueForm, ("street", "form", "department")
    permission = Permission.KEEP_CATALOGUE
    body_class, answer_class = bodies.EndBody, CatalogueRow

    def call(self, **body: Any) -> CatalogueForm:
        return catalogue.end(entry=self.object, **body)


def _collection(request: Request, pk: int) -> Collection:
    user: Any = request.user
    seen = queries.collections(user)
    row: Collection = find(
        seen if user.has_perm(Permission.VIEW_COLLECTIONS) else seen.none(), pk=pk
    )
    return row


def _submission(request: Request, pk: int) -> Submission:
    user: Any = request.user
    seen = queries.submissions(user)
    row: Submission = find(
        seen if user.has_perm(Permission.VIEW_COLLECTIONS) else seen.none(), pk=pk
    )
    return row
