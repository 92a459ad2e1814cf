"""Pages and API of report-ins and certificates."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.web.form_fields import NamedUnitField
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import ReportIn
from volunteers.service.reportins import queries, reportins

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer(cast):
    return serve.employer(code="EMP1", name="市水务局机关党委")


@pytest.fixture
def row(cast, employer):
    return reportins.report(unit=cast.compound, organisation=employer, by=cast.owner, now=NOW)


def test_over_the_api(api, cast, employer):
    body = {"unit": cast.compound.code, "organisation": employer.code}
    answer = api(cast.owner).post("/api/v1/report-ins/", body, format="json")
    assert answer.status_code == 201
    assert answer.json()["status"] == "reported"
    assert len(answer.json()["certificate"]) == 32
    again = api(cast.owner).post("/api/v1/report-ins/", body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_reported_in")
    address = f"/api/v1/report-ins/{answer.json()['id']}/confirm/"
    assert api(cast.outsider).post(address).status_code == 404
    assert api(cast.owner).post(address).status_code == 403
    confirmed = api(cast.secretary).post(address)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    assert api(cast.secretary).post(address).status_code == 409


def test_on_a_phone_in_one_form(page, cast, employer):
    client = page(cast.owner)
    assert client.get(reverse("service:report")).status_code == 200
    given = {"kind": "member", "unit": cast.compound.code, "organisation": employer.name}
    answer = client.post(reverse("service:report"), given)
    row = ReportIn.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("service:report_in", args=[row.pk])
    assert client.get(reverse("service:report")).status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert "市水务局机关党委" in shown
    assert client.post(reverse("service:report"), given | {"organisation": "无"}).status_code == 400


def test_a_name_that_no_database_takes_is_a_line_at_its_field(page, cast, employer):
    body = {"kind": "member", "unit": cast.compound.code, "organisation": "a\0b"}
    answer = page(cast.member).post("/report-in/", body)
    assert answer.status_code == 400
    assert answer.context["form"].errors["organisation"].get_json_data()[0]["code"] == (
        "null_characters_not_allowed"
    )


def test_the_desk_confirms_together(page, cast, row):
    client = page(cast.secretary)
    shown = client.get(reverse("service:report_ins")).content.decode()
    assert row.participant.name in shown
    answer = client.post(reverse("service:report_ins_confirm"), {"pk": [row.pk, "x"]})
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (302, "confirmed")
    assert page(cast.outsider).get(reverse("service:report_ins")).status_code == 403
    assert page(cast.outsider).get(reverse("service:report_in", args=[row.pk])).status_code == 404


def test_who_stands_on_the_roster_is_ticked_already(cast, row):
    person = make.resident(cast.building)
    make.membership(person, cast.branch, member_class="in_service")
    known = serve.report_in(cast, serve.participant(cast.compound, person=person), state="reported")
    assert queries.on_roster([known, row]) == {known.pk}


def test_whoever_scans_reads_what_it_truly_says(client, cast, row):
    address = reverse("service:certificate", args=[row.certificate.number])
    shown = client.get(address)
    assert shown.status_code == 200
    assert "沈**" in shown.content.decode()
    assert "沈业主" not in shown.content.decode()
    reportins.refuse(reportin=row, reason="组织关系不符", by=cast.secretary, now=NOW)
    assert "组织关系不符" in client.get(address).content.decode()
    assert client.get(reverse("service:certificate", args=["0" * 32])).status_code == 404


def test_the_paper_and_the_steps(page, cast, row):
    client = page(cast.owner)
    assert client.get(reverse("service:report_in_paper", args=[row.pk])).status_code == 200
    assert client.get(reverse("service:report_in_act", args=[row.pk, "move"])).status_code == 200
    ended = client.post(
        reverse("service:report_in_act", args=[row.pk, "end"]), {"reason": "调离本市"}
    )
    row.refresh_from_db()
    assert (ended.status_code, row.state) == (302, "ended")


def test_at_the_desk_for_somebody_else(page, cast, employer):
    address = reverse("service:report_in_enter", args=[cast.compound.code])
    given = {"name": "老张", "kind": "member", "organisation": employer.name}
    assert page(cast.secretary).get(address).status_code == 200
    assert page(cast.secretary).post(address, given).status_code == 302
    assert ReportIn.objects.get().participant.name == "老张"
    assert page(cast.owner).get(address).status_code == 403


@pytest.mark.parametrize("path", ["/report-ins/?view=all", "/api/v1/report-ins/"])
def test_no_list_asks_more_for_more_rows(page, api, cast, path):
    client = api(cast.secretary) if path.startswith("/api") else page(cast.secretary)
    counts = []
    for more in (1, 29):
        for _number in range(more):
            serve.report_in(cast, serve.participant(cast.compound))
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_compound_is_found_by_the_name_that_people_write(page, cast, employer):
    client = page(cast.owner)
    shown = client.get(reverse("service:report"))
    assert f'value="{cast.compound.path_name}"' in shown.text
    assert f'value="{cast.compound.code}"' not in shown.text
    assert f'<option value="{cast.compound.path_name}">' in shown.text
    twin = make.unit(cast.community, code="421102005003-009", name=f"{cast.compound.name}二期")
    given = {"kind": "member", "organisation": employer.name}

    def refusal(words):
        answer = client.post(reverse("service:report"), given | {"unit": words})
        assert answer.status_code == 400
        return answer.context["form"].errors["unit"][0]

    assert refusal("没有的小区") == "没有叫这个名字的地点，请写出名称的一部分。"
    part = cast.compound.name[:2]
    assert refusal(part) == (
        f"有几个地点符合：{cast.compound.path_name}、{twin.path_name}。请写全名。"
    )
    assert refusal("a\0b")
    for who, words in (
        (cast.owner, cast.compound.name),
        (cast.member, cast.compound.path_name),
        (cast.volunteer, cast.compound.code),
    ):
        page(who).post(reverse("service:report"), given | {"unit": f" {words} "})
        assert ReportIn.objects.get(participant__account=who).unit == cast.compound


def test_a_whole_name_is_enough_however_many_have_it_in_theirs(page, cast, employer):
    name = cast.compound.name
    for number in range(NamedUnitField.NAMED + 2):
        make.unit(cast.community, code=f"421102005003-9{number:02}", name=f"{number}号{name}")
    given = {"kind": "member", "organisation": employer.name, "unit": name}
    page(cast.owner).post(reverse("service:report"), given)
    assert ReportIn.objects.get().unit == cast.compound


def test_who_moves_chooses_from_the_compounds_too(page, cast, employer):
    row = reportins.report(unit=cast.compound, organisation=employer, by=cast.owner, now=NOW)
    form = page(cast.owner).get(reverse("service:report_in_act", args=[row.pk, "move"])).text
    listed = re.search(r'name="unit"[^>]* list="([^"]+)"', form)
    assert f'<datalist id="{listed[1]}">' in form
    assert f'<option value="{cast.compound.path_name}"></option>' in form


def test_a_period_is_named_not_coded(page, cast, employer):
    row = reportins.report(unit=cast.compound, organisation=employer, by=cast.owner, now=NOW)
    form = page(cast.owner).get(reverse("service:member_report", args=[row.pk])).text
    assert "2026年上半年" in form
    assert ">2026-H1<" not in form


def test_skills_over_the_api_by_whoever_keeps_the_place(api, cast, row):
    address = f"/api/v1/report-ins/{row.pk}/skills/"
    desk = api(cast.secretary)
    entered = desk.post(address, {"skills": ["medical"]}, format="json")
    assert entered.status_code == 200
    assert entered.json() == {
        "person": row.participant_id, "name": row.participant.name, "skills": ["medical"],
    }  # fmt: skip
    for body in ({}, {"skills": ["magic"]}, {"skills": "medical"}):
        refused = desk.post(address, body, format="json")
        assert refused.status_code == 400
        assert refused["Content-Type"] == "application/problem+json"
    row.participant.refresh_from_db()
    assert row.participant.skills == ["medical"]
    assert api(cast.owner).post(address, {}, format="json").status_code == 403
    assert api(cast.outsider).post(address, {}, format="json").status_code == 404
    assert desk.post(address, {"skills": []}, format="json").json()["skills"] == []
