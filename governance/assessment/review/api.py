"""The API of appeals against scores."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from governance.assessment.enums import AppealState
from governance.assessment.models import Score, ScoreAppeal
from governance.assessment.review import appeals
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import RowsField
from orgs.api.pagination import KeyPagination
from orgs.models import Attachment


class ScoreAppealSerializer(serializers.ModelSerializer):
    """One appeal; `status` is waiting, granted or rejected."""

    status = serializers.ChoiceField(source="state", choices=AppealState.choices)

    class Meta:
        model = ScoreAppeal
        fields = [
            "id", "score", "indicator", "reason", "at", "status", "decision", "decided_at",
        ]  # fmt: skip


class AppealScoreBody(serializers.Serializer):
    """Why, about which indicator (none: the whole), with pictures that prove it."""

    reason = serializers.CharField(max_length=1000)
    indicator = serializers.CharField(max_length=40, required=False, allow_blank=True)
    attachments = RowsField(Attachment.objects.all(), required=False)


class DecideScoreBody(serializers.Serializer):
    """`leave_out` names rows of the indicator that count no more once the run is corrected."""

    granted = serializers.BooleanField()
    reason = serializers.CharField(max_length=1000)
    leave_out = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False, max_length=200,
    )  # fmt: skip


class ScoreAppealView(CreateView):
    """POST appeals against a score of one's own."""

    model, related = Score, ("run__scheme",)
    body_class, answer_class = AppealScoreBody, ScoreAppealSerializer

    def call(self, **body: Any) -> ScoreAppeal:
        return appeals.appeal(score=self.object, **body)


@extend_schema_view(get=extend_schema(operation_id="score_appeals_list"))
class ScoreAppealListView(VisibleListView):
    """The appeals in sight, newest first."""

    serializer_class = ScoreAppealSerializer
    pagination_class = KeyPagination
    queryset = ScoreAppeal.objects.all()


class DecideScoreAppealView(ActionView):
    """POST decides an appeal; whoever appealed or scored is answered 403 `own_case`."""

    model, related = ScoreAppeal, ("score__run__scheme",)
    body_class, answer_class = DecideScoreBody, ScoreAppealSerializer

    def call(self, **body: Any) -> ScoreAppeal:
        return appeals.decide(appeal=self.object, **body)
