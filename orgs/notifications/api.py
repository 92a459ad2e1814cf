"""Notices over the API: one's own, and marking them as read."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django_filters.rest_framework import FilterSet
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView
from orgs.api.fields import KeyField
from orgs.api.filters import EmptyFilter
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


class NoticeFilter(FilterSet):
    unread = EmptyFilter(field_name="read_at")


class NoticeListView(ListAPIView):
    """One's own notices, the newest first; `?unread=1` leaves out what was read."""

    serializer_class = NoticeRow
    filterset_class = NoticeFilter
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.filter(recipient=self.request.user.pk)


class ReadBody(serializers.Serializer):
    """Which notices; all where none is named."""

    ids = serializers.ListField(child=KeyField(), max_length=200, required=False)


class ReadCount(serializers.Serializer):
    read = serializers.IntegerField()


class NoticeReadView(ActionView):
    """Marks notices as read; others' are left alone."""

    body_class, answer_class = ReadBody, ReadCount

    def call(self, *, ids: list[int] | None = None, **who: Any) -> dict[str, int]:
        notices = Notice.objects.all() if ids is None else Notice.objects.filter(pk__in=ids)
        return {"read": notifications.read(notices=notices, **who)}


urlpatterns = [
    path("notices/", NoticeListView.as_view(), name="notice-list"),
    path("notices/read/", NoticeReadView.as_view(), name="notice-read"),
]
