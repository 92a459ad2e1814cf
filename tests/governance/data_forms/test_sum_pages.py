"""Pages of forms that count and of saved lists: the course in the browser, and what others do not see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.data_forms import jobs
from governance.data_forms.enums import Subject
from governance.data_forms.models import BlankForm, FilledRun, SavedList
from tests import factories as make
from tests.governance.data_forms import sum_workbooks as books
from tests.governance.data_forms.form_factories import blank, upload


def text_of(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def old_man(cast):
    person = make.resident(
        cast.building, name="张大爷", sex="male", id_number=make.id_number("19400101")
    )
    make.belonging(person, make.household(cast.building))
    return person


def counting(cast, browser, workbook) -> BlankForm:
    body = {"name": "统计表", "unit": cast.community.code, "subject": "sums"}
    answer = browser.post("/forms/add/", body | {"file": upload(workbook)})
    assert answer.status_code == 302
    return BlankForm.objects.get()


def test_the_course_of_a_form_that_counts(cast, page, old_man):
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.ages())
    start = f"/forms/{form.pk}/"
    text = text_of(browser.get(start))
    assert "9 项，已看懂 8 项" in text
    assert "80岁及以上 → 人员：80 岁以上" in text
    assert "男 → 人员：男" in text
    part = f"{start}counts/0/6/"
    assert "备用金" in text_of(browser.get(part))
    answer = browser.post(part, {"kind": "count", "subject": "compound"})
    assert answer.headers["Location"] == start
    shown = text_of(browser.get(f"{start}preview/"))
    assert f'href="{start}numbers/5/3/"' in shown
    listed = text_of(browser.get(f"{start}numbers/5/3/"))
    assert "张大爷" in listed
    assert old_man.id_number not in listed
    browser.post(f"{start}fill/", {"purpose": "老龄办统计"})
    run = FilledRun.objects.get()
    jobs.fill_form(run.sheet.pk)
    assert f"第 {run.pk} 份" in text_of(browser.get(start))
    # It has cells, no rows.
    assert "已数 20 / 20 格" in text_of(browser.get(f"/forms/filled/{run.pk}/"))


def test_pairs_are_shown_with_what_does_not_add_up(cast, page, old_man):
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.pairs())
    shown = text_of(browser.get(f"/forms/{form.pk}/preview/"))
    assert "请先看看这几处" in shown
    assert "低保户" in shown
    assert "您没有被指定查看这本关爱台账。" in shown
    assert browser.get(f"/forms/{form.pk}/numbers/4/4/").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "x"}, {"kind": "count"}, {"kind": "count", "subject": "person", "min_age": "x"},
        {"kind": "count", "subject": "person", "unit": "421102001001"},
        {"kind": "count", "subject": "person", "care": "allowance"}, {"kind": "count", "subject": "sums"},
    ],
)  # fmt: skip
def test_a_bad_choice_is_refused_with_what_was_typed(cast, page, body):
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.ages())
    answer = browser.post(f"/forms/{form.pk}/counts/0/3/", body)
    assert answer.status_code in (400, 403)
    assert form.parts.get(row=0, place=3).filters == {"sex": "male"}


def test_a_column_of_communities_opens_its_list(cast, page, old_man):
    form = blank(cast, books.per_community(), Subject.COMMUNITY)
    browser = page(cast.community_worker)
    text = text_of(browser.get(f"/forms/{form.pk}/"))
    assert "80岁以上老人数 → 人员：80 岁以上" in text
    path = f"/forms/{form.pk}/columns/5/{cast.community.code}/"
    assert f'href="{path}"' in text_of(browser.get(f"/forms/{form.pk}/preview/"))
    assert "张大爷" in text_of(browser.get(path))
    assert browser.get(f"/forms/{form.pk}/columns/5/{cast.sibling.code}/").status_code == 403
    assert browser.get(f"/forms/{form.pk}/columns/1/{cast.community.code}/").status_code == 400


def test_a_list_is_saved_opened_fetched_and_deleted(cast, page, old_man):
    browser = page(cast.community_worker)
    assert "还没有常用名单" in text_of(browser.get("/forms/lists/"))
    body = {"name": "高龄老人", "unit": cast.community.code, "subject": "person"}
    answer = browser.post("/forms/lists/add/", body)
    kept = SavedList.objects.get()
    start = f"/forms/lists/{kept.pk}/"
    assert answer.headers["Location"] == f"{start}rows/"
    assert "姓名" in text_of(browser.get(f"{start}rows/"))
    chosen = {
        "unit": cast.community.code, "min_age": "80", "columns": ["person.name", "person.phone"],
    }  # fmt: skip
    assert browser.post(f"{start}rows/", chosen).headers["Location"] == start
    text = text_of(browser.get(start))
    assert "80 岁以上、现住、西湖社区" in text
    assert "张大爷" in text
    assert "80 岁以上、现住、西湖社区" in text_of(browser.get("/forms/lists/"))
    assert "写" in text_of(browser.post(f"{start}file/", {"purpose": "x"}), 400)
    file = browser.post(f"{start}file/", {"purpose": "民政局核对"})
    assert file.status_code == 200
    assert b"".join(file.streaming_content).startswith(b"PK")
    assert browser.post(f"{start}delete/").headers["Location"] == "/forms/lists/"
    assert not SavedList.objects.exists()


def test_others_see_neither_numbers_nor_lists(cast, page, old_man):
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.ages())
    body = {"name": "高龄老人", "unit": cast.community.code, "subject": "person"}
    browser.post("/forms/lists/add/", body)
    kept = SavedList.objects.get()
    for person in (cast.sibling_worker, cast.sibling_cadre):
        browser = page(person)
        for path in ("counts/0/3/", "numbers/5/3/", f"columns/3/{cast.community.code}/"):
            assert browser.get(f"/forms/{form.pk}/{path}").status_code == 404
        for path in ("", "rows/", "file/", "delete/"):
            assert browser.get(f"/forms/lists/{kept.pk}/{path}").status_code == 404
    for person in (cast.owner, cast.urban_officer, cast.member):
        assert page(person).get("/forms/lists/").status_code == 403
    admin = page(cast.admin)
    for path in ("numbers/5/3/", "counts/0/3/"):
        assert admin.get(f"/forms/{form.pk}/{path}").status_code == 403
    assert admin.get(f"/forms/lists/{kept.pk}/").status_code == 403


def test_pages_ask_no_more_for_more_rows(cast, page, old_man):
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.ages())

    def count():
        with CaptureQueriesContext(connection) as queries:
            for path in ("", "preview/", "numbers/6/2/"):
                assert browser.get(f"/forms/{form.pk}/{path}").status_code == 200
        return len(queries)

    count()
    one = count()
    for number in range(10):
        person = make.resident(
            cast.building, name=f"老人{number}", sex="male", id_number=make.id_number("19400101")
        )
        make.belonging(person, make.household(cast.building))
    assert count() == one


def test_the_list_of_lists_asks_no_more_for_more(cast, page):
    browser = page(cast.community_worker)

    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/forms/lists/")
        return len(queries)

    body = {"unit": cast.community.code, "subject": "person"}
    browser.post("/forms/lists/add/", body | {"name": "一"})
    count()
    one = count()
    for name in "二三四":
        browser.post("/forms/lists/add/", body | {"name": name})
    assert count() == one


def test_the_pages_of_rows_lead_a_form_of_numbers_to_what_it_has(cast, page):
    """No fields below headings, no copy that comes back: a sentence, and the page that does it."""
    browser = page(cast.community_worker)
    form = counting(cast, browser, books.ages())
    for path, where, words in (
        ("fields/", f"/forms/{form.pk}/", "每一行旁边"),
        ("import/", f"/forms/{form.pk}/numbers/complete/", "直接填写"),
        ("complete/", f"/forms/{form.pk}/numbers/complete/", ""),
    ):
        answer = browser.get(f"/forms/{form.pk}/{path}", follow=True)
        assert (answer.redirect_chain, words in answer.content.decode()) == ([(where, 302)], True)
