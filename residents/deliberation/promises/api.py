"""The API of promises, objections and what people think of the result."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView, find
from orgs.api.fields import DayField, EnumField, RowsField
from orgs.models import Attachment
from residents.deliberation.enums import SideKind
from residents.deliberation.models import Promise, PromiseEntry, PromisePart, Topic, TopicObjection
from residents.deliberation.models.promises import MAX_BUDGET_FEN
from residents.deliberation.promises import objections, promises, queries


class PromisePartRow(serializers.ModelSerializer):
    class Meta:
        model = PromisePart
        fields = ("side", "text", "result", "done_at")


class ProgressRow(serializers.ModelSerializer):
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = PromiseEntry
        fields = ("id", "text", "at", "attachments")

    def get_attachments(self, row: PromiseEntry) -> list[str]:
        return [str(one.attachment_id) for one in row.attached.all()]


class PromiseRow(serializers.ModelSerializer):
    """What a decision promises; `budget_fen` is in fen, `order` the number of its work order."""

    parts = PromisePartRow(many=True)
    entries = ProgressRow(many=True)
    light = serializers.SerializerMethodField()

    class Meta:
        model = Promise
        fields = (
            *("id", "topic", "round", "text", "owner", "budget_fen", "due_on", "light", "state"),
            *("ended_on", "order", "parts", "entries"),
        )

    def get_light(self, row: Promise) -> str | None:
        return row.light(timezone.localdate()) or None


class PromiseBody(serializers.Serializer):
    text = serializers.CharField(max_length=200)
    owner = serializers.CharField(max_length=60)
    due_on = DayField()
    budget_fen = serializers.IntegerField(required=False, min_value=0, max_value=MAX_BUDGET_FEN)
    parts = serializers.DictField(child=serializers.CharField(max_length=200), required=False)

    def validate_parts(self, value: dict[str, str]) -> dict[str, str]:
        for side in value:
            if side not in SideKind.values:
                raise serializers.ValidationError(side)
        return value


class ProgressBody(serializers.Serializer):
    text = serializers.CharField(max_length=2000)
    attachments = RowsField(Attachment.objects.all(), required=False, max_length=9)


class PromiseEndBody(ProgressBody):
    done = serializers.BooleanField(required=False)


class PromisePartBody(serializers.Serializer):
    side = EnumField(SideKind)
    result = serializers.CharField(max_length=300)


class PromiseOrderBody(serializers.Serializer):
    category = serializers.CharField(max_length=60)


def _topic(view: Any) -> Topic:
    row: Topic = find(Topic.objects.visible_to(view.request.user, one=True), pk=view.kwargs["pk"])
    return row


class PromiseListView(CreateView, ListAPIView):
    """What a topic's decision promises; POST adds something."""

    model, related = Topic, ("unit", "rule")
    serializer_class = answer_class = PromiseRow
    body_class = PromiseBody
    queryset = Promise.objects.none()

    def get_queryset(self) -> QuerySet[Promise]:
        return queries.promises(_topic(self)).order_by("-pk")

    def call(self, **body: Any) -> Promise:
        return promises.promise(topic=self.object, **body)


class _PromiseAction(ActionView):
    model, related = Promise, ("topic__unit",)
    answer_class = PromiseRow


@extend_schema_view(post=extend_schema(operation_id="promises_report"))
class ProgressView(_PromiseAction):
    """POST says how far a promise is."""

    body_class = ProgressBody

    def call(self, **body: Any) -> Promise:
        return promises.report(promise=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="promises_end"))
class EndView(_PromiseAction):
    """POST says that a promise is done, or (`done: false`) dropped, and why."""

    body_class = PromiseEndBody

    def call(self, **body: Any) -> Promise:
        return promises.end(promise=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="promises_part"))
class PartView(_PromiseAction):
    """POST says that a side has done its part."""

    body_class = PromisePartBody

    def call(self, **body: Any) -> Promise:
        return promises.finish_part(promise=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="promises_order"))
class OrderView(_PromiseAction):
    """POST opens a work order for a promise."""

    body_class = PromiseOrderBody

    def call(self, **body: Any) -> Promise:
        return promises.open_order(promise=self.object, **body)


class TopicObjectionRow(serializers.ModelSerializer):
    """An objection under the real name, as far as the reader may see it."""

    by = serializers.SerializerMethodField()

    class Meta:
        model = TopicObjection
        fields = ("id", "topic", "round", "text", "by", "at", "answer", "answered_at")

    def get_by(self, row: TopicObjection) -> str:
        return queries.objector(row, self.context["request"].user)


class TopicObjectionBody(serializers.Serializer):
    text = serializers.CharField(max_length=2000)


class TopicAnswerBody(serializers.Serializer):
    answer = serializers.CharField(max_length=2000)


class ObjectionListView(CreateView, ListAPIView):
    """The objections to a topic's decision; POST adds one while it is public."""

    model, related = Topic, ("unit", "rule")
    serializer_class = answer_class = TopicObjectionRow
    body_class = TopicObjectionBody
    queryset = TopicObjection.objects.none()

    def get_queryset(self) -> QuerySet[TopicObjection]:
        return queries.objections(_topic(self)).order_by("-pk")

    def call(self, **body: Any) -> TopicObjection:
        return objections.object_to(topic=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="objections_answer"))
class AnswerView(ActionView):
    """POST answers an objection, once."""

    model, related = TopicObjection, ("topic__unit", "by")
    body_class, answer_class = TopicAnswerBody, TopicObjectionRow

    def call(self, **body: Any) -> TopicObjection:
        return objections.answer(objection=self.object, **body)
