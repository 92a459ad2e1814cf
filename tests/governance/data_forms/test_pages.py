"""Pages of forms: the whole course in the browser, and what others do not see."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from governance.data_forms import jobs
from governance.data_forms.enums import FileState, Subject
from governance.data_forms.fillings import fillings
from governance.data_forms.models import BlankForm, FilledFile, FilledRun
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import blank, filled, upload


def text_of(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def old_man(cast):
    person = make.resident(cast.building, name="张大爷", id_number=make.id_number("19400101"))
    make.belonging(person, make.household(cast.building))
    return person


def test_the_whole_course_in_the_browser(cast, page, old_man):
    browser = page(cast.community_worker)
    assert "/forms/" in text_of(browser.get("/"))
    assert "还没有表单" in text_of(browser.get("/forms/"))
    workbook = books.book("高龄津贴", ("序号", "姓名", "年龄", "户籍性质"))
    body = {"name": "高龄津贴", "unit": cast.community.code, "subject": "person"}
    answer = browser.post("/forms/add/", body | {"file": upload(workbook)})
    form = BlankForm.objects.get()
    start = f"/forms/{form.pk}/"
    assert answer.headers["Location"] == start
    text = text_of(browser.get(start))
    assert "4 个表头，已识别 3 个" in text
    assert "现住、西湖社区" in text
    chosen = {column.place: column.field for column in form.columns.all()}
    columns = {f"column_{place}": code for place, code in chosen.items()}
    answer = browser.post(f"{start}fields/", columns | {"column_4": "person.home_state"})
    assert answer.headers["Location"] == start
    assert "4 个表头，已识别 4 个" in text_of(browser.get(start))
    rows = {"unit": cast.community.code, "min_age": "80"}
    assert browser.post(f"{start}rows/", rows).headers["Location"] == start
    assert "80 岁以上、现住、西湖社区" in text_of(browser.get(start))
    assert "张大爷" in text_of(browser.get(f"{start}preview/"))
    assert browser.post(f"{start}fill/", {"purpose": "民政局核对"}).status_code == 302
    run = FilledRun.objects.get()
    assert "正在填写" not in text_of(browser.get(f"/forms/filled/{run.pk}/"))
    jobs.fill_form(run.sheet.pk)
    text = text_of(browser.get(f"/forms/filled/{run.pk}/"))
    assert "4 个单元格中自动填了 4 个" in text
    answer = browser.post(f"/forms/filled/{run.pk}/file/")
    assert load_workbook(BytesIO(answer.content)).active["B3"].value == "张大爷"
    assert f"第 {run.pk} 份" in text_of(browser.get(start))


def test_others_see_neither_the_form_nor_the_copy(cast, page, old_man):
    form = blank(cast, books.FORMS["高龄津贴花名册"][0]())
    file = filled(cast, form)
    for person in (cast.sibling_worker, cast.sibling_cadre, cast.other_worker):
        browser = page(person)
        for path in ("", "preview/", "fill/", "fields/", "rows/"):
            assert browser.get(f"/forms/{form.pk}/{path}").status_code == 404
        assert "花名册" not in text_of(browser.get("/forms/"))
    for person in (cast.owner, cast.urban_officer, cast.member):
        assert page(person).get("/forms/").status_code == 403
    # The street sees the form; the copy is its asker's alone.
    street = page(cast.street_cadre)
    assert street.get(f"/forms/{form.pk}/").status_code == 200
    for person in (cast.street_cadre, cast.sibling_worker, cast.auditor):
        browser = page(person)
        assert browser.get(f"/forms/filled/{file.run_id}/").status_code == 404
        assert browser.post(f"/forms/filled/{file.run_id}/file/").status_code == 404


def test_being_an_administrator_fills_nothing(cast, page, old_man):
    form = blank(cast, books.FORMS["高龄津贴花名册"][0]())
    browser = page(cast.admin)
    for path in ("preview/", "fill/", "rows/", "fields/"):
        assert browser.get(f"/forms/{form.pk}/{path}").status_code == 403
    assert "field-content" not in text_of(
        browser.get(f"/admin/data_forms/blankform/{form.pk}/change/")
    )


@pytest.mark.parametrize("file", [b"", b"x", b"=cmd|x", b"PK\x03\x04"])
def test_a_bad_file_is_refused_with_what_was_typed(cast, page, file):
    body = {"name": "高龄津贴", "unit": cast.community.code, "subject": "person"}
    answer = page(cast.community_worker).post("/forms/add/", body | {"file": upload(file)})
    assert "高龄津贴" in text_of(answer, 400)
    assert BlankForm.objects.count() == 0


@pytest.mark.parametrize(
    "rows",
    [
        {"unit": "421102005004"}, {"unit": ""}, {"unit": "\0"}, {"min_age": "-1"},
        {"min_age": "90", "max_age": "80"}, {"care": "x"}, {"sex": "x"}, {"max_age": "9" * 30},
    ],
)  # fmt: skip
def test_a_bad_filter_is_refused(cast, page, rows):
    form = blank(cast, books.FORMS["高龄津贴花名册"][0]())
    body = {"unit": cast.community.code} | rows
    answer = page(cast.community_worker).post(f"/forms/{form.pk}/rows/", body)
    assert answer.status_code == 400
    form.refresh_from_db()
    assert form.filters["unit"] == cast.community.code


def test_a_file_that_nobody_makes_is_found_by_the_sweep(cast, page, old_man, celery_eagerly):
    form = blank(cast, books.FORMS["高龄津贴花名册"][0]())
    # In a test nothing commits, so the message is lost.
    page(cast.community_worker).post(f"/forms/{form.pk}/fill/", {"purpose": "民政局核对"})
    assert fillings.waiting(timezone.now()) == [FilledFile.objects.get().pk]
    jobs.fill_waiting_forms()
    assert fillings.waiting(timezone.now()) == []
    jobs.forget_filled_forms()
    assert FilledFile.objects.get().state == FileState.READY


@pytest.mark.parametrize("subject", Subject)
def test_each_subject_is_asked_for_its_own_rows(cast, page, subject):
    form = blank(cast, books.book("表", ("序号", "社区")), subject)
    text = text_of(page(cast.community_worker).get(f"/forms/{form.pk}/rows/"))
    assert ('name="min_age"' in text) is (subject == Subject.PERSON)
    assert ('name="state"' in text) is (subject == Subject.HOUSEHOLD)


def test_the_list_asks_no_more_for_more_forms(cast, page):
    browser = page(cast.community_worker)
    blank(cast, books.FORMS["高龄津贴花名册"][0]())
    browser.get("/forms/")
    one = _queries(browser)
    for _number in range(5):
        blank(cast, books.FORMS["高龄津贴花名册"][0]())
    assert _queries(browser) == one


def _queries(browser) -> int:

    with CaptureQueriesContext(connection) as queries:
        browser.get("/forms/")
    return len(queries)
