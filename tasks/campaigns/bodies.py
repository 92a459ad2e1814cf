"""The bodies that campaign lists and their measures take."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from orgs.api.fields import DayField, KeyField, RowSerializer
from orgs.models import Department, District, Unit
from tasks.campaigns import queries
from tasks.campaigns.campaigns import MAX_NUMBER
from tasks.models import MAX_TEXT, Campaign
from tasks.workflow.api.bodies import AttachedBody


class CampaignBody(RowSerializer):
    """A new list. The owner is a district or a street, by its code."""

    owner = serializers.CharField(max_length=40)

    class Meta:
        model = Campaign
        fields = ["owner", "name", "document", "starts", "ends"]

    def validate_owner(self, code: str) -> District | Unit:
        found = District.objects.filter(code=code).first()
        found = found or Unit.objects.filter(code=code, level=0).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such district or street."))
        return found


class MeasureBody(serializers.Serializer):
    """What stands on the list; departments by their codes."""

    aspect = serializers.CharField(max_length=40)
    problem = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=500)
    lead = serializers.SlugRelatedField(slug_field="code", queryset=Department.objects.all())
    assist = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, required=False
    )
    due_on = DayField()

    def validate_assist(self, codes: list[str]) -> list[Department]:
        found = {one.code: one for one in Department.objects.filter(code__in=codes)}
        for code in codes:
            if code not in found:
                raise serializers.ValidationError(
                    _("There is no department “%(code)s”.") % {"code": code}
                )
        return list(found.values())


class NewMeasureBody(MeasureBody):
    campaign = KeyField()
    number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER, required=False)

    def validate_campaign(self, key: int) -> Campaign:
        """Only a list in sight can be named."""
        seen = queries.campaigns(self.context["request"].user)
        found = seen.filter(pk=key).first() if 0 < key < 2**63 else None
        if found is None:
            raise serializers.ValidationError(_("There is no such list in your sight."))
        return found


class ChangeBody(MeasureBody):
    reason = serializers.CharField(max_length=MAX_TEXT)


class MeasureReportBody(AttachedBody):
    """Photos (by the ids of their upload) and a named document are evidence."""

    text = serializers.CharField(max_length=MAX_TEXT)
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CloseBody(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
