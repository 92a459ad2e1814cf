"""The bodies of the API of report-ins; each asks what the form of the same use-case asks."""

from rest_framework import serializers

from orgs.api.fields import EnumField, UnitField
from volunteers.members.api import OrganisationField
from volunteers.service.enums import ServantKind, Skill


class ReportInBody(serializers.Serializer):
    """`organisation` by its code: whoever sends a member."""

    unit = UnitField()
    organisation = OrganisationField(required=False, allow_null=True)
    kind = EnumField(ServantKind, required=False)
    platform = serializers.CharField(max_length=60, required=False, allow_blank=True)


class SkillsBody(serializers.Serializer):
    """All that somebody can do; a skill that is left out is taken away."""

    skills = serializers.ListField(child=EnumField(Skill), max_length=len(Skill))


class ReportInReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ReportInMoveBody(serializers.Serializer):
    unit = UnitField()
