"""Outlines from GeoJSON (RFC 7946): areas in WGS-84, with what they are called."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from orgs.errors import Refused
from orgs.values.geo import FARTHEST
from orgs.values.sentences import gettext as _

# Longitude and latitude; a closed ring of them; an area with its holes; all areas of one outline.
Point: TypeAlias = list[float]
Ring: TypeAlias = list[Point]
Area: TypeAlias = list[Ring]

MOST_AREAS, MOST_POINTS = 500, 100_000
LONGEST_NAME = 200
# What maps call the properties by which a shape is told.
NAMES = ("code", "编码", "编号", "name", "名称", "网格名称", "小区名称")


@dataclass(frozen=True)
class Shape:
    """One feature: what it is called, in the order in which one would believe it, and its areas."""

    number: int
    names: list[str]
    areas: list[Area]


def shapes(content: bytes) -> list[Shape]:
    """The areas of a file. Raises Refused, with the number of the feature that is wrong."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused(_("This is no GeoJSON file."), code="bad_geojson", field="file") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise Refused(_("This is no GeoJSON file."), code="bad_geojson", field="file")
    if len(features) > MOST_AREAS:
        message = _("At most %(most)d outlines at once.") % {"most": MOST_AREAS}
        raise Refused(message, code="too_many", field="file")
    read = [_shape(number, feature) for number, feature in enumerate(features, 1)]
    if sum(len(ring) for shape in read for area in shape.areas for ring in area) > MOST_POINTS:
        raise Refused(_("These outlines have too many points."), code="too_many", field="file")
    return read


def _shape(number: int, feature: Any) -> Shape:
    try:
        properties = feature.get("properties") or {}
        geometry = feature["geometry"]
        areas = {"Polygon": lambda areas: [areas], "MultiPolygon": list}[geometry["type"]](
            geometry["coordinates"]
        )
        checked = [[_ring(ring) for ring in area] for area in areas]
        if not checked or not all(checked):
            raise ValueError
        names = [_name(properties[name]) for name in NAMES if properties.get(name)]
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError):
        message = _("Outline %(number)d is no closed area in longitude and latitude.")
        raise Refused(message % {"number": number}, code="bad_area", field="file") from None
    return Shape(number, names, checked)


def _name(value: Any) -> str:
    """What a property says, as a page can show it: JSON can hold halves of letters, and whole books."""
    return str(value)[:LONGEST_NAME].encode(errors="replace").decode().strip()


def _ring(points: Iterable[Sequence[Any]]) -> Ring:
    """A closed ring of at least three corners, to about 10 cm. Raises ValueError."""
    ring = [[round(float(point[0]), 6), round(float(point[1]), 6)] for point in points]
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError
    # "nan" lies between nothing and nothing.
    if not all(abs(lon) <= FARTHEST["lon"] and abs(lat) <= FARTHEST["lat"] for lon, lat in ring):
        raise ValueError
    return ring
