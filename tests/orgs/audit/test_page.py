"""Auditors, and nobody else, read the audit."""

from datetime import datetime

import pytest
from django.utils import timezone

from orgs.audit import audit, search
from orgs.enums import AuditResult
from orgs.models import AuditEntry
from tasks.workflow import contacts
from tests import factories as make

NOW = datetime(2026, 5, 20, 9, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def entries(cast) -> list[AuditEntry]:
    """Two of the street cadre's, one refused, on two days."""
    return [
        audit.record("units.move", by=cast.street_cadre, obj=cast.compound, now=NOW),
        audit.record(
            "units.rename",
            by=cast.street_cadre,
            obj=cast.compound,
            result=AuditResult.REFUSED,
            now=NOW.replace(day=21),
        ),
        audit.record("attachments.store", by=cast.owner, now=NOW.replace(day=22)),
    ]


def listed(answer) -> list[str]:
    return [entry.action for entry, *_names in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["attachments.store", "units.rename", "units.move"]),
        ("who=street", ["units.rename", "units.move"]),
        ("what=units.m", ["units.move"]),
        ("result=refused", ["units.rename"]),
        ("since=2026-05-21", ["attachments.store", "units.rename"]),
        ("until=2026-05-21", ["units.rename", "units.move"]),
        ("since=2026-05-21&until=2026-05-21", ["units.rename"]),
        ("record=0", []),
        ("since=nonsense", []),
    ],
)
def test_an_auditor_filters(cast, page, entries, query, expected):
    answer = page(cast.auditor).get(f"/audit/?{query}")
    assert answer.status_code == 200
    assert listed(answer) == expected


@pytest.mark.parametrize("who", ["admin", "street_cadre", "district_cadre", "owner"])
def test_others_are_refused_superusers_included(cast, page, who):
    assert page(getattr(cast, who)).get("/audit/").status_code == 403


def test_a_stranger_signs_in_first(cast, page):
    assert page().get("/audit/").status_code == 302


def test_pages_go_by_key_and_cost_the_same(cast, page, entries, django_assert_max_num_queries):
    for number in range(120):
        audit.record(f"tests.act{number:03}", by=None, now=NOW)
    client = page(cast.auditor)
    with django_assert_max_num_queries(10):
        first = client.get("/audit/")
    assert len(listed(first)) == 50
    second = client.get("/audit/" + first.context["page"].next)
    assert listed(second)[0] == "tests.act069"
    assert second.context["page"].previous


@pytest.mark.parametrize("model", ["auditentry", "auditseal"])
def test_the_admin_shows_it_to_auditors_only_and_changes_nothing(cast, page, entries, model):
    cast.auditor.is_staff = True
    cast.auditor.save()
    address = f"/admin/orgs/{model}/"
    assert page(cast.auditor).get(address).status_code == 200
    assert page(cast.admin).get(address).status_code == 403
    assert page(cast.auditor).get(f"{address}add/").status_code == 403
    assert (
        page(cast.auditor).post(f"/admin/orgs/auditentry/{entries[0].pk}/delete/").status_code
        == 403
    )


@pytest.fixture
def told(cast) -> list[AuditEntry]:
    """A contact seen, a unit renamed, a page refused: in the words of upper floors too."""
    task = make.task(cast)
    contacts.reveal(task=task, purpose="核实情况", by=cast.community_worker, now=NOW)
    audit.record("orgs.rename_unit", by=cast.street_cadre, obj=cast.compound, now=NOW)
    audit.record("orgs:units", by=cast.owner, result=AuditResult.REFUSED, now=NOW)
    return [task]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"what": "联系方式"}, {"tasks.reveal-contact"}),
        ({"what": "组织改名"}, {"orgs.rename_unit"}),
        ({"what": "系统页面"}, {"orgs:units"}),
        ({"what": "orgs.rename"}, {"orgs.rename_unit"}),
        ({"record": "翡翠一品"}, {"orgs.rename_unit"}),
        ({"record": "421102005003-001"}, {"orgs.rename_unit"}),
        ({"who": "王主任"}, {"orgs.rename_unit"}),
        ({"who": "street"}, {"orgs.rename_unit"}),
        ({"who": "没有这个人"}, set()),
        ({"record": "没有"}, set()),
    ],
)
def test_it_is_searched_by_the_words_that_it_shows(cast, page, told, query, found):
    answer = page(cast.auditor).get("/audit/", query)
    assert set(listed(answer)) == found


def test_a_task_is_found_by_its_number_and_called_by_it(cast, page, told):
    number = told[0].number
    answer = page(cast.auditor).get("/audit/", {"record": number, "what": "任务"})
    assert {"tasks.report", "tasks.reveal-contact"} <= set(listed(answer))
    assert {record for _entry, record, _person in answer.context["rows"]} == {f"任务 {number}"}
    assert "陈社工" in {person for _entry, _record, person in answer.context["rows"]}


def test_the_admin_searches_the_same_way(cast, page, told):
    cast.auditor.is_staff = True
    cast.auditor.save()
    for words in (told[0].number, "组织改名", "王主任", "翡翠一品"):
        answer = page(cast.auditor).get("/admin/orgs/auditentry/", {"q": words})
        assert len(answer.context["cl"].result_list) >= 1, words
    nothing = page(cast.auditor).get("/admin/orgs/auditentry/", {"q": "没有这样的"})
    assert len(nothing.context["cl"].result_list) == 0


def test_names_and_numbers_cost_the_same(cast, page, django_assert_num_queries):
    client = page(cast.auditor)
    audit.record("orgs.rename_unit", by=cast.street_cadre, obj=cast.compound, now=NOW)
    client.get("/audit/")
    with django_assert_num_queries(60, exact=False) as one:
        client.get("/audit/", {"record": "小区", "what": "组织"})
    for number in range(30):
        who = (cast.street_cadre, cast.community_worker)[number % 2]
        audit.record("orgs.rename_unit", by=who, obj=cast.other_compound, now=NOW)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(listed(client.get("/audit/", {"record": "小区", "what": "组织"}))) == 31


def test_a_single_sign_is_not_everybody(cast, page):
    person = make.resident(cast.building)
    audit.record("orgs.rename_unit", by=cast.street_cadre, obj=person, now=NOW)
    client = page(cast.auditor)
    assert listed(client.get("/audit/", {"record": "甲"})) == []
    assert listed(client.get("/audit/", {"record": person.name})) == ["orgs.rename_unit"]


def test_words_that_fit_too_many_records_ask_for_more_words(cast, page, told, monkeypatch):
    monkeypatch.setattr(search, "MOST_RECORDS", 1)
    cast.auditor.is_staff = True
    cast.auditor.save()
    client, words = page(cast.auditor), "符合的记录超过1条"
    answer = client.get("/audit/", {"record": "社区"})
    assert words in answer.content.decode()
    assert listed(answer) == []
    answer = client.get("/admin/orgs/auditentry/", {"q": "社区"})
    assert words in answer.content.decode()
    assert len(answer.context["cl"].result_list) == 0
