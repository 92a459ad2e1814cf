"""A grid worker completes the missing cells of the own houses on the phone, and no others."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.enums import Subject
from governance.data_forms.models import Answer
from residents.enums import CareKind
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms import sum_workbooks as sum_books
from tests.governance.data_forms.form_factories import NOW, blank, upload

HEADINGS = ("序号", "姓名", "联系电话", "喜好", "体检日期")


@pytest.fixture
def grid_worker(cast):
    return cast.grid_worker


@pytest.fixture
def houses(cast):
    """One in the grid, one in another compound of the community."""
    other = make.unit(cast.other_compound, name="9栋")
    people = []
    for name, building in (("张大爷", cast.building), ("李大妈", other)):
        person = make.resident(building, name=name)
        make.belonging(person, make.household(building))
        people.append(person)
    return people


@pytest.fixture
def form(cast, houses):
    return blank(cast, books.book("走访", HEADINGS))


def body(form, row, **values):
    columns = {column.heading: column.pk for column in form.columns.all()}
    cells = [
        {"row": row, "column": columns[name], "value": value} for name, value in values.items()
    ]
    return {"answers": cells}


def send(page, user, form, sent, mark=None):
    headers = {"Idempotency-Key": mark} if mark else {}
    return page(user).post(
        f"/api/v1/forms/{form.pk}/answers/", json.dumps(sent), content_type="application/json",
        headers=headers,
    )  # fmt: skip


def test_only_the_own_houses_are_listed_by_door_and_family_name(
    cast, form, houses, page, grid_worker
):
    shown = answers.waiting(form=form, kept=True, by=grid_worker, now=NOW)
    assert list(shown.lines) == [houses[0].pk]
    browser = page(grid_worker)
    assert "/forms/phone/" in browser.get("/").content.decode()
    assert form.name in browser.get("/forms/phone/").content.decode()
    text = browser.get(f"/forms/phone/{form.pk}/").content.decode()
    assert "张**" in text
    assert "张大爷" not in text
    assert "李" not in text.split("<main")[1].split("</main")[0]
    # The desk's pages stay with those who fill forms.
    for path in ("", "complete/", "preview/", "fill/", "import/"):
        assert browser.get(f"/forms/{form.pk}/{path}").status_code == 403


def test_what_is_known_does_not_stand_on_a_page_that_a_phone_keeps(
    cast, form, houses, page, grid_worker
):
    person = houses[0]
    column = form.columns.get(heading="喜好")
    cell = answers.Cell(person.pk, column.pk, "唱歌")
    answers.save(form=form, cells=[cell], by=cast.community_worker, now=NOW)
    other = blank(cast, books.book("乙表", ("序号", "姓名", "喜好", "特长")))
    for kept in (form, other):
        text = page(grid_worker).get(f"/forms/phone/{kept.pk}/").content.decode()
        assert "唱歌" not in text
    text = page(grid_worker).get(f"/forms/phone/{form.pk}/").content.decode()
    assert f"cell_{person.pk}_{column.pk}" not in text


def test_it_works_without_a_script(cast, form, houses, page, grid_worker):
    person, where = houses[0], f"/forms/phone/{form.pk}/"
    columns = {column.heading: f"cell_{person.pk}_{column.pk}" for column in form.columns.all()}
    browser = page(grid_worker)
    bad = {"rows": person.pk, columns["体检日期"]: "昨天", columns["喜好"]: "唱歌"}
    answer = browser.post(where, bad)
    assert answer.status_code == 400
    assert 'value="唱歌"' in answer.content.decode()
    good = {"rows": person.pk, columns["喜好"]: "唱歌", columns["联系电话"]: "13900001111"}
    assert browser.post(where, good).headers["Location"] == where
    person.refresh_from_db()
    assert (person.phone, Answer.objects.get().value) == ("13900001111", "唱歌")
    assert browser.post(where, {"rows": ""}).status_code == 404


def test_a_draft_that_is_sent_twice_is_kept_once(cast, form, houses, page, grid_worker):
    sent, mark = body(form, houses[0].pk, 喜好="唱歌", 联系电话="13900001111"), str(uuid4())
    first = send(page, grid_worker, form, sent, mark)
    assert (first.status_code, first.json()) == (
        200, {"answered": 1, "corrected": 0, "emptied": 0, "to_rosters": 1},
    )  # fmt: skip
    again = send(page, grid_worker, form, sent, mark)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Answer.objects.get().by == grid_worker


def test_what_another_one_answered_meanwhile_is_refused_with_what_it_is(
    cast, form, houses, page, grid_worker
):
    column = form.columns.get(heading="喜好")
    cell = answers.Cell(houses[0].pk, column.pk, "下棋")
    answers.save(form=form, cells=[cell], by=cast.community_worker, now=NOW)
    refused = send(page, grid_worker, form, body(form, houses[0].pk, 喜好="唱歌"))
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (400, "answered_meanwhile")
    [sentence] = problem["errors"][f"cell_{houses[0].pk}_{column.pk}"]
    assert "下棋" in sentence
    assert Answer.objects.get().value == "下棋"


def test_others_rows_forms_and_columns_are_refused(cast, form, houses, page, grid_worker):
    assert send(page, grid_worker, form, body(form, houses[1].pk, 喜好="x")).status_code == 400
    assert send(page, grid_worker, form, body(form, houses[0].pk, 姓名="x")).status_code == 400
    for user, status in ((cast.sibling_worker, 404), (cast.owner, 404), (cast.admin, 403)):
        assert send(page, user, form, body(form, houses[0].pk, 喜好="x")).status_code == status
    for sent in (
        {},
        {"answers": []},
        {"answers": "x"},
        {"answers": [{"row": "x"}]},
        {"answers": [{}] * 400},
    ):
        assert send(page, grid_worker, form, sent).status_code == 400
    for user in (cast.owner, cast.admin, cast.urban_officer):
        assert page(user).get("/forms/phone/").status_code == 403
    assert Answer.objects.count() == 0


def test_a_care_roster_is_opened_to_those_named_alone(cast, houses, page, grid_worker):
    make.care_reader(cast.community_worker, cast.community, CareKind.LIVING_ALONE)
    form = blank(cast, books.book("走访", HEADINGS), care="living_alone")
    assert page(grid_worker).get(f"/forms/phone/{form.pk}/").status_code == 403


@pytest.mark.parametrize("subject", [Subject.HOUSEHOLD, Subject.BUILDING, Subject.COMPOUND])
def test_homes_and_places_are_those_of_the_grid(cast, houses, subject, grid_worker):
    form = blank(cast, books.book("表", ("序号", "小区名称", "门锁编号")), subject)
    rows = answers.waiting(form=form, by=grid_worker, now=NOW)
    everybody = answers.waiting(form=form, by=cast.community_worker, now=NOW)
    assert 0 < len(rows.lines) < len(everybody.lines)


def test_the_worker_script_keeps_these_pages_alone(page, grid_worker):
    answer = page(grid_worker).get("/forms/phone/worker.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert '"/forms/phone/"' in answer.content.decode().replace("\\u002D", "-")


def test_no_more_queries_for_more_rows(cast, form, houses, page, grid_worker):
    browser, where = page(grid_worker), f"/forms/phone/{form.pk}/"

    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get(where)
        return len(queries)

    browser.get(where)
    one = count()
    for number in range(12):
        person = make.resident(cast.building, name=f"老人{number}")
        make.belonging(person, make.household(cast.building, room=f"2{number:02}"))
    assert count() == one


def test_a_form_of_numbers_has_no_rows_for_the_phone(cast, page, grid_worker):
    """Its numbers are those of a place: who fills forms types them on their own page."""
    form = blanks.add(
        unit=cast.community, name="统计表", subject=Subject.SUMS, by=cast.community_worker, now=NOW,
        file=upload(sum_books.ages()),
    )  # fmt: skip
    phone = f"/forms/phone/{form.pk}/"
    for user in (cast.community_worker, grid_worker):
        assert page(user).get(phone).status_code == 400
    numbers = f"/forms/{form.pk}/numbers/complete/"
    assert page(cast.community_worker).get(f"/forms/{form.pk}/complete/").url == numbers
    assert page(grid_worker).get(numbers).status_code == 403
    sent = {"answers": [{"row": 1, "column": 1, "value": "x"}]}
    assert send(page, grid_worker, form, sent).status_code == 403
