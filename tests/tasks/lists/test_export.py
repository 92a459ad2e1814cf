"""The roster of residents' demands as a workbook: headings, rows, masks, formulas, the audit."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from orgs.models import AuditEntry
from orgs.web.pages import WORKBOOK_TYPE
from tasks.enums import Action, DeclineReason, Status
from tasks.lists import export
from tests import factories as make

# reference: the 14 headings of 居民诉求登记表, in their order.
HEADINGS = [
    "序号", "登记日期", "诉求人姓名", "联系电话", "居住地址", "网格", "诉求类型", "诉求内容",
    "受理人", "处理措施", "处理结果", "完成日期", "满意度", "备注",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW + timedelta(hours=1), tick=False):
        yield


def rows_of(response):
    """The rows of a fetched workbook, headings first."""
    content = b"".join(response.streaming_content)
    return [list(row) for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


def fetch(page, person, query=""):
    response = page(person).get(f"/tasks/export/{query}")
    assert response.status_code == 200, response.content
    return rows_of(response)


def test_headings_and_a_whole_story(cast, page):
    task = make.task(cast, Status.CLOSED, contact_name="沈业主", contact_phone="13800005678")
    headings, row = fetch(page, cast.street_cadre)
    assert headings == HEADINGS
    line = dict(zip(headings, row, strict=True))
    assert line["序号"] == 1
    assert line["登记日期"].date() == make.NOW.date()
    assert (line["诉求人姓名"], line["联系电话"]) == ("沈**", "138****5678")
    assert line["居住地址"].endswith("翡翠一品小区 5栋")
    assert line["网格"] == "翡翠一品网格"
    assert line["诉求类型"] == task.category.name
    assert line["诉求内容"] == "楼道里有飞线充电"
    assert "陈社工" in line["受理人"]
    for said in ("城管局", "住建局", "钱队长"):
        assert said in line["处理措施"]
    assert "线已拆除" in line["处理结果"]
    assert line["完成日期"].date() == make.NOW.date()
    assert line["满意度"].startswith("★★★★★")
    assert task.number in line["备注"]


def test_the_oldest_comes_first_and_filters_narrow(cast, page):
    first, second = make.task(cast), make.task(cast, Status.HANDLING)
    lines = fetch(page, cast.community_worker)[1:]
    assert [(line[0], line[13].partition(" ")[0]) for line in lines] == [
        (1, first.number),
        (2, second.number),
    ]
    assert len(fetch(page, cast.community_worker, "?status=handling")) == 2


@pytest.mark.parametrize("given", ["1", "on", "true"])
def test_only_what_one_answers_for_is_exported_where_the_list_shows_that(cast, page, given):
    make.task(cast)
    make.task(cast, unit=cast.sibling, by=cast.community_worker)
    assert len(fetch(page, cast.community_worker)) == 3
    assert len(fetch(page, cast.community_worker, f"?charge={given}")) == 2


def test_only_what_is_in_sight(cast, page):
    make.task(cast)
    assert len(fetch(page, cast.sibling_worker)) == 1
    assert len(fetch(page, cast.sibling_cadre)) == 1
    assert len(fetch(page, cast.district_cadre)) == 2


def test_a_department_reads_no_hidden_name_and_no_internal_remark(cast, page):
    task = make.task(cast, Status.DISPATCHED, contact_name="沈业主", hide_name=True)
    make.act(task, Action.COMMENT, cast.street_cadre, text="内部：注意方式", internal=True)
    line = fetch(page, cast.urban_officer)[1]
    assert line[2] is None
    assert "注意方式" not in str(line)


def test_the_hotlines_number_stands_in_the_remarks(cast, page):
    make.task(cast, by=cast.community_worker, outside_number="T-1", contact_name="王某")
    assert "T-1" in fetch(page, cast.community_worker)[1][13]


def test_declined_and_merged_say_so(cast, page):
    make.task(cast, Status.DECLINED)
    goes_on = make.task(cast)
    make.act(make.task(cast), Action.MERGE, cast.community_worker, into=goes_on)
    lines = fetch(page, cast.community_worker)[1:]
    assert lines[0][10] == str(DeclineReason.REPEATED.label)
    assert goes_on.number in lines[2][13]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-2", "@x", "\t=1", "\r=1", "\x01=1"])
def test_formulas_and_control_characters_are_harmless(cast, page, start):
    task = make.task(cast, text="楼道")
    type(task).objects.filter(pk=task.pk).update(text=start)
    assert fetch(page, cast.community_worker)[1][7].startswith("'")


@pytest.mark.parametrize("who", ["owner", "member", "auditor", "property_clerk", "outsider"])
def test_others_export_nothing(cast, page, api, who):
    person = getattr(cast, who)
    assert page(person).get("/tasks/export/").status_code == 403
    assert api(person).get("/api/v1/tasks/export/").status_code == 403
    assert "/tasks/export/" not in page(person).get("/tasks/?tab=").content.decode()


def test_the_audit_says_who_which_and_how_many(cast, page):
    make.task(cast)
    fetch(page, cast.street_cadre, "?tab=open&q=5678&after=9")
    entry = AuditEntry.objects.get(action="tasks.export-ledger")
    assert entry.actor_id == cast.street_cadre.pk
    assert entry.detail == {"filters": {"tab": "open", "q": "5678"}, "rows": 0}


def test_bad_filters_go_back_to_the_list(cast, page, api):
    response = page(cast.street_cadre).get("/tasks/export/?status=nonsense")
    assert (response.status_code, response["Location"]) == (302, "/tasks/?status=nonsense")
    assert api(cast.street_cadre).get("/api/v1/tasks/export/?status=nonsense").status_code == 400


def test_too_many_are_refused_with_a_sentence(cast, page, api, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 1)
    make.task(cast)
    make.task(cast)
    response = page(cast.street_cadre).get("/tasks/export/")
    assert (response.status_code, response.context["error"].code) == (413, "too_large")
    problem = api(cast.street_cadre).get("/api/v1/tasks/export/")
    assert (problem.status_code, problem["Content-Type"]) == (413, "application/problem+json")


def test_the_api_gives_the_same_workbook(cast, api):
    make.task(cast)
    client = api(cast.street_cadre)
    response = client.get("/api/v1/tasks/export/?tab=open", HTTP_ACCEPT=WORKBOOK_TYPE)
    assert response["Content-Type"] == WORKBOOK_TYPE
    assert len(rows_of(response)) == 2


def statements(page, person):
    with CaptureQueriesContext(connection) as captured:
        fetch(page, person)
    return len(captured)


@pytest.mark.parametrize("who", ["street_cadre", "grid_worker", "urban_officer"])
def test_thirty_rows_cost_what_one_costs(cast, page, who):
    person = getattr(cast, who)
    make.task(cast, Status.CLOSED)
    one = statements(page, person)
    for _number in range(29):
        make.task(cast, Status.CLOSED)
    assert statements(page, person) == one


def test_longer_rosters_are_read_in_pieces(cast, page, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    for _number in range(5):
        make.task(cast)
    assert [line[0] for line in fetch(page, cast.street_cadre)[1:]] == [1, 2, 3, 4, 5]
