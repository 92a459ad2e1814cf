"""Lists can be told apart: first words as title, sorting, and a department's own limit and role."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from orgs.values.text import first_words
from tasks.enums import Action, Light, Status
from tasks.lists.views import tasks as views
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("5栋楼道有人拉线充电。晚上八点以后最多。", "5栋楼道有人拉线充电"),
        ("你好。5栋楼道有人拉线充电，很危险！", "你好。5栋楼道有人拉线充电，很危险！"),
        ("路灯不亮", "路灯不亮"),
        ("三单元\n 电梯坏了三天没人修", "三单元 电梯坏了三天没人修"),
        ("长" * 60, "长" * 29 + "…"),
        ("我的电话13800005678，楼上漏水到我家厨房", "我的电话…，楼上漏水到我家厨房"),
        ("？！", ""),
    ],
)
def test_the_first_words_are_the_title(text, title):
    assert first_words(text, 30) == title or (title == "" and len(first_words(text, 30)) <= 2)


def test_a_report_is_called_by_its_first_words(cast):
    kind = make.category(name="飞线充电")
    task = make.task(cast, category=kind, text="5栋楼道有人拉线充电。晚上最多。")
    assert task.title == "5栋楼道有人拉线充电"
    assert make.task(cast, category=kind, title="楼道充电").title == "楼道充电"


def test_a_row_says_its_kind(page, cast):
    make.task(cast, category=make.category(name="油烟扰民"))
    shown = page(cast.community_worker).get("/tasks/").content.decode()
    assert "油烟扰民" in shown.split('class="rows"')[1]


# --- Sorting -----------------------------------------------------------------------------------------


@pytest.fixture
def three(cast):
    """Three tasks that each order sorts otherwise: by age, limit, place and kind."""
    soon, old = make.NOW + timedelta(hours=1), make.NOW - timedelta(days=1)
    names = ("乙类", "甲类", "丙类")
    kinds = [make.category(name=name) for name in names]
    first = make.task(cast, category=kinds[0], unit=cast.other_compound, now=soon)
    second = make.task(cast, Status.WITHDRAWN, category=kinds[1], unit=cast.building)
    third = make.task(cast, category=kinds[2], unit=cast.compound, now=old)
    return first, second, third


def by(tasks, key):
    return [task.number for task in sorted(tasks, key=key)]


def numbers(response):
    return [row.task.number for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("limit", lambda task: (task.limit_at is None, task.limit_at or make.NOW)),
        ("age", lambda task: task.pk),
        ("place", lambda task: task.unit.path_name),
        ("kind", lambda task: task.category.name),
        ("", lambda task: -task.pk),
    ],
)
def test_a_list_is_sorted_and_paged_in_that_order(page, cast, three, monkeypatch, sort, key):
    expected = by(three, key)
    browser = page(cast.community_worker)
    assert numbers(browser.get(f"/tasks/?tab=&sort={sort}")) == expected
    monkeypatch.setattr(views, "ROWS", 1)
    address, seen = f"/tasks/?tab=&sort={sort}", []
    while address:
        response = browser.get(address)
        seen += numbers(response)
        following = response.context["page"].next
        address = f"/tasks/{following}" if following else ""
    assert seen == expected
    before = browser.get(f"/tasks/{response.context['page'].previous}")
    assert numbers(before) == expected[1:2]


def test_a_sort_that_is_none_shows_nothing_and_nothing_comes_after_a_row_that_is_gone(
    page, cast, three
):
    browser = page(cast.community_worker)
    assert browser.get("/tasks/?sort=colour").status_code == 200
    assert len(numbers(browser.get("/tasks/?tab=&sort=limit&after=999999999"))) == 0


@pytest.mark.parametrize("sort", ["limit", "age", "place", "kind", ""])
def test_the_api_sorts_as_the_page_does(page, api, cast, three, sort):
    expected = numbers(page(cast.community_worker).get(f"/tasks/?tab=&sort={sort}"))
    client, seen = api(cast.community_worker), []
    address = f"/api/v1/tasks/?limit=1&sort={sort}"
    while address:
        answer = client.get(address).json()
        seen += [row["number"] for row in answer["results"]]
        address = answer["next"]
    assert seen == expected
    before = client.get(answer["previous"]).json()["results"]
    assert [row["number"] for row in before] == expected[1:2]


@pytest.mark.parametrize("query", ["sort=colour", "sort=limit&after=x", "sort=limit&before=-1"])
def test_the_api_refuses_an_order_that_it_does_not_know(api, cast, query):
    assert api(cast.community_worker).get(f"/api/v1/tasks/?{query}").status_code == 400


def test_reports_of_before_are_called_by_the_first_words(cast):
    kind = make.category(name="飞线充电")
    plain = make.task(cast, category=kind, title=kind.name, text="5栋三单元拉线充电。很危险")
    named = make.task(cast, category=kind, title="自己的标题")
    migration = import_module("tasks.migrations.0020_titles_of_first_words")
    migration.name(apps, SimpleNamespace(connection=connection))
    for task in (plain, named):
        task.refresh_from_db()
    assert (plain.title, named.title) == ("5栋三单元拉线充电", "自己的标题")


@pytest.mark.parametrize("rows", [1, 30])
def test_sorting_costs_the_same(page, cast, django_assert_max_num_queries, rows):
    for _number in range(rows):
        make.task(cast)
    browser = page(cast.community_worker)
    browser.get("/tasks/?sort=limit")
    with django_assert_max_num_queries(15):
        browser.get("/tasks/?sort=limit")


# --- The inbox ---------------------------------------------------------------------------------------


def rows_of(page, person, column):
    columns = page(person).get("/inbox/").context["columns"]
    return next(one["rows"] for one in columns if one["name"] == column)


def test_an_inbox_says_lead_or_assist_and_the_whistles_kind(page, cast):
    make.task(cast, Status.DISPATCHED)
    [lead] = rows_of(page, cast.urban_officer, "to_report_in")
    [assist] = rows_of(page, cast.housing_officer, "to_report_in")
    assert (lead.role, assist.role) == ("主办", "协办")
    shown = page(cast.housing_officer).get("/inbox/").content.decode()
    assert "协办" in shown
    assert "群众诉求" in shown


def test_an_assisting_departments_limit_is_its_own(page, cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    part = next(one for one in task.present_parts if one.department == cast.housing)
    # The lead works towards the end, the assisting one has not even reported in.
    [row] = rows_of(page, cast.housing_officer, "to_report_in")
    assert (row.limit, row.limit_name) == (part.report_in_by, "报到时限")
    with time_machine.travel(make.NOW + timedelta(hours=2), tick=False):
        [row] = rows_of(page, cast.housing_officer, "to_report_in")
        assert row.light == Light.RED
        [lead] = rows_of(page, cast.urban_officer, "working")
        assert (lead.limit, lead.light) == (task.resolve_by, Light.GREEN)
    make.act(task, Action.REPORT_IN, cast.housing_officer)
    [row] = rows_of(page, cast.housing_officer, "working")
    assert (row.limit, row.light) == (task.resolve_by, Light.GREEN)
    make.act(task, Action.FINISH, cast.housing_officer, text="已查")
    [row] = rows_of(page, cast.housing_officer, "to_confirm")
    assert (row.limit, row.light, row.role) == (None, None, "协办")


def test_an_inbox_is_sorted_by_the_own_limit(page, cast):
    late = make.task(cast, Status.REPORTED_IN)
    make.act(late, Action.CONTACT, cast.urban_officer, text="已联系")
    fresh = make.task(cast, Status.DISPATCHED, now=make.NOW + timedelta(minutes=30))
    rows = rows_of(page, cast.housing_officer, "to_report_in")
    # By the lead's limits the fresh one would come first.
    assert [row.task.number for row in rows] == [late.number, fresh.number]


def test_the_kinds_to_choose_stand_group_by_group_without_the_groups(cast, page):
    """No task is of a group: choosing one found nothing."""
    late, early = make.category(name="环境", position=9), make.category(name="安全", position=1)
    make.category(name="垃圾", parent=late, position=0)
    make.category(name="飞线", parent=early, position=5)
    form = page(cast.community_worker).get("/tasks/").context["filter"].form
    names = [name for _code, name in form.fields["category"].choices]
    assert [name for name in names if name in {"环境", "安全", "垃圾", "飞线"}] == ["飞线", "垃圾"]
