"""The API of the directory."""

from orgs.directory.directory import COLUMNS, ServicePointFilter
from orgs.models import ServicePoint
from orgs.registers.api import UnitRowListView, UnitRowSerializer, UnitRowView


class ServicePointSerializer(UnitRowSerializer):
    """A telephone number or a counter; in the directory while `ends` is null."""

    class Meta:
        model = ServicePoint
        fields = ["id", "unit", *COLUMNS, "ends"]


class ServicePointListView(UnitRowListView):
    """The entries in force, narrowed by words, kind and place; POST enters one."""

    serializer_class = ServicePointSerializer
    filterset_class = ServicePointFilter


class ServicePointView(UnitRowView):
    """One entry; PATCH changes what is sent, ends it, or moves it to another place of one's own."""

    serializer_class = ServicePointSerializer
