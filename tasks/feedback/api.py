"""The API of feedback: what one is asked, and answering it."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView
from tasks.feedback import feedback
from tasks.models import DepartmentFeedback


class InvitationSerializer(serializers.ModelSerializer):
    """One department that one is asked to rate."""

    department = serializers.CharField(source="department.code")
    street = serializers.CharField(source="round.street.code")
    first = serializers.DateField(source="round.first")
    last = serializers.DateField(source="round.last")
    closes_on = serializers.DateField(source="round.closes_on")

    class Meta:
        model = DepartmentFeedback
        fields = ["id", "department", "street", "first", "last", "closes_on"]


class FeedbackBody(serializers.Serializer):
    responds = serializers.IntegerField(min_value=1, max_value=5)
    solves = serializers.IntegerField(min_value=1, max_value=5)
    manner = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)


class InvitationListView(ListAPIView):
    """The departments that one has not rated yet."""

    serializer_class = InvitationSerializer

    def get_queryset(self) -> QuerySet[DepartmentFeedback]:
        return feedback.waiting_for(signed_in(self.request), timezone.localdate())


class AnsweredSerializer(serializers.ModelSerializer):
    class Meta:
        model = DepartmentFeedback
        fields = ["id"]


class AnswerView(ActionView):
    """POST rates a department, once."""

    body_class, answer_class = FeedbackBody, AnsweredSerializer

    def get_object(self) -> DepartmentFeedback:
        seen = DepartmentFeedback.objects.visible_to(self.user, one=True).select_related("round")
        return get_object_or_404(seen, pk=self.kwargs["pk"], rater=self.user)

    def call(self, **body: Any) -> DepartmentFeedback:
        feedback.answer(feedback=self.object, **body)
        return self.object
