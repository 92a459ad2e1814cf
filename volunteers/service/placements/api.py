"""The API of bonds with families, teams sent to communities, and the pool of secretaries-to-be."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.api.pagination import KeyPagination
from residents.models import Household
from volunteers.members.api import OrganisationField
from volunteers.service.enums import ConsentWay, Permission
from volunteers.service.models import (
    FamilyBond,
    Participant,
    SecretaryCandidate,
    WorkTeam,
    WorkTeamMember,
)
from volunteers.service.placements import bonds, candidates, forms, queries, work_teams


class ServingField(serializers.PrimaryKeyRelatedField):
    """Somebody who serves, in sight of whoever asks, by the key of the participant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Participant.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Participant]:
        seen: QuerySet[Participant] = Participant.objects.visible_to(self.context["request"].user)
        return seen


@extend_schema_field(OpenApiTypes.STR)
class HomeField(serializers.Field):
    """A family by its door or code, among the places whose service is kept, as the page takes it."""

    def to_internal_value(self, data: Any) -> Household:
        homes = queries.homes_at_door(str(data)[:60], self.context["request"].user)
        if len(homes) != 1:
            raise serializers.ValidationError(forms.HomeField.sentence(homes), code="unknown")
        return homes[0]


class PlacementEndBody(serializers.Serializer):
    on = DayField(required=False, allow_null=True)


class BondSerializer(serializers.ModelSerializer):
    """One bond; `person` is the key of the participant."""

    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    household = serializers.CharField(source="household.code")

    class Meta:
        model = FamilyBond
        fields = ["id", "person", "name", "household", "note", "consent", "starts", "ends"]


class BondBody(serializers.Serializer):
    person = ServingField(source="participant")
    household = HomeField()
    note = serializers.CharField(max_length=200)
    consent = EnumField(ConsentWay)
    consent_by = serializers.CharField(max_length=40)
    starts = DayField()


@extend_schema_view(get=extend_schema(operation_id="family_bonds_list"))
class BondListView(CreateView, VisibleListView):
    """The bonds in sight, newest first; POST writes one down, with the family's consent."""

    serializer_class = answer_class = BondSerializer
    body_class = BondBody
    permission = Permission.KEEP_REPORTINS
    pagination_class = KeyPagination
    queryset = FamilyBond.objects.select_related("participant", "household")

    def call(self, **body: Any) -> FamilyBond:
        return bonds.bond(**body)


class BondEndView(ActionView):
    """POST ends a bond: whoever keeps the place, or the member."""

    model, related = FamilyBond, ("participant", "household__building")
    body_class, answer_class = PlacementEndBody, BondSerializer

    def call(self, **body: Any) -> FamilyBond:
        return bonds.end_bond(bond_row=self.object, **body)


class TeamMemberSerializer(serializers.ModelSerializer):
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    employer = serializers.CharField(source="employer.code")

    class Meta:
        model = WorkTeamMember
        fields = ["id", "person", "name", "employer", "leads", "starts", "ends"]


class WorkTeamSerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="unit.code")
    members = TeamMemberSerializer(many=True)

    class Meta:
        model = WorkTeam
        fields = ["id", "unit", "name", "starts", "ends", "members"]


class WorkTeamBody(serializers.Serializer):
    unit = UnitField()
    name = serializers.CharField(max_length=60)
    starts = DayField()


@extend_schema_view(get=extend_schema(operation_id="work_teams_list"))
class WorkTeamListView(CreateView, VisibleListView):
    """The teams in sight, newest first; POST sets one up at a community."""

    serializer_class = answer_class = WorkTeamSerializer
    body_class = WorkTeamBody
    pagination_class = KeyPagination
    queryset = WorkTeam.objects.all()

    def get_queryset(self) -> QuerySet[WorkTeam]:
        return queries.with_members(super().get_queryset())

    def call(self, **body: Any) -> WorkTeam:
        return work_teams.found(**body)


class SendBody(serializers.Serializer):
    person = ServingField(source="participant")
    employer = OrganisationField()
    leads = serializers.BooleanField(required=False)
    starts = DayField()


class SendView(CreateView):
    """POST sends somebody to a team."""

    model, related = WorkTeam, ("unit",)
    body_class, answer_class = SendBody, TeamMemberSerializer

    def call(self, **body: Any) -> WorkTeamMember:
        return work_teams.send(team=self.object, **body)


class WorkTeamEndView(ActionView):
    """POST ends a team."""

    model, related = WorkTeam, ("unit",)
    body_class, answer_class = PlacementEndBody, WorkTeamSerializer

    def call(self, **body: Any) -> WorkTeam:
        return work_teams.end(team=self.object, **body)


class RotateView(ActionView):
    """POST ends somebody's time in a team."""

    model, related = WorkTeamMember, ("participant", "employer", "team__unit")
    body_class, answer_class = PlacementEndBody, TeamMemberSerializer

    def call(self, **body: Any) -> WorkTeamMember:
        return work_teams.rotate(member=self.object, **body)


class CandidateSerializer(serializers.ModelSerializer):
    status = serializers.CharField(source="state")
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = SecretaryCandidate
        fields = [
            *("id", "status", "person", "name", "unit", "text", "branch_at", "community_at"),
            *("consented_at", "starts", "ends", "reason"),
        ]


class ProposeBody(serializers.Serializer):
    person = ServingField(source="participant")
    unit = UnitField()
    text = serializers.CharField(max_length=2000)


@extend_schema_view(get=extend_schema(operation_id="secretary_candidates_list"))
class CandidateListView(CreateView, VisibleListView):
    """The pool as whoever asks may see it; POST is the branch's or the community's proposal."""

    serializer_class = answer_class = CandidateSerializer
    body_class = ProposeBody
    pagination_class = KeyPagination
    queryset = SecretaryCandidate.objects.select_related("participant", "unit")

    def call(self, **body: Any) -> SecretaryCandidate:
        return candidates.propose(**body)


class _CandidateView(ActionView):
    model, related = SecretaryCandidate, ("participant", "unit")
    answer_class = CandidateSerializer


class AgreeView(_CandidateView):
    """POST: who is meant agrees."""

    def call(self, **body: Any) -> SecretaryCandidate:
        return candidates.consent(candidate=self.object, **body)


class TermBody(serializers.Serializer):
    starts = DayField()
    ends = DayField()


class EnlistView(_CandidateView):
    """POST takes somebody into the pool for a term."""

    body_class = TermBody

    def call(self, **body: Any) -> SecretaryCandidate:
        return candidates.enlist(candidate=self.object, **body)


class CandidateReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RemoveView(_CandidateView):
    """POST takes somebody out of the pool."""

    body_class = CandidateReasonBody

    def call(self, **body: Any) -> SecretaryCandidate:
        return candidates.remove(candidate=self.object, **body)
