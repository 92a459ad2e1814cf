"""What the API is sent about runs."""

from rest_framework import serializers


class RunBody(serializers.Serializer):
    """A scheme by its key, and a period: 2026-03, 2026-Q1, 2026-H1 or 2026."""

    scheme = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    period = serializers.CharField(max_length=8)


class CorrectBody(serializers.Serializer):
    reason = serializers.CharField(max_length=500)
