"""A resident's own reports and home page."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.enums import Status
from tests import factories as make


def shown(response) -> str:
    return unescape(response.content.decode())


def test_only_the_own_reports_are_listed(page, cast):
    own, other = make.task(cast), make.task(cast, by=cast.neighbour)
    response = page(cast.owner).get("/mine/")
    assert [card["task"] for card in response.context["cards"]] == [own]
    assert other.number not in shown(response)


def test_nothing_reported_says_how_to_start(page, cast):
    text = shown(page(cast.owner).get("/mine/"))
    assert 'href="/report/"' in text


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_its_sentence(page, cast, status):
    make.task(cast, status)
    (card,) = page(cast.owner).get("/mine/").context["cards"]
    assert card["state"] != ""


def test_pages_go_by_key_and_cost_the_same_queries(page, cast):
    client = page(cast.owner)
    made = [make.task(cast, Status.REPORTED_IN)]
    client.get("/mine/")
    with CaptureQueriesContext(connection) as one:
        client.get("/mine/")
    made += [make.task(cast, Status.REPORTED_IN) for _task in range(30)]
    with CaptureQueriesContext(connection) as many:
        first = client.get("/mine/")
    assert len(many) == len(one)
    second = client.get(f"/mine/{first.context['page'].next}")
    listed = [card["task"] for page in (first, second) for card in page.context["cards"]]
    assert listed == made[::-1]
    assert (first.context["page"].previous, second.context["page"].next) == ("", "")


@pytest.mark.parametrize("cursor", ["x", "9" * 30, "-1"])
def test_a_strange_cursor_shows_the_first_page(page, cast, cursor):
    make.task(cast)
    assert len(page(cast.owner).get("/mine/", {"after": cursor}).context["cards"]) == 1


def test_the_home_of_a_resident_shows_open_reports_only(page, cast):
    still, _done = make.task(cast), make.task(cast, Status.CLOSED)
    response = page(cast.owner).get("/")
    assert response.templates[0].name == "governance/home_resident.html"
    assert [card["task"] for card in response.context["cards"]] == [still]
    assert list(response.context["offered"]) == []


def test_members_see_what_they_could_take_and_what_they_took(page, cast):
    offered = make.task(cast, Status.OFFERED)
    taken = make.task(cast, Status.TAKEN)
    make.task(cast, Status.OFFERED, unit=cast.other_compound)
    response = page(cast.member).get("/")
    assert list(response.context["offered"]) == [offered]
    assert list(response.context["taken"]) == [taken]


def test_the_home_costs_the_same_queries_with_many_reports(page, cast):
    client = page(cast.member)
    make.task(cast, by=cast.member)
    make.task(cast, Status.OFFERED)
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _task in range(30):
        make.task(cast, Status.REPORTED_IN, by=cast.member)
        make.task(cast, Status.OFFERED)
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)


def test_home_says_how_to_claim_one_and_what_waits_for_a_rating_first(cast, page):
    newcomer = make.user(phone="13911660001")
    assert "/my-home/claim/" in page(newcomer).get("/").content.decode()
    home = make.household(cast.building, "501")
    newcomer.claims.create(household=home, name="新来", relation="owner", made_at=make.NOW)
    assert "/my-home/claim/" not in page(newcomer).get("/").content.decode()
    rated, newer = make.task(cast, Status.RATING), make.task(cast)
    text = page(cast.owner).get("/").content.decode()
    assert text.index(rated.number) < text.index(newer.number)
