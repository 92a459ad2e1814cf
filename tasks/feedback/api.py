"""The API of feedback: what one is asked, and answering it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
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


class AnswerView(PostView):
    """POST rates a department, once."""

    @extend_schema(request=FeedbackBody, responses={200: None})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        user = signed_in(request)
        seen = DepartmentFeedback.objects.visible_to(user, one=True).select_related("round")
        row = find(seen, pk=kwargs["pk"], rater=user)
        body = FeedbackBody(data=request.data)
        body.is_valid(raise_exception=True)
        feedback.answer(feedback=row, by=user, now=timezone.now(), **body.validated_data)
        return Response({"id": row.pk})
