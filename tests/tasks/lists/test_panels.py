"""The open tasks on a unit's page: each figure with its list, for those who watch over the place."""

import pytest
from django.test import Client

from tasks.enums import Status
from tests import factories as make

PANEL = "tasks/lists/unit_panel.html"


def shown(page, person, path):
    found = [
        one.values for one in page(person).get(path).context["panels"] if one.template == PANEL
    ]
    return found[0] if found else None


def listed(client: Client, **query) -> int:
    return len(client.get("/tasks/", {"tab": "open", **query}).context["page"].rows)


@pytest.mark.parametrize("place", ["street", "community", "compound", "building"])
def test_each_figure_is_the_length_of_its_list(page, cast, place):
    for status in (Status.SUBMITTED, Status.WHISTLED, Status.DISPATCHED, Status.RATING):
        make.task(cast, status)
    make.task(cast, Status.CLOSED)
    make.task(cast, unit=cast.other_compound)
    unit = getattr(cast, place)
    values = shown(page, cast.street_cadre, f"/units/{unit.code}/")
    client = page(cast.street_cadre)
    assert (
        values.total
        == listed(client, unit=unit.code)
        == (4 if place in ("building", "compound") else 5)
    )
    assert values.states
    for state, count in values.states:
        assert count == listed(client, unit=unit.code, status=state.value)
    # A limit runs in each, and what was done in time stays green.
    assert sum(count for _light, count in values.lights) == values.total
    for light, count in values.lights:
        assert count == listed(client, unit=unit.code, light=light.value)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("community_worker", True), ("grid_worker", True), ("secretary", True),
        ("district_cadre", True), ("sibling_cadre", False), ("sibling_worker", False),
        ("owner", False), ("property_clerk", False), ("committee_member", False),
        ("urban_officer", False),
    ],
)  # fmt: skip
def test_who_sees_the_panel(page, cast, who, sees):
    make.task(cast, by=cast.owner)
    values = shown(page, getattr(cast, who), f"/units/{cast.compound.code}/")
    assert (values is not None) == sees


def test_a_households_page_shows_its_buildings_tasks(page, cast):
    make.task(cast)
    home = make.household(cast.building)
    assert shown(page, cast.community_worker, f"/households/{home.code}/").total == 1


def test_a_clean_place_says_so(page, cast):
    text = page(cast.street_cadre).get(f"/units/{cast.compound.code}/").content.decode()
    assert "这里没有未办结的任务" in text
