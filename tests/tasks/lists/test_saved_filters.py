"""Filters that people keep: saved, shown first, renamed, shared by address, deleted."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from orgs.errors import Refused
from tasks.lists import saved_filters
from tasks.lists.filters import kept
from tasks.models import SavedFilter
from tests import factories as make


@pytest.fixture
def late(cast):
    return saved_filters.save(name="超时的", query="tab=late", by=cast.street_cadre)


def test_an_address_is_kept_without_empty_and_foreign_parts():
    assert kept("tab=late&q=&after=5&csrf=x&category=b&status=%00") == "category=b&tab=late"
    assert kept("category=b&tab=late") == kept("tab=late&category=b")


def test_saving_shows_a_chip_and_leads_to_the_list(cast, page):
    browser = page(cast.street_cadre)
    answer = browser.post(
        "/tasks/saved/", {"name": " 本周 超时 ", "query": "after=3&tab=late&q=充电"}
    )
    assert answer["Location"] == "/tasks/?q=%E5%85%85%E7%94%B5&tab=late"
    shown = browser.get(answer["Location"])
    assert [one.name for one in shown.context["saved"]] == ["本周 超时"]
    assert shown.content.decode().count('aria-current="true"') == 1
    assert page(cast.community_worker).get(answer["Location"]).context["saved"] == []


def test_a_shared_address_shows_only_what_the_other_may_see(cast, page):
    make.task(cast)
    assert len(page(cast.street_cadre).get("/tasks/?tab=open").context["rows"]) == 1
    assert len(page(cast.sibling_cadre).get("/tasks/?tab=open").context["rows"]) == 0


def test_the_first_filter_comes_for_an_address_without_any(cast, page, late):
    browser = page(cast.street_cadre)
    assert browser.get("/tasks/").status_code == 200
    browser.post(f"/tasks/saved/{late.pk}/", {"name": "超时的", "is_default": "on"})
    assert browser.get("/tasks/")["Location"] == "/tasks/?tab=late"
    everything = browser.get("/tasks/?tab=")
    assert everything.status_code == 200
    assert everything.context["tabs"][0]["url"] == "?tab="
    part = browser.get("/tasks/?q=&status=", HTTP_HX_REQUEST="true")
    assert part["HX-Push-Url"] == "/tasks/?tab="
    assert page(cast.community_worker).get("/tasks/").status_code == 200


def test_one_filter_at_most_comes_first(cast, late):
    for name in ("甲", "乙"):
        saved_filters.save(name=name, query="tab=open", by=cast.street_cadre, is_default=True)
    assert [one.name for one in saved_filters.own(cast.street_cadre) if one.is_default] == ["乙"]


def test_renaming_and_deleting(cast, page, late):
    browser = page(cast.street_cadre)
    browser.post(f"/tasks/saved/{late.pk}/", {"name": "红灯"})
    assert saved_filters.own(cast.street_cadre).get().name == "红灯"
    shown = browser.get("/tasks/saved/").content.decode()
    assert "红灯" in shown
    assert "打开列表" in shown
    browser.post(f"/tasks/saved/{late.pk}/delete/")
    assert browser.get("/tasks/saved/").status_code == 200
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "超时的", "query": "tab=open"}, "name"),
        ({"name": "", "query": "tab=open"}, "name"),
        ({"name": "长" * 21, "query": "tab=open"}, "name"),
        ({"name": "全部", "query": "after=3"}, "query"),
        ({"name": "全部", "query": ""}, "query"),
        ({"name": "全部", "query": "q=" + "x" * 1000}, "query"),
    ],
)
def test_what_is_not_kept_says_why(cast, page, late, data, field):
    answer = page(cast.street_cadre).post("/tasks/saved/", data)
    assert (answer.status_code, list(answer.context["new"].errors)) == (400, [field])
    assert SavedFilter.objects.count() == 1


def test_a_name_that_is_taken_while_renaming(cast, page, late):
    other = saved_filters.save(name="红灯", query="tab=open", by=cast.street_cadre)
    answer = page(cast.street_cadre).post(f"/tasks/saved/{other.pk}/", {"name": "超时的"})
    assert answer.status_code == 400
    assert "同名" in answer.content.decode()


def test_twenty_are_the_most(cast):
    for number in range(saved_filters.MOST):
        saved_filters.save(name=str(number), query="tab=open", by=cast.owner)
    with pytest.raises(Refused) as refusal:
        saved_filters.save(name="21", query="tab=open", by=cast.owner)
    assert refusal.value.code == "too_many"


def test_other_peoples_filters_do_not_exist(cast, page, api, late):
    browser, client = page(cast.community_worker), api(cast.community_worker)
    assert browser.post(f"/tasks/saved/{late.pk}/", {"name": "x"}).status_code == 404
    assert browser.post(f"/tasks/saved/{late.pk}/delete/").status_code == 404
    assert client.patch(f"/api/v1/saved-filters/{late.pk}/", {"name": "x"}).status_code == 404
    assert client.delete(f"/api/v1/saved-filters/{late.pk}/").status_code == 404
    assert client.get("/api/v1/saved-filters/").json()["results"] == []


@pytest.mark.parametrize("change", [{"name": "", "query": "a"}, {"name": "a", "query": ""}])
def test_the_database_keeps_no_half_filter(cast, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(user=cast.owner, **change)


def test_over_the_api(cast, api):
    client = api(cast.street_cadre)
    made = client.post(
        "/api/v1/saved-filters/", {"name": "超时的", "query": "?tab=late"}, format="json"
    )
    assert (made.status_code, made.json()["query"]) == (201, "tab=late")
    address = f"/api/v1/saved-filters/{made.json()['id']}/"
    changed = client.patch(address, {"is_default": True}, format="json")
    assert (changed.json()["name"], changed.json()["is_default"]) == ("超时的", True)
    again = client.post(
        "/api/v1/saved-filters/", {"name": "超时的", "query": "tab=open"}, format="json"
    )
    assert (again.status_code, list(again.json()["errors"])) == (400, ["name"])
    assert client.delete(address).status_code == 204


def test_the_list_costs_the_same_with_many_filters(cast, page):
    browser = page(cast.street_cadre)
    browser.get("/tasks/?tab=open")

    def cost():
        with CaptureQueriesContext(connection) as captured:
            browser.get("/tasks/?tab=open")
        return len(captured)

    saved_filters.save(name="0", query="tab=late", by=cast.street_cadre)
    one = cost()
    for number in range(1, saved_filters.MOST):
        saved_filters.save(name=str(number), query="tab=late", by=cast.street_cadre)
    assert cost() == one
