"""Outlines of compounds and grids, from a GeoJSON file onto the maps."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.errors import NotAllowed, Refused, TooLarge
from orgs.models import AuditEntry, Outline
from orgs.units import outlines
from orgs.values import geojson
from tests import factories as make

RING = [[114.87, 30.45], [114.88, 30.45], [114.88, 30.46], [114.87, 30.45]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}


def feature(geometry=SQUARE, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def written(*features) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def take(cast, *features, by=None, unit=None, partly=False, content=None):
    file = SimpleUploadedFile("map.geojson", content or written(*features))
    return outlines.take(
        unit=unit or cast.community, file=file, partly=partly,
        by=by or cast.community_worker, now=make.NOW,
    )  # fmt: skip


def test_a_compound_and_a_grid_are_found_by_code_or_name(cast):
    taken = take(cast, feature(编码=cast.compound.code), feature(name=f" {cast.grid.name} "))
    assert (taken.written, taken.left_out) == (2, [])
    drawn = outlines.of_place(cast.community)
    assert [(one["name"], one["kind"], one["areas"]) for one in drawn] == [
        (cast.compound.name, "compound", [[RING]]),
        (cast.grid.name, "grid", [[RING]]),
    ]
    assert outlines.of_compounds([cast.compound.pk]) == drawn[:1]
    assert outlines.of_place(cast.other_street) == []
    entry = AuditEntry.objects.get(action="orgs.take-outlines")
    assert entry.detail == {"outlines": 2, "left_out": 0}


def test_taking_again_replaces(cast):
    take(cast, feature(name=cast.compound.name))
    moved = [[lon + 1, lat] for lon, lat in RING]
    both = {"type": "MultiPolygon", "coordinates": [[moved], [RING]]}
    take(cast, feature(both, name=cast.compound.name))
    assert Outline.objects.get().areas == [[moved], [RING]]


def test_what_is_not_known_is_named(cast):
    known, unknown = feature(name=cast.compound.name), feature(name="无此小区")
    with pytest.raises(Refused) as refused:
        take(cast, known, unknown)
    assert "无此小区" in str(refused.value.message)
    assert not Outline.objects.exists()
    assert take(cast, known, unknown, partly=True).left_out == ["无此小区"]
    with pytest.raises(Refused):
        take(cast, unknown, partly=True)


def test_two_outlines_of_one_place_are_refused(cast):
    with pytest.raises(Refused) as refused:
        take(cast, feature(name=cast.compound.name), feature(code=cast.compound.code))
    assert refused.value.code == "twice"


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        {"type": "Point", "coordinates": [114, 30]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [RING[:3]]},
        {"type": "Polygon", "coordinates": [[*RING[:3], [114, 31]]]},
        {"type": "Polygon", "coordinates": [[[lon * 10, lat] for lon, lat in RING]]},
        {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 1.0]] * 4]},
        {"type": "Polygon", "coordinates": 5},
    ],
)
def test_what_is_no_area_is_refused(cast, geometry):
    with pytest.raises(Refused) as refused:
        take(cast, feature(geometry, name=cast.compound.name))
    assert refused.value.code == "bad_area"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"[]", b'{"features": []}', b'{"features": 1}']
)  # fmt: skip
def test_what_is_no_geojson_is_refused(cast, content):
    with pytest.raises(Refused) as refused:
        geojson.shapes(content)
    assert refused.value.code == "bad_geojson"


def test_what_is_too_much_is_refused(cast, monkeypatch):
    with pytest.raises(Refused):
        geojson.shapes(written(*[feature(name="a")] * (geojson.MOST_AREAS + 1)))
    monkeypatch.setattr(geojson, "MOST_POINTS", 3)
    with pytest.raises(Refused):
        geojson.shapes(written(feature(name="a")))
    monkeypatch.setattr(outlines, "LARGEST_FILE", 10)
    with pytest.raises(TooLarge):
        take(cast, feature(name=cast.compound.name))


def test_others_take_none(cast):
    for who in (cast.sibling_worker, cast.owner):
        with pytest.raises(NotAllowed):
            take(cast, feature(name=cast.compound.name), by=who)


def test_the_page_shows_the_map_and_takes_a_file(page, cast):
    address, client = f"/units/{cast.community.code}/map/", page(cast.community_worker)
    assert "GeoJSON" in client.get(address).text
    file = SimpleUploadedFile("map.geojson", written(feature(name=cast.compound.name)))
    assert client.post(address, {"file": file}).status_code == 302
    assert client.get(address).context["outlines"][0]["name"] == cast.compound.name
    reader = page(cast.owner)
    assert "GeoJSON" not in reader.get(address).text
    assert reader.post(address, {}).status_code == 403
    assert client.get(f"/units/{cast.building.code}/map/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        feature({"type": "Polygon", "coordinates": [[[10**400, 30.45], *RING[1:]]]}, name="甲"),
        {"type": "Feature", "properties": ["甲"], "geometry": SQUARE},
    ],
    ids=["beyond floats", "properties in a list"],
)
def test_numbers_beyond_floats_and_properties_in_a_list_are_no_fault_of_the_portal(cast, wrong):
    with pytest.raises(Refused) as refused:
        take(cast, wrong)
    assert refused.value.code == "bad_area"


def test_a_name_can_always_be_shown():
    named = written(feature(name="\ud800甲" + "长" * 1000))
    (shape,) = geojson.shapes(named)
    assert shape.names == ["?甲" + "长" * (geojson.LONGEST_NAME - 2)]
