"""The bodies that campaign lists and their measures take."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from orgs.api.fields import DayField, KeyField, RowSerializer
from orgs.models import Department, District, Unit
from tasks.campaigns import queries
from tasks.campaigns.campaigns import MAX_NUMBER
from tasks.models import MAX_TEXT, Campaign, Measure, MeasureEntry
from tasks.workflow.api.bodies import AttachedBody


class CampaignBody(RowSerializer):
    """A new list. The owner is a district or a street, by its code."""

    owner = serializers.CharField(max_length=40)

    class Meta:
        model = Campaign
        fields = ["owner", "name", "document", "starts", "ends"]

    def validate_owner(self, code: str) -> District | Unit:
        district = District.objects.filter(code=code).first()
        district = district or Unit.objects.filter(code=code, level=0).first()
        if district is None:
            raise serializers.ValidationError(_("There is no such district or street."))
        return district


class MeasureBody(serializers.Serializer):
    """What stands on the list; departments by their codes."""

    aspect = serializers.CharField(max_length=Measure._meta.get_field("aspect").max_length)
    problem = serializers.CharField(max_length=Measure._meta.get_field("problem").max_length)
    text = serializers.CharField(max_length=Measure._meta.get_field("text").max_length)
    lead = serializers.SlugRelatedField(slug_field="code", queryset=Department.objects.all())
    assist = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, required=False
    )
    due_on = DayField()

    def validate_assist(self, codes: list[str]) -> list[Department]:
        departments = {
            department.code: department for department in Department.objects.filter(code__in=codes)
        }
        for code in codes:
            if code not in departments:
                raise serializers.ValidationError(
                    _("There is no department “%(code)s”.") % {"code": code}
                )
        return list(departments.values())


class NewMeasureBody(MeasureBody):
    campaign = KeyField()
    number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER, required=False)

    def validate_campaign(self, key: int) -> Campaign:
        """Only a list in sight can be named."""
        seen = queries.campaigns(self.context["request"].user)
        row = seen.filter(pk=key).first() if 0 < key < 2**63 else None
        if row is None:
            raise serializers.ValidationError(_("There is no such list in your sight."))
        return row


class ChangeBody(MeasureBody):
    reason = serializers.CharField(max_length=MAX_TEXT)


class MeasureReportBody(AttachedBody):
    """Photos (by the ids of their upload) and a named document are evidence."""

    text = serializers.CharField(max_length=MAX_TEXT)
    reference = serializers.CharField(
        max_length=MeasureEntry._meta.get_field("reference").max_length,
        required=False,
        allow_blank=True,
    )


class CloseBody(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
