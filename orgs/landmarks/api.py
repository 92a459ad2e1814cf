"""The API of roads and landmarks."""

from orgs.landmarks.landmarks import COLUMNS, LandmarkFilter
from orgs.models import Landmark
from orgs.registers.api import UnitRowListView, UnitRowSerializer, UnitRowView


class LandmarkSerializer(UnitRowSerializer):
    """A name by which people say where something is; `lon` and `lat` are WGS-84."""

    class Meta:
        model = Landmark
        fields = ["id", "unit", *COLUMNS, "ends"]


class LandmarkListView(UnitRowListView):
    """The entries in force, narrowed by words, kind and place; POST enters one."""

    serializer_class = LandmarkSerializer
    filterset_class = LandmarkFilter


class LandmarkView(UnitRowView):
    """One entry; PATCH changes what is sent, ends it, or moves it to another place of one's own."""

    serializer_class = LandmarkSerializer
