"""The directory: what it says and refuses; tests/orgs/registers tell who reads and writes it."""

import pytest
from django.db import IntegrityError, transaction

from orgs.directory.directory import SERVICE_POINTS
from orgs.models import ServicePoint
from tests import factories as make
from tests.roster_workbooks import book, counts, problems, send

URL = "/api/v1/service-points/"


def test_a_visitor_calls_the_most_needed_first(cast, page):
    make.service_point(cast.street)
    make.service_point(cast.other_street, kind="emergency", name="报警", phone="110")
    shown = page().get("/numbers/")
    assert [point.name for point in shown.context["page"].rows] == ["报警", "示范供水站"]
    assert 'href="tel:110"' in shown.content.decode()
    assert "示范供水站" in page().get("/numbers/?kind=water&q=示范 西湖").content.decode()
    assert 'href="/numbers/"' in page().get("/").content.decode()
    assert 'href="/numbers/"' in page(cast.owner).get("/").content.decode()


def test_the_community_enters_and_ends(cast, page):
    client, form = (
        page(cast.community_worker),
        {"kind": "water", "name": "供水", "opening": "daily"},
    )
    add = f"/units/{cast.compound.code}/numbers/add/"
    refused = client.post(add, form | {"note": "半张表"})
    assert (refused.status_code, "半张表" in refused.content.decode()) == (400, True)
    assert "供水 110" in client.post(add, form | {"phone": "110"}, follow=True).content.decode()
    entry = f"/numbers/{ServicePoint.objects.get().pk}/"
    client.post(entry, form | {"phone": "110", "ends": "2026-01-01"})
    assert f'href="{entry}"' not in client.get("/numbers/").content.decode()


def test_software_reads_and_writes(cast, api):
    body = {"unit": cast.street.code, "kind": "gas", "name": "燃气", "address": "示范路1号"}
    made = api(cast.street_cadre).post(URL, body, format="json")
    assert (made.status_code, made.json()["opening"]) == (201, "")
    assert api(cast.owner).get(f"{URL}?kind=gas").json()["results"] == [made.json()]


@pytest.mark.parametrize("change", [{"phone": ""}, {"opening": "x"}, {"kind": "x"}, {"name": "一"}])
def test_the_database_refuses(cast, change):
    points = [make.service_point(cast.street, name=name) for name in "一二"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ServicePoint.objects.filter(pk=points[1].pk).update(**change)


def test_excel(cast):
    headings, worker = ("类别", "名称", "联系电话", "服务时间"), cast.community_worker
    rows = [("供电", "示范供电所", "打电话", ""), ("公安派出所", "示范派出所", "110", "24小时")]
    sent = send(SERVICE_POINTS, cast.community, worker, book(headings, rows))
    assert counts(sent) == {"new": 1, "wrong": 1}
    assert problems(sent)[0] == {"phone": "只写数字和短横线，例如 110、0713-8350000。"}
