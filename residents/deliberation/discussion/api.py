"""The API of discussions: what was said, saying something, hiding, appealing, deciding."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView, find
from residents.deliberation.discussion import discussion, queries
from residents.deliberation.models import Comment, Topic
from residents.deliberation.models.comments import MAX_COMMENT


class CommentBody(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_COMMENT)
    answers = serializers.PrimaryKeyRelatedField(
        queryset=Comment.objects.all(), required=False, allow_null=True
    )


class HideBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class AppealBody(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class DecideBody(serializers.Serializer):
    granted = serializers.BooleanField()
    reason = serializers.CharField(max_length=300)


class CommentRow(serializers.ModelSerializer):
    """A contribution; the text of a hidden one is for its author and for who moderates."""

    by = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = (
            *("id", "topic", "answers", "by", "text", "at", "state"),
            *("reason", "appeal", "decision"),
        )

    @cached_property
    def readings(self) -> dict[int, queries.Reading]:
        """What this reader sees of the rows, made once."""
        shown: Any = self.root.instance
        rows = list(shown) if isinstance(shown, (list, QuerySet)) else [shown]
        found = queries.readings(rows, self.context["request"].user)
        return {one.comment.pk: one for one in found}

    def get_by(self, row: Comment) -> str:
        return self.readings[row.pk].author

    def get_text(self, row: Comment) -> str:
        return self.readings[row.pk].text

    def to_representation(self, instance: Comment) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not self.readings[instance.pk].sees_all:
            shown["appeal"] = ""
        return shown


class CommentListView(CreateView, ListAPIView):
    """The discussion of a topic, newest first; POST adds a contribution or an answer."""

    model, related = Topic, ("unit", "rule")
    serializer_class = answer_class = CommentRow
    body_class = CommentBody
    queryset = Comment.objects.none()

    def get_queryset(self) -> QuerySet[Comment]:
        topic = find(Topic.objects.visible_to(self.request.user, one=True), pk=self.kwargs["pk"])
        return queries.comments(topic).order_by("-pk")

    def call(self, **body: Any) -> Comment:
        return discussion.say(topic=self.object, **body)


class _CommentAction(ActionView):
    model, related = Comment, ("topic__unit", "by")
    answer_class = CommentRow


@extend_schema_view(post=extend_schema(operation_id="comments_hide"))
class HideView(_CommentAction):
    """POST hides a contribution; the reason is public."""

    body_class = HideBody

    def call(self, **body: Any) -> Comment:
        return discussion.hide(comment=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="comments_appeal"))
class AppealView(_CommentAction):
    """POST asks for another look at the own hidden contribution."""

    body_class = AppealBody

    def call(self, **body: Any) -> Comment:
        return discussion.appeal(comment=self.object, **body)


@extend_schema_view(post=extend_schema(operation_id="comments_decide_appeal"))
class DecideAppealView(_CommentAction):
    """POST decides an appeal; never by whoever hid it."""

    body_class = DecideBody

    def call(self, **body: Any) -> Comment:
        return discussion.decide_appeal(comment=self.object, **body)
