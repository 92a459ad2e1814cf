"""The API of dashboards: what the pages show, to whom they show it, in the same number of statements."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import User
from tests import factories as make
from tests.governance.dashboards.numbers import LATER, count, happen
from tests.governance.dashboards.test_pages import NOT_COUNTED, PAGES

BASE = "/api/v1/dashboards/"
STAFF = [who for who in PAGES if who != "admin"]


@pytest.fixture
def counted(cast):
    with time_machine.travel(LATER, tick=False):
        happen(cast)
        count()
        yield


@pytest.mark.parametrize("who", STAFF)
def test_says_what_the_page_shows(cast, api, page, counted, who):
    person = getattr(cast, who)
    shown = page(person).get(f"/dashboards/{PAGES[who]}/?period=month").context
    picture, answer = shown["picture"], api(person).get(f"{BASE}{PAGES[who]}/?period=month").data
    for part in ("now", "stages", "topics"):
        assert answer[part] == [
            {"label": one.label, "count": one.count, "url": one.url}
            for one in getattr(picture, part)
        ]
    assert [row["value"] for row in answer["rates"]] == [
        card["rate"].value for card in picture.cards
    ]
    assert [row["reported"] for row in answer["spots"]] == [n for _u, n, _url in picture.spots]
    assert [row["having"] for row in answer["coverage"]] == [
        one[2].count for one in picture.coverage
    ]
    assert [row["met"] for row in answer["duty"]] == [row.met for row, *_n in picture.duty]
    assert answer["is_old"] is False
    assert set(answer["as_of"]) == {part.value for part in picture.as_of}
    below = api(person).get(f"{BASE}{PAGES[who]}/below/").data["results"]
    assert [(row["board"]["code"], row["reported"]) for row in below] == [
        (row.board.code, row.reported.count) for row in shown["compared"]
    ]
    [own] = api(person).get(BASE).data
    assert f"{own['kind']}/{own['code']}" == PAGES[who]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("street_cadre", "street/421102001000", 404),
        ("street_cadre", "district/421102000000", 404),
        ("street_cadre", "department/urban-management", 404),
        ("community_worker", "community/421102005004", 404),
        ("secretary", "community/421102005003", 404),
        ("urban_officer", "department/housing", 404),
        ("district_cadre", "building/421102005003-001-005", 404),
        ("district_cadre", "street/none", 404),
        ("owner", "compound/421102005003-001", 403),
        ("property_clerk", "compound/421102005003-001", 403),
        ("auditor", "street/421102005000", 403),
    ],
)
def test_nobody_reads_what_the_page_does_not_show(cast, api, counted, who, path, status):
    for more in ("", "below/"):
        assert api(getattr(cast, who)).get(f"{BASE}{path}/{more}").status_code == status


def test_who_has_none_is_told_so(cast, api, client):
    assert api(cast.owner).get(BASE).status_code == 403
    assert client.get(BASE).status_code == 401


@pytest.mark.parametrize("query", ["period=x", "period=", "period=quarter&x=1"])
def test_an_unknown_period_is_this_month_or_refused_nowhere(cast, api, counted, query):
    answer = api(cast.street_cadre).get(f"{BASE}{PAGES['street_cadre']}/?{query}")
    assert answer.status_code == 200
    assert set(answer.data["period"]) == {"first", "last"}


def test_units_come_by_code_and_page_by_page(cast, api, counted):
    for _number in range(4):
        make.unit(cast.street)
    count()
    address = f"{BASE}{PAGES['street_cadre']}/below/?limit=2"
    client, codes = api(cast.street_cadre), []
    while address:
        answer = client.get(address).data
        codes += [row["board"]["code"] for row in answer["results"]]
        address = answer["next"]
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 6
    assert client.get(f"{BASE}{PAGES['street_cadre']}/below/?cursor=x").status_code == 400


def test_as_many_statements_for_one_unit_as_for_twenty(cast, api, counted):
    counts = []
    paths = [f"{BASE}{PAGES['street_cadre']}/{more}" for more in ("", "below/?limit=100")]
    for _round in range(2):
        # The tree has grown: what the account remembers of it is old.
        client = api(User.objects.get(pk=cast.street_cadre.pk))
        for path in paths:
            client.get(path)  # what a process remembers
        with CaptureQueriesContext(connection) as queries:
            for path in paths:
                assert client.get(path).status_code == 200
        counts.append(sum(not NOT_COUNTED.match(one["sql"]) for one in queries))
        for _number in range(20):
            make.unit(cast.street)
        count()
    assert counts[0] == counts[1]
