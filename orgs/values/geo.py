"""Points on the map, in WGS-84; conversion of the frame that maps in China show; distances."""

import math

from orgs.values.sentences import gettext as _

FARTHEST = {"lon": 180, "lat": 90}


def faults(lon: float | None, lat: float | None) -> dict[str, list[str]]:
    """What is wrong with a point, by field; without both numbers there is none, which is right."""
    if (lon is None) != (lat is None):
        missing = "lon" if lon is None else "lat"
        return {missing: [_("Give both longitude and latitude, or neither.")]}
    # "nan", which JSON and Python read as a number, lies between nothing and nothing.
    wrong = [
        name
        for name, number in (("lon", lon), ("lat", lat))
        if number is not None and not abs(number) <= FARTHEST[name]
    ]
    return {name: [_("This lies off the map.")] for name in wrong}


# The ellipsoid of GCJ-02 (Krasovsky 1940), metres and squared eccentricity.
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323
_EARTH = 6371008.8


def from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """A point of a Chinese map in WGS-84, to a few decimetres; outside of China it is the same."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    # There is a formula for the way there alone: go it, and take back what it was too far.
    at = lon, lat
    for _step in range(4):
        shown = to_gcj02(*at)
        at = at[0] + lon - shown[0], at[1] + lat - shown[1]
    return at


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Where a Chinese map shows a point of WGS-84."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (waves + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (waves + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    at = math.radians(lat)
    bend = 1 - _ECCENTRICITY * math.sin(at) ** 2
    north = math.degrees(north * bend**1.5 / (_AXIS * (1 - _ECCENTRICITY)))
    east = math.degrees(east * math.sqrt(bend) / (_AXIS * math.cos(at)))
    return lon + east, lat + north


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> int:
    """The distance of two points over the ground, in whole metres."""
    a, b = math.radians(lat), math.radians(other_lat)
    turn = math.sin((b - a) / 2) ** 2
    turn += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return round(2 * _EARTH * math.asin(math.sqrt(min(turn, 1))))
