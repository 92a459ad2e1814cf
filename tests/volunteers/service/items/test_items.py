"""The library of items: versions, who keeps it, pages and API."""

import pytest
from django.urls import reverse

from orgs.errors import NotAllowed, Refused
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import ItemClass, MinutesKind
from volunteers.service.items import items
from volunteers.service.models import ServiceItem

pytestmark = pytest.mark.django_db


def save(cast, by=None, **values):
    defaults = {
        "code": "D01", "item_class": ItemClass.CARE, "name": "独居老人探访", "minutes": 60,
        "points": 6, "minutes_kind": MinutesKind.VOLUNTARY, "source": "区委文件", "now": NOW,
    }  # fmt: skip
    return items.save(by=by or cast.district_cadre, **defaults | values)


def test_a_change_is_the_next_version_and_what_was_ordered_keeps_its_own(cast):
    order = serve.order(cast)
    made = save(cast)
    assert (made.version, items.item_of("D01"), items.in_force().count()) == (2, made, 39)
    order.refresh_from_db()
    assert (order.item.version, order.item.minutes) == (1, 45)
    save(cast, has_ended=True)
    assert items.item_of("D01") is None
    assert items.latest().count() == 39


def test_a_new_item_begins_with_version_one(cast):
    assert save(cast, code="D99").version == 1
    assert items.in_force().count() == 40


@pytest.mark.parametrize(
    "values", [{"minutes": 4}, {"points": 1001}, {"name": " "}, {"source": ""}]
)
def test_what_no_item_can_be(cast, values):
    with pytest.raises(Refused):
        save(cast, **values)
    assert ServiceItem.objects.count() == 39


@pytest.mark.parametrize("who", ["secretary", "community_worker", "street_cadre", "member"])
def test_the_district_keeps_it(cast, who):
    with pytest.raises(NotAllowed):
        save(cast, by=getattr(cast, who))


def test_over_the_api(api, cast):
    first = api(cast.owner).get("/api/v1/service-items/").json()["results"][0]
    assert {name: first[name] for name in ("code", "class", "kind", "version")} == {
        "code": "A01", "class": "party", "kind": "duty", "version": 1
    }  # fmt: skip
    body = {
        "code": "A01", "class": "party", "name": "组织生活", "minutes": 90, "points": 5,
        "kind": "duty", "source": "区委文件",
    }  # fmt: skip
    saved = api(cast.district_cadre).post("/api/v1/service-items/", body, format="json")
    assert (saved.status_code, saved.json()["version"]) == (201, 2)
    assert api(cast.owner).post("/api/v1/service-items/", body, format="json").status_code == 403


def test_on_pages(page, cast):
    client = page(cast.district_cadre)
    assert "（示例）" in client.get(reverse("service:items")).content.decode()
    address = reverse("service:item", args=["D01"])
    assert client.get(address).status_code == 200
    given = {
        "item_class": "care", "name": "探访", "use": "both", "minutes": 50, "points": 5,
        "minutes_kind": "voluntary", "least_age": 16, "skill": "", "source": "区委文件",
    }  # fmt: skip
    assert client.post(address, given).status_code == 302
    assert items.item_of("D01").minutes == 50
    assert client.post(address, given | {"minutes": 1}).status_code == 400
    assert client.get(reverse("service:item_add")).status_code == 200
    assert client.get(reverse("service:item", args=["Z99"])).status_code == 404
    assert page(cast.secretary).get(address).status_code == 403
    assert page(cast.secretary).get(reverse("service:items")).status_code == 200
