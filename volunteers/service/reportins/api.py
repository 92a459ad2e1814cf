"""The API of report-ins, pairings and the two reports."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.workflow.api import WorkflowActionView
from volunteers.members.api import OrganisationField
from volunteers.service.enums import Permission, ReportInState, ServantKind, Skill
from volunteers.service.models import DoubleReport, Pairing, Participant, ReportIn
from volunteers.service.reportins import pairings, participants, queries, reportins
from volunteers.service.reportins.bodies import ReportInBody, SkillsBody
from volunteers.service.reportins.same_person import read_once
from volunteers.service.reportins.specification import SPECIFICATIONS
from volunteers.service.reportins.workflow import WORKFLOW


class ReportInSerializer(serializers.ModelSerializer):
    """One report-in; `certificate` is its number, `person` the key of the participant."""

    status = serializers.ChoiceField(source="state", choices=ReportInState.choices)
    certificate = serializers.CharField(source="certificate.number")
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    unit = serializers.CharField(source="unit.code")
    branch = serializers.CharField(source="branch.code")
    organisation = serializers.CharField(source="employer.code", allow_null=True, default=None)
    available_actions = serializers.SerializerMethodField()

    class Meta:
        model = ReportIn
        fields = [
            "id", "status", "certificate", "kind", "person", "name", "unit", "branch",
            "organisation", "platform", "reported_at", "confirmed_at", "ended_at", "reason",
            "available_actions",
        ]  # fmt: skip

    def get_available_actions(self, row: ReportIn) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class ReportInFilter(FilterSet):
    unit = UnitFilter(field_name="unit")
    status = ChoiceFilter(field_name="state", choices=ReportInState.choices)
    kind = ChoiceFilter(choices=ServantKind.choices)


@extend_schema_view(get=extend_schema(operation_id="report_ins_list"))
class ReportInListView(CreateView, VisibleListView):
    """The report-ins in sight, newest first; POST reports oneself in."""

    serializer_class = answer_class = ReportInSerializer
    body_class = ReportInBody
    pagination_class = KeyPagination
    filterset_class = ReportInFilter
    queryset = queries.whole(ReportIn.objects.all())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with read_once(signed_in(request)):
            return super().list(request, *args, **kwargs)

    def call(self, **body: Any) -> ReportIn:
        return reportins.report(**body)


class ReportInActionView(WorkflowActionView):
    """Takes one action with a report-in."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = ReportInSerializer

    def find_row(self) -> ReportIn:
        seen = ReportIn.objects.visible_to(self.user, one=True)
        row = queries.whole(seen).filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row


class SkillsSerializer(serializers.ModelSerializer):
    """What the branch entered that somebody can do."""

    person = serializers.IntegerField(source="pk")
    skills = serializers.ListField(child=EnumField(Skill))

    class Meta:
        model = Participant
        fields = ["person", "name", "skills"]


class SkillsView(ActionView):
    """POST enters what somebody who reported in can do, for whoever runs the service of the place."""

    model, related = ReportIn, ("participant__place",)
    body_class, answer_class = SkillsBody, SkillsSerializer

    def get_object(self) -> ReportIn:
        row: ReportIn = super().get_object()
        if not self.user.has_perm(Permission.KEEP_REPORTINS, row.participant.place):
            raise PermissionDenied
        return row

    def call(self, **body: Any) -> Participant:
        return participants.set_skills(participant=self.object.participant, **body)


class PairingSerializer(serializers.ModelSerializer):
    organisation = serializers.CharField(source="organisation.code")
    organisation_name = serializers.CharField(source="organisation.name")
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = Pairing
        fields = ["id", "organisation", "organisation_name", "unit", "text", "starts", "ends"]


class PairingBody(serializers.Serializer):
    unit = UnitField()
    organisation = OrganisationField()
    text = serializers.CharField(max_length=5000)
    starts = DayField()


class PairingEndBody(serializers.Serializer):
    on = DayField(required=False, allow_null=True)


@extend_schema_view(get=extend_schema(operation_id="pairings_list"))
class PairingListView(CreateView, VisibleListView):
    """The pairings in sight; POST writes one down."""

    serializer_class = answer_class = PairingSerializer
    body_class = PairingBody
    pagination_class = KeyPagination
    queryset: QuerySet[Pairing] = Pairing.objects.select_related("organisation", "unit")

    def call(self, **body: Any) -> Pairing:
        return pairings.pair(**body)


class PairingEndView(ActionView):
    """POST ends a pairing."""

    model, related = Pairing, ("organisation", "unit")
    body_class, answer_class = PairingEndBody, PairingSerializer

    def call(self, **body: Any) -> Pairing:
        return pairings.end_pairing(pairing=self.object, **body)


class DoubleReportSerializer(serializers.ModelSerializer):
    to = serializers.CharField(source="to.code")

    class Meta:
        model = DoubleReport
        fields = ["id", "kind", "period", "to", "text", "at", "received_at"]


class DoubleReportBody(serializers.Serializer):
    """`period`: "2026" for a unit, "2026-H1" for a member."""

    period = serializers.CharField(max_length=7)
    text = serializers.CharField(max_length=5000)


class UnitReportView(CreateView):
    """POST files the yearly report of a paired organisation."""

    model, related = Pairing, ("organisation__parent", "unit")
    body_class, answer_class = DoubleReportBody, DoubleReportSerializer

    def call(self, **body: Any) -> DoubleReport:
        return pairings.report_of_unit(pairing=self.object, **body)


class MemberReportView(CreateView):
    """POST files the half-yearly report of a member."""

    model, related = ReportIn, ("participant", "employer", "unit")
    body_class, answer_class = DoubleReportBody, DoubleReportSerializer

    def call(self, **body: Any) -> DoubleReport:
        return pairings.report_of_member(report_in=self.object, **body)


class ReceiveView(ActionView):
    """POST acknowledges a report."""

    model, related = DoubleReport, ("to",)
    answer_class = DoubleReportSerializer

    def call(self, **body: Any) -> DoubleReport:
        return pairings.receive(report=self.object, **body)
