"""The API of topics: lists, proposing, one topic with its timeline, every action."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import CreateView, find
from orgs.api.filters import UnitFilter
from orgs.models import User
from orgs.workflow.api import WorkflowActionView
from residents.deliberation.enums import Decider, TopicStage
from residents.deliberation.models import Poll, Topic, TopicEntry, TopicSide
from residents.deliberation.topics import names, queries
from residents.deliberation.topics.bodies import ProposeBody
from residents.deliberation.topics.course import eligibility, proposals
from residents.deliberation.topics.course.guards import score_of
from residents.deliberation.topics.course.specification import SPECIFICATIONS
from residents.deliberation.topics.course.workflow import WORKFLOW

# --- What is shown -------------------------------------------------------------------------------


class TopicRow(serializers.ModelSerializer):
    """A topic in a list. `petition`: whether enough have signed for the committee to convene."""

    unit = serializers.CharField(source="unit.code")
    petition = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields: tuple[str, ...] = (
            *("id", "unit", "title", "decider", "matter", "is_micro", "stage", "round"),
            *("proposed_as", "petition", "light", "due_by", "created_at", "moved_at"),
        )

    def get_petition(self, row: Topic) -> bool:
        return row.petition_at is not None

    def get_light(self, row: Topic) -> str | None:
        return row.light(timezone.now()) or None


class SignedRow(serializers.Serializer):
    """How many signed; `needed` by people or households, as the place's rules say."""

    people = serializers.IntegerField()
    households = serializers.IntegerField()
    area = serializers.IntegerField(help_text="0.01 m²")
    needed = serializers.IntegerField()
    counted_by = serializers.CharField()


class PetitionRow(serializers.Serializer):
    """How far a petition is, by heads and by area (0.01 m²)."""

    heads = serializers.IntegerField()
    heads_needed = serializers.IntegerField()
    all_heads = serializers.IntegerField()
    area = serializers.IntegerField()
    area_needed = serializers.IntegerField()
    all_area = serializers.IntegerField()
    by_area = serializers.BooleanField()
    percent = serializers.IntegerField()


class SideRow(serializers.ModelSerializer):
    class Meta:
        model = TopicSide
        fields = ("kind", "name", "statement", "stated_at")


class EntryRow(serializers.ModelSerializer):
    by = serializers.SerializerMethodField()
    side = serializers.CharField(source="side.label", default=None)
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = TopicEntry
        fields = ("id", "action", "by", "side", "at", "text", "round", "attachments")

    def get_by(self, row: TopicEntry) -> str:
        return names.author(row, self.context["names"])

    def get_attachments(self, row: TopicEntry) -> list[str]:
        return [str(one.attachment_id) for one in row.attached.all()]


class TopicDetail(TopicRow):
    """A whole topic, with what the reader may do."""

    sides = SideRow(many=True)
    co_signs = serializers.SerializerMethodField()
    petition_progress = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()
    polls = serializers.SerializerMethodField()

    class Meta(TopicRow.Meta):
        fields = (
            *TopicRow.Meta.fields,
            *("text", "text_version", "sides", "co_signs", "petition_progress", "convene_by"),
            *("order_by", "studied_on", "study", "decided_on", "decision_passed", "decision"),
            *("public_from", "public_until", "evaluated_until", "score", "closed_at"),
            *("available_actions", "entries", "polls"),
        )

    @extend_schema(responses=SignedRow)
    def get_co_signs(self, row: Topic) -> Any:
        signed = eligibility.counts(row)
        return {
            **vars(signed),
            "needed": eligibility.needed(row),
            "counted_by": row.rule.counted_by,
        }

    @extend_schema(responses=PetitionRow(allow_null=True))
    def get_petition_progress(self, row: Topic) -> Any:
        if not eligibility.has_petition(row):
            return None
        return PetitionRow(eligibility.petition(row)).data

    def get_available_actions(self, row: Topic) -> list[str]:
        return [one.value for one in WORKFLOW.available_actions(row, self.context["request"].user)]

    def get_score(self, row: Topic) -> int | None:
        """Not while people rate, as on the page."""
        return None if row.stage == TopicStage.EVALUATING else score_of(row)

    def get_polls(self, row: Topic) -> list[int]:
        seen = Poll.objects.visible_to(self.context["request"].user)
        return list(seen.filter(topic=row).order_by("-pk").values_list("pk", flat=True))

    @extend_schema(responses=EntryRow(many=True))
    def get_entries(self, row: Topic) -> Any:
        entries = list(queries.timeline(row))
        reader: User = self.context["request"].user
        shown = names.names_for((entry.by_id for entry in entries), reader, [row.person])
        return EntryRow(entries, many=True, context={"names": shown}).data


# --- Calls ---------------------------------------------------------------------------------------


class TopicFilter(FilterSet):
    unit = UnitFilter()
    stage = django_filters.MultipleChoiceFilter(choices=TopicStage.choices)
    decider = django_filters.ChoiceFilter(choices=Decider.choices)


class TopicListView(CreateView, ListAPIView):
    """The topics in sight, newest first; POST proposes one."""

    serializer_class = TopicRow
    body_class, answer_class = ProposeBody, TopicDetail
    filterset_class = TopicFilter
    queryset = Topic.objects.none()

    def get_queryset(self) -> QuerySet[Topic]:
        return queries.topics(self.request.user)

    def call(self, **body: Any) -> Topic:
        return proposals.propose(**body)


class TopicView(APIView):
    """One topic with its timeline and what the reader may do."""

    @extend_schema(responses=TopicDetail)
    def get(self, request: Request, pk: int) -> Response:
        row = find(queries.topic(request.user), pk=pk)
        return Response(TopicDetail(row, context={"request": request}).data)


class TopicActionView(WorkflowActionView):
    """Takes one action with a topic."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    answer_class = TopicDetail

    def find_row(self) -> Topic:
        row: Topic = find(queries.topic(self.request.user), pk=self.kwargs["pk"])
        return row
