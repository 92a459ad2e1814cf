"""Points on the map, in WGS-84."""

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
