"""The body of a report over the API."""

from rest_framework import serializers

from orgs.api.fields import MomentField, UnitField
from tasks.models import Category
from tasks.workflow.api.bodies import AttachedBody


class ReportBody(AttachedBody):
    """A report. The place and the kind go by their codes, photos by the ids of their upload."""

    unit = UnitField()
    category = serializers.SlugRelatedField(slug_field="code", queryset=Category.objects.all())
    text = serializers.CharField()
    title = serializers.CharField(max_length=60, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    hide_name = serializers.BooleanField(required=False)
    outside_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    received_at = MomentField(required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
