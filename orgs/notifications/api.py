"""Notices over the API: one's own, and marking them as read."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.api.base import PostView
from orgs.models import Notice
from orgs.notifications import notifications


class NoticeRow(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, notice: Notice) -> dict[str, Any]:
        notice.text = notifications.text_of(notice)  # type: ignore[attr-defined]
        return super().to_representation(notice)


class NoticeListView(ListAPIView):
    """One's own notices, the newest first; `?unread=1` leaves out what was read."""

    serializer_class = NoticeRow
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        found = Notice.objects.filter(recipient=self.request.user.pk)
        return found.filter(read_at=None) if self.request.query_params.get("unread") else found


class ReadBody(serializers.Serializer):
    """Which notices; all where none is named."""

    ids = serializers.ListField(child=serializers.IntegerField(), max_length=200, required=False)


class NoticeReadView(PostView):
    """Marks notices as read; others' are left alone."""

    @extend_schema(
        request=ReadBody,
        responses={200: {"type": "object", "properties": {"read": {"type": "integer"}}}},
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = ReadBody(data=request.data)
        body.is_valid(raise_exception=True)
        notices = Notice.objects.all()
        if "ids" in body.validated_data:
            notices = notices.filter(pk__in=body.validated_data["ids"])
        assert request.user.is_authenticated
        count = notifications.read(notices=notices, by=request.user, now=timezone.now())
        return Response({"read": count})


urlpatterns = [
    path("notices/", NoticeListView.as_view(), name="notice-list"),
    path("notices/read/", NoticeReadView.as_view(), name="notice-read"),
]
