"""The API of accounts: one's own points, entry by entry with their hashes."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from volunteers.service.accounts import queries
from volunteers.service.models import PointsEntry

# The newest entries; the downloaded account has them all.
MOST = 500


class PointsEntrySerializer(serializers.ModelSerializer):
    """One entry; `source` is the table and key of what is behind it."""

    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF names its own so
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = PointsEntry
        fields = ["id", "i", "amount", "kind", "source", "month", "text", "at", "prev", "hash"]

    def get_source(self, row: PointsEntry) -> str:
        return f"{row.source}-{row.source_id}"


class PointsSerializer(serializers.Serializer):
    balance = serializers.IntegerField()
    stopped = serializers.BooleanField()
    entries = PointsEntrySerializer(many=True)


class MyPointsView(APIView):
    """GET one's own points: the balance and the entries, oldest first."""

    @extend_schema(responses=PointsSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        account = queries.points_of(signed_in(request))
        entries: list[PointsEntry] = []
        if account is not None:
            entries = list(account.entries.order_by("-i")[:MOST])[::-1]
        return Response(
            {
                "balance": account.balance if account else 0,
                "stopped": bool(account and account.stopped_at),
                "entries": PointsEntrySerializer(entries, many=True).data,
            }
        )
