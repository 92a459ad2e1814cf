"""The API of rings for help, of teams, pairs and consents."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.workflow.api import WorkflowActionView
from volunteers.service.enums import Level, Permission, RingState
from volunteers.service.models import CloudPair, ProxyConsent, ProxyTeam, Ring
from volunteers.service.orders import contacts
from volunteers.service.orders.api import ContactSerializer
from volunteers.service.orders.bodies import PurposeBody
from volunteers.service.proxies import consents, queries, rings, teams
from volunteers.service.proxies.bodies import ConsentBody, PairBody, RingBody
from volunteers.service.proxies.specification import SPECIFICATIONS
from volunteers.service.proxies.workflow import WORKFLOW


class RingSerializer(serializers.ModelSerializer):
    """One ring in a list; `taker` is the key of the participant who answered."""

    status = serializers.ChoiceField(source="state", choices=RingState.choices)
    unit = serializers.CharField(source="unit.code")
    taker = serializers.IntegerField(source="taker_id", allow_null=True)
    pair = serializers.IntegerField(source="pair_id", allow_null=True)

    class Meta:
        model = Ring
        fields = [
            "id", "status", "unit", "matter", "level", "rung_at", "due_at", "taker", "taken_at",
            "pair", "done_at", "zero_trips", "at_once",
        ]  # fmt: skip


class OneRingSerializer(RingSerializer):
    """One ring with what may be done with it now."""

    available_actions = serializers.SerializerMethodField()

    class Meta(RingSerializer.Meta):
        fields = [*RingSerializer.Meta.fields, "available_actions"]

    def get_available_actions(self, row: Ring) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class RingFilter(FilterSet):
    unit = UnitFilter(field_name="unit")
    status = ChoiceFilter(field_name="state", choices=RingState.choices)
    level = ChoiceFilter(choices=Level.choices)


@extend_schema_view(get=extend_schema(operation_id="rings_list"))
class RingListView(CreateView, VisibleListView):
    """The rings in sight, newest first; POST rings for help."""

    serializer_class = RingSerializer
    answer_class = OneRingSerializer
    body_class = RingBody
    pagination_class = KeyPagination
    filterset_class = RingFilter
    queryset = Ring.objects.all()

    def get_queryset(self) -> QuerySet[Ring]:
        return queries.whole(super().get_queryset())

    def call(self, **body: Any) -> Ring:
        return rings.ring(**body)


@extend_schema_view(get=extend_schema(operation_id="rings_retrieve"))
class RingView(RetrieveAPIView):
    """One ring in sight."""

    serializer_class = OneRingSerializer
    queryset = Ring.objects.all()

    def get_queryset(self) -> QuerySet[Ring]:
        return queries.whole(Ring.objects.visible_to(self.request.user, one=True))


class RingActionView(WorkflowActionView):
    """Takes one action with a ring."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = OneRingSerializer

    def find_row(self) -> Ring:
        seen = Ring.objects.visible_to(self.user, one=True)
        row: Ring | None = queries.whole(seen).filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row


@extend_schema_view(post=extend_schema(operation_id="rings_reveal_contact"))
class RingRevealView(ActionView):
    """POST shows whom to call, for a purpose that is kept."""

    model, related = Ring, ("unit", "taker", "person", "rung_by")
    body_class, answer_class = PurposeBody, ContactSerializer
    is_remembered = False

    def call(self, **body: Any) -> contacts.Contact:
        return contacts.reveal(row=self.object, **body)


class ProxyTeamSerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = ProxyTeam
        fields = ["id", "unit", "name", "phone", "hours"]


@extend_schema_view(get=extend_schema(operation_id="proxy_teams_list"))
class TeamListView(VisibleListView):
    """The teams of proxy help in sight."""

    serializer_class = ProxyTeamSerializer
    pagination_class = KeyPagination
    queryset = ProxyTeam.objects.select_related("unit")


class PairSerializer(serializers.ModelSerializer):
    """A pair of cloud help; `person` is the key of the volunteer's participant."""

    unit = serializers.CharField(source="unit.code")
    person = serializers.IntegerField(source="volunteer_id")
    volunteer = serializers.CharField(source="volunteer.name")
    helper = serializers.CharField(source="helper.name")

    class Meta:
        model = CloudPair
        fields = ["id", "unit", "person", "volunteer", "helper", "matters", "starts", "ends"]


@extend_schema_view(get=extend_schema(operation_id="cloud_pairs_list"))
class PairListView(CreateView, VisibleListView):
    """The pairs in sight; POST pairs a volunteer with a government helper."""

    serializer_class = answer_class = PairSerializer
    body_class, permission = PairBody, Permission.KEEP_TEAMS
    pagination_class = KeyPagination
    queryset = CloudPair.objects.select_related("unit", "volunteer", "helper")

    def call(self, **body: Any) -> CloudPair:
        return teams.pair(**body)


class PairEndView(ActionView):
    """POST ends a pair with today."""

    model, related = CloudPair, ("unit", "volunteer", "helper")
    answer_class = PairSerializer

    def call(self, **body: Any) -> CloudPair:
        return teams.end_pair(pair=self.object, **body)


class ConsentSerializer(serializers.ModelSerializer):
    """A consent; `helper` is the key of the participant who may act."""

    person = serializers.IntegerField(source="person_id")
    helper = serializers.IntegerField(source="helper_id", allow_null=True)

    class Meta:
        model = ProxyConsent
        fields = [
            *("id", "person", "helper", "matter", "way", "witness", "starts", "ends"),
            "withdrawn_at",
        ]


@extend_schema_view(get=extend_schema(operation_id="proxy_consents_list"))
class ConsentListView(CreateView, VisibleListView):
    """The consents in sight; POST records that somebody lets another act for them."""

    serializer_class = answer_class = ConsentSerializer
    body_class, permission = ConsentBody, Permission.HELP_RESIDENTS
    pagination_class = KeyPagination
    queryset = ProxyConsent.objects.all()

    def call(self, **body: Any) -> ProxyConsent:
        return consents.record(**body)


class ConsentWithdrawView(ActionView):
    """POST withdraws a consent at once: the person, or the desk that was told."""

    model, related = ProxyConsent, ("person",)
    answer_class = ConsentSerializer

    def call(self, **body: Any) -> ProxyConsent:
        return consents.withdraw(consent=self.object, **body)
