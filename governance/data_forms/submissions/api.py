"""The API of submissions: what communities were asked for, signing off, sending back, consents."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.data_forms.enums import Permission, SubmissionAction
from governance.data_forms.models import (
    Submission,
    SubmissionEntry,
)
from governance.data_forms.submissions import bodies, filling, queries, submissions
from governance.data_forms.submissions.specification import SUBMISSION_SPECIFICATIONS
from governance.data_forms.submissions.workflow import SUBMISSION_WORKFLOW
from orgs.api.base import ActionView, find
from orgs.workflow.api import WorkflowActionView
from tasks.enums import Light


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


def _submission(request: Request, pk: int) -> Submission:
    user: Any = request.user
    seen = queries.submissions(user)
    row: Submission = find(
        seen if user.has_perm(Permission.VIEW_COLLECTIONS) else seen.none(), pk=pk
    )
    return row
