"""Duty lists are public: who answers for what, on which ground, and how to reach it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.catalogue.duty_lists import duty_list
from tasks.enums import AssignmentRole
from tasks.models import Category, Duty
from tests import factories as make


@pytest.fixture
def duties(cast):
    """Urban management leads on fumes; housing on all of its heading; an office of another street."""
    heading = Category.objects.create(code="homes", name="房屋", is_selectable=False)
    fumes = make.category(code="fumes", name="油烟扰民", keywords="烧烤")
    leak = make.category(code="leak", name="屋面漏水", parent=heading)
    cast.urban.phone, cast.urban.address = "0713-8350001", "示例路1号"
    cast.urban.save()
    Duty.objects.create(
        department=cast.urban, category=fumes, role="lead", basis="《大气污染防治法》第八十一条"
    )
    make.duty(cast.housing, fumes, AssignmentRole.ASSIST)
    make.duty(cast.housing, heading)
    office = make.department(
        cast.district, code="other-office", short_name="赤壁城管办", street=cast.other_street
    )
    make.duty(office, fumes)
    return fumes, leak


def test_anybody_reads_who_answers_on_which_ground_and_how_to_reach_them(cast, page, duties):
    shown = page().get(f"/duties/{cast.compound.code}/")
    text = shown.content.decode()
    assert shown.status_code == 200
    for said in ("城市管理执法局", "0713-8350001", "示例路1号", "第八十一条", "屋面漏水"):
        assert said in text
    assert "赤壁城管办" not in text


def test_a_line_of_a_heading_holds_for_its_kinds(cast, duties):
    fumes, leak = duties
    lines = {
        line.category: ([duty.department for duty in line.leads], len(line.assists))
        for section in duty_list(cast.building).sections
        for line in section.lines
    }
    assert lines == {fumes: ([cast.urban], 1), leak: ([cast.housing], 0)}


def test_no_heading_and_no_answer_is_empty(cast, page, duties):
    kind = make.category(code="birds", name="鸟类救助")
    make.duty(cast.fire, kind, AssignmentRole.ASSIST)
    browser = page(cast.owner)
    for address in (f"/duties/{cast.compound.code}/", f"/units/{cast.compound.code}/?tab=duties"):
        text = browser.get(address).content.decode()
        assert re.search(r"(<h2[^>]*>|<summary>)其他(</h2>| <span)", text)
        assert not re.search(r"<h2[^>]*></h2>|<summary> <|<dd></dd>", text)
    assert f"配合：{cast.fire.short_name}" in re.sub(r"<[^>]+>", "", text)


def test_words_narrow_the_list(cast, page, duties):
    text = page().get(f"/duties/{cast.compound.code}/?q=烧烤").content.decode()
    assert ("油烟扰民" in text, "屋面漏水" in text) == (True, False)
    assert page().get(f"/duties/{cast.compound.code}/?q=没有").status_code == 200


def test_a_compound_is_found_by_its_name(cast, page):
    text = page().get("/duties/?q=翡翠").content.decode()
    assert f"/duties/{cast.compound.code}/" in text
    assert page().get("/duties/nothing/").status_code == 404


def test_the_page_of_a_compound_shows_it_and_others_do_not(cast, page, duties):
    browser = page(cast.owner)
    assert (
        "0713-8350001" in browser.get(f"/units/{cast.compound.code}/?tab=duties").content.decode()
    )
    assert (
        "0713-8350001"
        not in browser.get(f"/units/{cast.community.code}/?tab=duties").content.decode()
    )


def test_departments_out_of_use_are_left_out(cast, duties):
    cast.urban.is_active = False
    cast.urban.save()
    (_heading, section) = duty_list(cast.compound).sections
    assert section.lines[0].leads == []


def test_the_api_gives_the_same(cast, api, duties):
    answer = api(cast.owner).get(f"/api/v1/units/{cast.compound.code}/duties/")
    first = answer.data["results"][-1]
    assert (first["category"], first["leads"][0]["phone"]) == ("fumes", "0713-8350001")
    assert api(cast.owner).get("/api/v1/units/nothing/duties/").status_code == 404


def test_the_statements_do_not_grow(cast, duties):
    with CaptureQueriesContext(connection) as few:
        duty_list(cast.compound)
    for number in range(20):
        make.duty(cast.fire, make.category(code=f"more-{number}", name=f"更多{number}"))
    with CaptureQueriesContext(connection) as many:
        duty_list(cast.compound)
    assert len(many) == len(few) <= 3
