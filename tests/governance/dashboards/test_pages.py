"""Dashboards as pages: each number equals its list; who sees which; the same statements for any size."""

import re
from datetime import timedelta

import pytest
import time_machine

from governance.dashboards import pictures
from governance.dashboards.models import Board
from orgs.models import Unit
from tests import factories as make
from tests.governance.dashboards.numbers import LATER, count, happen, listed

PAGES = {
    "district_cadre": "district/421102000000",
    "street_cadre": "street/421102005000",
    "community_worker": "community/421102005003",
    "secretary": "compound/421102005003-001",
    "urban_officer": "department/urban-management",
    "admin": "district/421102000000",
}


def numbers(context):
    """Every number of a dashboard with the address of its list."""
    picture = context["picture"]
    for number in (*picture.now, *picture.stages, *picture.topics):
        yield number.label, number.count, number.url
    for card in picture.cards:
        for when in ("now", "before"):
            # A sum by weight opens no list.
            yield from ((f"{card['rate'].name} {when}", n, url) for n, url in card[when] if url)
        yield card["gap"].label, card["gap"].count, card["gap"].url
    yield from picture.counted
    for line, counts in picture.lines:
        yield from ((line.name, n, url) for n, url in counts)
    yield from ((unit.name, n, url) for unit, n, url in picture.spots)
    for label, _share, has, lacks in picture.coverage:
        yield from ((f"{label} {one.label}", one.count, one.url) for one in (has, lacks))
    for _row, done, missed in picture.duty:
        yield from ((one.label, one.count, one.url) for one in (done, missed))
    for row in context["compared"]:
        shown = [one for one in (row.open, row.late, row.reported) if one is not None]
        yield from ((f"{row.board} {one.label}", one.count, one.url) for one in shown)


@pytest.mark.parametrize("who", PAGES)
def test_each_number_opens_its_list_and_equals_it(page, cast, who):
    person = getattr(cast, who)
    client = page(person)
    with time_machine.travel(LATER, tick=False):
        happen(cast)
        count()
        found = list(numbers(client.get(f"/dashboards/{PAGES[who]}/").context))
        wrong = [
            (label, n, url) for label, n, url in found if n and listed(client, person, url) != n
        ]
    assert wrong == []
    assert sum(n for _label, n, _url in found) > 5


@pytest.mark.parametrize("who", PAGES)
def test_a_month_that_has_just_begun_says_so_and_offers_the_last_one(page, cast, who):
    address = f"/dashboards/{PAGES[who]}/"
    with time_machine.travel(LATER, tick=False) as moment:
        happen(cast)
        count()
        assert "本期刚开始" not in page(getattr(cast, who)).get(address).text
        last = (LATER.replace(day=28) + timedelta(days=4)).replace(day=1, hour=9)
        moment.move_to(last)
        client = page(getattr(cast, who))
        begun = client.get(address).text
        assert "本期刚开始" in begun
        assert 'href="?period=last_month">看上月' in begun
        shown = client.get(f"{address}?period=last_month")
        assert "本期刚开始" not in shown.text
        wall = client.get(f"{address}wall/")
        assert wall.context["picture"].period == shown.context["picture"].period
        rates = client.get("/rates/").text
        assert "本期刚开始" in rates
        assert re.search(r'href="\?period=last_month&amp;[^"]*">看上月', rates)


def test_a_month_without_work_has_not_just_begun(page, cast):
    """A small community may have no dispatch for weeks: the wall shows the month all the same."""
    with time_machine.travel(LATER.replace(day=28), tick=False) as moment:
        count()
        client = page(cast.street_cadre)
        address = f"/dashboards/{PAGES['street_cadre']}/"
        for text in (client.get(address).text, client.get("/rates/").text):
            assert "本期还没有数据" in text
            assert "本期刚开始" not in text
            assert "period=last_month" in text
        assert client.get(f"{address}wall/").context["picture"].period.first.month == LATER.month
        for day, is_young in ((1, True), (3, True), (4, False)):
            moment.move_to(LATER.replace(day=day))
            text = page(cast.street_cadre).get(address).text
            assert ("本期刚开始" in text) is is_young, day


def test_the_large_numbers(page, cast):
    with time_machine.travel(LATER, tick=False):
        happen(cast)
        count()
        street = page(cast.street_cadre).get(f"/dashboards/{PAGES['street_cadre']}/").context
        office = page(cast.urban_officer).get(f"/dashboards/{PAGES['urban_officer']}/").context
    # Two are closed; of the others one lies in the other street.
    assert [number.count for number in street["picture"].now] == [6, 0, 0, 0]
    assert [number.count for number in office["picture"].now] == [1, 0, 0, 0]
    assert [row.board.code for row in street["compared"]] == ["421102005003", "421102005004"]
    assert [rate["rate"].value for rate in street["picture"].cards] == [1000, 500, 500]
    [own] = [one for one in street["picture"].topics if one.count]
    assert own.count == 1


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("street_cadre", "street/421102005000", 200),
        ("street_cadre", "street/421102001000", 404),
        ("street_cadre", "district/421102000000", 404),
        ("street_cadre", "department/urban-management", 404),
        ("street_cadre", "community/421102005004", 200),
        ("district_cadre", "department/urban-management", 200),
        ("community_worker", "compound/421102005003-001", 200),
        ("community_worker", "community/421102005004", 404),
        ("secretary", "compound/421102005003-001", 200),
        ("secretary", "compound/421102005003-002", 404),
        ("secretary", "community/421102005003", 404),
        ("urban_officer", "department/housing", 404),
        ("urban_officer", "department/urban-management", 200),
        ("owner", "compound/421102005003-001", 403),
        ("auditor", "street/421102005000", 403),
        ("street_cadre", "building/421102005003-001-005", 404),
        ("street_cadre", "street/none", 404),
    ],
)
def test_who_sees_which(page, cast, who, path, status):
    count()
    client = page(getattr(cast, who))
    for more in ("", "wall/"):
        assert client.get(f"/dashboards/{path}/{more}").status_code == status


@pytest.mark.parametrize("who", [one for one in PAGES if one != "admin"])
def test_the_navigation_leads_to_the_own_picture(page, cast, who):
    count()
    client = page(getattr(cast, who))
    assert 'href="/dashboards/"' in client.get("/").content.decode()
    assert client.get("/dashboards/").headers["Location"] == f"/dashboards/{PAGES[who]}/"


def test_somebody_with_several_chooses(page, cast):
    count()
    rows = page(cast.admin).get("/dashboards/").context
    assert rows is None or [row[0].code for row in rows["rows"]] == [cast.district.code]
    assert page(cast.owner).get("/dashboards/").status_code == 403


def test_before_anything_is_counted(page, cast):
    assert "还没有统计" in page(cast.street_cadre).get("/dashboards/").content.decode()
    count()
    page_ = page(cast.street_cadre).get(f"/dashboards/{PAGES['street_cadre']}/")
    assert "as of" not in page_.content.decode()


def test_old_numbers_say_so(page, cast):
    count()
    path = f"/dashboards/{PAGES['street_cadre']}/"
    with time_machine.travel(LATER, tick=False):
        assert page(cast.street_cadre).get(path).context["picture"].is_old is False
    with time_machine.travel(LATER + pictures.OLD_AFTER * 2, tick=False):
        assert page(cast.street_cadre).get(path).context["picture"].is_old is True


def test_units_come_by_code_and_page_by_page(page, cast):
    for number in range(40, 5, -1):
        make.unit(cast.street, code=f"4211020051{number:02}", name=f"社区{number}")
    count()
    client = page(cast.street_cadre)
    first = client.get(f"/dashboards/{PAGES['street_cadre']}/").context
    codes = [row.board.code for row in first["compared"]]
    assert codes == sorted(codes)
    assert len(codes) == 15
    second = client.get(f"/dashboards/{PAGES['street_cadre']}/{first['page'].next}").context
    more = [row.board.code for row in second["compared"]]
    assert more == sorted(more)
    assert min(more) > max(codes)
    assert client.get(f"/dashboards/{PAGES['street_cadre']}/?sort=late").context["page"].rows


NOT_COUNTED = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)", re.IGNORECASE)


def statements(client, path, django_assert_max_num_queries):
    client.get(path)
    with django_assert_max_num_queries(40) as captured:
        assert client.get(path).status_code == 200
    return sum(not NOT_COUNTED.match(one["sql"]) for one in captured.captured_queries)


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("more", ["", "wall/"])
@pytest.mark.parametrize("day", [LATER.day, 1], ids=["later", "first day"])
def test_as_many_statements_for_one_unit_as_for_thirty(
    page, cast, who, more, day, django_assert_max_num_queries
):
    person, path = getattr(cast, who), f"/dashboards/{PAGES[who]}/{more}"
    with time_machine.travel(LATER.replace(day=day), tick=False):
        make.task(cast)
        count()
        few = statements(page(person), path, django_assert_max_num_queries)
        for number in range(30):
            street = make.unit(
                code=f"4211021{number:02}000", name=f"街道{number}", district=cast.district
            )
            where = make.unit(cast.community, code=f"421102005003-1{number:02}", name=f"小{number}")
            make.unit(cast.street, code=f"4211020052{number:02}", name=f"社区{number}")
            make.task(cast, unit=where)
            make.task(cast, by=cast.admin, unit=street)
        count()
        many = statements(page(person), path, django_assert_max_num_queries)
    assert many == few
    assert many <= 15
    assert Board.objects.count() > 90
    assert Unit.objects.count() > 90


def test_the_wall_shows_the_next_units_each_minute(page, cast):
    for number in range(10):
        make.unit(cast.street, code=f"4211020051{number:02}", name=f"社区{number}")
    count()
    client, path = page(cast.street_cadre), f"/dashboards/{PAGES['street_cadre']}/wall/"
    shown = []
    for minute in range(3):
        with time_machine.travel(make.NOW + timedelta(minutes=minute), tick=False):
            shown.append([row.board.code for row in client.get(path).context["compared"]])
    assert shown[0] + shown[1] == sorted({*shown[0], *shown[1]})
    assert shown[2] == shown[0]
