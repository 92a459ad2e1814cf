"""What the API shows of polls."""

from datetime import date
from typing import Any

from rest_framework import serializers

from residents.deliberation.enums import PollState, Rule
from residents.deliberation.models import (
    Checkpoint,
    Poll,
    PollObjection,
    Proxy,
    ResultFile,
    RollEntry,
)
from residents.deliberation.polls.count.rule_sheets import Sheet
from residents.deliberation.polls.course.workflow import WORKFLOW, disputable_until
from residents.deliberation.polls.queries import NameReader
from residents.deliberation.polls.roll import objections


class PollRow(serializers.ModelSerializer):
    """A poll of a list."""

    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = Poll
        fields: tuple[str, ...] = (
            *(
                "id",
                "title",
                "unit",
                "topic",
                "state",
                "mode",
                "electorate",
                "ballot",
                "rule",
                "matter",
            ),
            *("opens_at", "closes_at", "rehearsal"),
        )


class PollDetail(PollRow):
    """A whole poll; `text` is the announced text, of which `text_sha256` is the hash.

    `sheet` is the rule as it was frozen; `sheet_text` says it in the reader's language.
    """

    buildings = serializers.SerializerMethodField()
    questions = serializers.JSONField()
    settings = serializers.JSONField()
    sheet = serializers.JSONField()
    sheet_text = serializers.SerializerMethodField()
    disputable_until = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(PollRow.Meta):
        fields = (
            *PollRow.Meta.fields,
            *("buildings", "entrance", "questions", "settings", "sheet", "sheet_text", "text"),
            *("text_sha256", "announced_at", "opened_at", "roll_sha256"),
            *("roll_people", "roll_area"),
            *(
                "closed_at",
                "disputable_until",
                "published_at",
                "posted_until",
                "posting_ended_at",
                "ordered_until",
                "available_actions",
            ),
        )

    def get_buildings(self, row: Poll) -> list[str]:
        return [building.code for building in row.buildings.all()]

    def get_sheet_text(self, row: Poll) -> str:
        return Sheet.from_dict(row.sheet).text if row.sheet else ""

    def get_disputable_until(self, row: Poll) -> date | None:
        return disputable_until(row) if row.state == PollState.CLOSED else None

    def get_available_actions(self, row: Poll) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class RollPartRow(serializers.Serializer):
    household = serializers.CharField(source="code")
    area = serializers.IntegerField()
    area_source = serializers.CharField()


class RollEntryRow(serializers.ModelSerializer):
    """A voter with all the parts; areas in 0.01 m². The name is masked for who may not read it."""

    voter = serializers.SerializerMethodField()
    parts = RollPartRow(many=True)
    unclear = serializers.BooleanField(source="is_unclear")

    class Meta:
        model = RollEntry
        fields = (
            *("id", "number", "kind", "voter", "parts", "area", "delivered_at"),
            *("doubt", "decision", "unclear", "has_veto"),
        )

    def get_voter(self, row: RollEntry) -> str:
        return _reader(self.context["request"], row.poll).name(row)


class BallotReceipt(serializers.Serializer):
    """What a voter takes home; `nonce` null in a secret poll."""

    i = serializers.IntegerField()
    hash = serializers.CharField()
    nonce = serializers.CharField(allow_null=True)


class ReceiptDetail(BallotReceipt):
    """A receipt looked up again."""

    prev = serializers.CharField()
    commitment = serializers.CharField()
    state = serializers.CharField()
    choices = serializers.JSONField(allow_null=True)


class PaperAnswer(serializers.Serializer):
    """Where a paper ballot stands: entered once, in the box, or refused."""

    id = serializers.IntegerField()
    entry = serializers.IntegerField(source="entry_id")
    state = serializers.CharField()
    ballot = serializers.IntegerField(source="ballot.i", default=None, allow_null=True)


def _reader(request: Any, poll: Poll) -> NameReader:
    """The names of a roll as the reader may see them, found once a request."""
    if not hasattr(request, "name_reader"):
        request.name_reader = NameReader.of(request.user, poll)
    return request.name_reader


class PollProxyRow(serializers.ModelSerializer):
    """Who votes for whom; of an election by the whole names (居民委员会组织法 19)."""

    voter = serializers.SerializerMethodField()

    class Meta:
        model = Proxy
        fields = ("id", "entry", "voter", "holder_name", "at", "revoked_at")

    def get_voter(self, row: Proxy) -> str:
        poll = row.entry.poll
        if poll.rule == Rule.ELECTION:
            return row.entry.name
        return _reader(self.context["request"], poll).name(row.entry)


class DeliveryAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    entry = serializers.IntegerField(source="entry_id")
    how = serializers.CharField()
    at = serializers.DateTimeField()


class TurnoutAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    entry = serializers.IntegerField(source="entry_id")
    at = serializers.DateTimeField()


class VoterChoiceAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    household = serializers.CharField(source="household.code")
    person = serializers.IntegerField(source="person_id")
    separate = serializers.BooleanField()


class PollObjectionRow(serializers.ModelSerializer):
    """An objection; `name` in full for who answers it and for oneself, masked for others."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = PollObjection
        fields = ("id", "kind", "entry", "name", "reason", "at", "state", "answer", "answered_at")

    def get_name(self, row: PollObjection) -> str:
        request = self.context["request"]
        if not hasattr(request, "answers_objections"):
            request.answers_objections = objections.may_answer(request.user, row.poll)
        in_full = request.answers_objections
        return objections.objector(row, request.user, in_full=in_full)


class DisputeAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    ballot = serializers.IntegerField(source="ballot.i")
    decide_by = serializers.DateTimeField()
    counts = serializers.BooleanField(allow_null=True)


class ResultFileRow(serializers.ModelSerializer):
    class Meta:
        model = ResultFile
        fields = ("id", "name", "size", "sha256", "at")


class CheckpointRow(serializers.ModelSerializer):
    class Meta:
        model = Checkpoint
        fields = ("at", "i", "hash")


class BoardEntry(serializers.Serializer):
    """One link of the chain."""

    i = serializers.IntegerField()
    prev = serializers.CharField()
    commitment = serializers.CharField()
    hash = serializers.CharField()
    replaces = serializers.IntegerField(allow_null=True)


class Board(serializers.Serializer):
    """`note`: `held_elsewhere` or `not_imported` where nobody votes on this portal, else null."""

    poll = serializers.IntegerField()
    note = serializers.CharField(allow_null=True)
    entries = BoardEntry(many=True)


class Opening(serializers.Serializer):
    """A ballot opened, with the area of its voter (0.01 m²) and whether it counts."""

    i = serializers.IntegerField()
    entry = serializers.IntegerField()
    area = serializers.IntegerField()
    choices = serializers.JSONField()
    nonce = serializers.CharField()
    counts = serializers.BooleanField()


class Openings(serializers.Serializer):
    poll = serializers.IntegerField()
    total = serializers.JSONField()
    rule = serializers.JSONField()
    result = serializers.JSONField()
    entries = Opening(many=True)


class TallyAnswer(serializers.Serializer):
    """People and area (0.01 m²) side by side; before closing only what took part, `provisional` until
    the result is published. `note` says `held_elsewhere`, and after closing `not_imported`, until an
    official result is entered.
    """

    poll = serializers.IntegerField()
    state = serializers.CharField()
    rehearsal = serializers.BooleanField()
    provisional = serializers.BooleanField()
    note = serializers.CharField(allow_null=True)
    people = serializers.JSONField()
    area = serializers.JSONField()
    silent = serializers.JSONField(allow_null=True)
    quorum_met = serializers.BooleanField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    rule = serializers.JSONField()
    questions = serializers.JSONField()


class PlanDoor(serializers.Serializer):
    building = serializers.CharField()
    door = serializers.CharField()
    flats = serializers.IntegerField()
    area = serializers.IntegerField()


class PlanAnswer(serializers.Serializer):
    """How many are missing to take part, which count binds, and at which doors they live."""

    total = serializers.JSONField()
    participating = serializers.JSONField()
    missing = serializers.JSONField()
    binding = serializers.CharField()
    doors = PlanDoor(many=True)


def weight(people: int, area: int) -> dict[str, Any]:
    return {"people": people, "area": area}
