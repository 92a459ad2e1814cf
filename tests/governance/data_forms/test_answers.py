"""What the portal does not know: marked, typed once, kept with the form, forgotten with the person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.enums import Subject
from governance.data_forms.fillings import fillings
from governance.data_forms.models import Answer
from orgs.errors import NotAllowed, Refused
from orgs.models import AuditEntry
from residents.enums import CareKind, PrivateField
from residents.models import Unmasking
from residents.privacy import own_data, retention
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank, filled, sheet_of, upload

HEADINGS = ("序号", "姓名", "最爱的曲目", "养了几只鸟")


def at_home(cast, name="张大爷", building=None):
    person = make.resident(
        building or cast.building, name=name, id_number=make.id_number("19400101")
    )
    make.belonging(person, make.household(building or cast.building))
    return person


def song_form(cast, subject=Subject.PERSON, **values):
    return blank(cast, books.book("爱好", HEADINGS), subject, **values)


def save(cast, form, row, value, place=3, seen="", by=None):
    column = form.columns.get(place=place)
    return answers.save(
        form=form, cells=[answers.Cell(row, column.pk, value, seen)],
        by=by or cast.community_worker, now=NOW,
    )  # fmt: skip


def waiting(cast, form, **more):
    return answers.waiting(form=form, by=cast.community_worker, now=NOW, **more)


def test_an_empty_cell_is_marked_and_an_answer_stands_in_it_the_next_time(cast):
    person, form = at_home(cast), song_form(cast)
    file = filled(cast, form)
    sheet = sheet_of(cast, file)
    assert (file.cells, file.known, sheet["C3"].value) == (4, 2, None)
    assert [sheet.cell(3, place).fill.fgColor.rgb for place in (2, 3, 4)] == [
        "00000000", "00FFF4CE", "00FFF4CE",
    ]  # fmt: skip
    save(cast, form, person.pk, " 茉莉花 ")
    file = filled(cast, form)
    sheet = sheet_of(cast, file)
    assert (file.known, sheet["C3"].value) == (3, "茉莉花")
    assert [sheet.cell(3, place).fill.fgColor.rgb for place in (3, 4)] == ["00000000", "00FFF4CE"]
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    assert shown.rows == [[1, "张大爷", "茉莉花", None]]


def test_it_is_encrypted_with_who_when_and_from_where(cast):
    person, form = at_home(cast), song_form(cast)
    save(cast, form, person.pk, "茉莉花")
    answer = Answer.objects.get()
    assert (answer.value, answer.by, answer.at, answer.source) == (
        "茉莉花", cast.community_worker, NOW, "typed",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM data_forms_answer")
        assert "茉莉花" not in cursor.fetchone()[0]


def test_a_complete_row_is_not_asked_again(cast):
    first, second, form = at_home(cast, "甲"), at_home(cast, "乙"), song_form(cast)
    assert (list(waiting(cast, form).rows), waiting(cast, form).cells) == (
        [first.pk, second.pk],
        4,
    )
    save(cast, form, first.pk, "茉莉花")
    assert list(waiting(cast, form).rows) == [first.pk, second.pk]
    save(cast, form, first.pk, "2", place=4)
    found = waiting(cast, form)
    assert (list(found.rows), found.cells) == ([second.pk], 2)
    assert list(waiting(cast, form, answered=True).rows) == [first.pk, second.pk]


def test_one_page_of_rows_at_a_time(cast, monkeypatch):
    monkeypatch.setattr(answers, "SHOWN_ROWS", 2)
    people, form = [at_home(cast, f"老人{number}").pk for number in range(3)], song_form(cast)
    page = waiting(cast, form)
    assert (list(page.rows), page.then) == (people[:2], people[1])
    last = waiting(cast, form, after=page.then)
    assert (list(last.rows), last.then) == (people[2:], None)


def test_who_is_second_sees_what_the_first_one_answered(cast):
    person, form = at_home(cast), song_form(cast)
    save(cast, form, person.pk, "茉莉花")
    with pytest.raises(Refused, match="茉莉花") as refusal:
        save(cast, form, person.pk, "东方红")
    column = form.columns.get(place=3)
    assert refusal.value.code == "answered_meanwhile"
    assert list(refusal.value.fields) == [f"cell_{person.pk}_{column.pk}"]
    assert Answer.objects.get().value == "茉莉花"
    # The same again is no quarrel; an answer seen is corrected, and emptied.
    save(cast, form, person.pk, "茉莉花")
    assert save(cast, form, person.pk, "东方红", seen="茉莉花")["corrected"] == 1
    assert save(cast, form, person.pk, "", seen="东方红")["emptied"] == 1
    assert Answer.objects.count() == 0


def test_a_refused_cell_keeps_none_of_them(cast):
    person, form = at_home(cast), song_form(cast)
    one, other = form.columns.filter(field="")
    cells = [answers.Cell(person.pk, one.pk, "x"), answers.Cell(person.pk, other.pk, "x" * 201)]
    with pytest.raises(Refused) as refusal:
        answers.save(form=form, cells=cells, by=cast.community_worker, now=NOW)
    assert (refusal.value.code, Answer.objects.count()) == ("bad_answers", 0)


def test_known_columns_and_rows_out_of_sight_are_refused(cast):
    person, form = at_home(cast), song_form(cast)
    flat = make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋")
    stranger = at_home(cast, "别的社区", flat)
    for row, place, code in ((person.pk, 2, "known_column"), (stranger.pk, 3, "unknown_row")):
        with pytest.raises(Refused) as refusal:
            save(cast, form, row, "x", place=place)
        assert refusal.value.code == code
    column = song_form(cast).columns.get(place=3)
    with pytest.raises(Refused, match="自动填写"):
        answers.save(
            form=form, cells=[answers.Cell(person.pk, column.pk, "x")], by=cast.community_worker,
            now=NOW,
        )  # fmt: skip
    for other in (cast.sibling_worker, cast.owner, cast.admin):
        with pytest.raises(NotAllowed):
            save(cast, form, person.pk, "x", by=other)
    assert Answer.objects.count() == 0


def test_answers_are_seen_by_who_fills_forms_for_the_place(cast):
    person, form = at_home(cast), song_form(cast)
    save(cast, form, person.pk, "茉莉花")
    for user, count in (
        (cast.community_worker, 1), (cast.street_cadre, 1), (cast.sibling_worker, 0), (cast.owner, 0),
    ):  # fmt: skip
        assert Answer.objects.visible_to(user).count() == count


@pytest.mark.parametrize("subject", [Subject.HOUSEHOLD, Subject.BUILDING, Subject.COMPOUND])
def test_homes_and_places_are_completed_alike(cast, subject):
    at_home(cast)
    form = song_form(cast, subject)
    row = next(iter(waiting(cast, form).rows))
    before = waiting(cast, form).cells
    save(cast, form, row, "桂花")
    assert waiting(cast, form).cells == before - 1
    shown = fillings.preview(form=form, by=cast.community_worker, now=NOW)
    assert [line[2] for line in shown.rows].count("桂花") == 1


def test_what_the_form_reckons_is_not_asked(cast):
    at_home(cast)
    form = blank(cast, books.allowance())
    assert form.columns.get(place=7).computed is True
    assert 7 not in {column.place for column in waiting(cast, form).columns}
    assert sheet_of(cast, filled(cast, form))["G3"].value == "=F3*12"


def test_the_audit_counts_and_tells_no_answer(cast):
    person, form = at_home(cast), song_form(cast)
    save(cast, form, person.pk, "茉莉花")
    entry = AuditEntry.objects.get(action="data_forms.answer-cells")
    assert entry.detail == {"answered": 1, "corrected": 0, "emptied": 0, "to_rosters": 0}


def test_whoever_is_erased_takes_the_answers_along(cast):
    first, second, form = at_home(cast, "甲"), at_home(cast, "乙"), song_form(cast)
    save(cast, form, first.pk, "茉莉花")
    save(cast, form, second.pk, "东方红")
    retention.erase(person=first, by=None, now=NOW + timedelta(days=1))
    assert [answer.person for answer in Answer.objects.all()] == [second]


def test_ones_own_copy_tells_them(cast):
    person, form = at_home(cast), song_form(cast)
    person.account = cast.owner
    person.save()
    save(cast, form, person.pk, "茉莉花")
    [row] = own_data.copy(by=cast.owner, now=NOW)["form_answers"]
    assert (row["column__heading"], row["value"]) == ("最爱的曲目", "茉莉花")


def test_completing_a_care_roster_is_recorded(cast):
    make.care_reader(cast.community_worker, cast.community, CareKind.LIVING_ALONE)
    person = at_home(cast)
    make.care_entry(person, CareKind.LIVING_ALONE, health="良好")
    waiting(cast, song_form(cast, care="living_alone"))
    assert Unmasking.objects.filter(person=person, field=PrivateField.CARE).count() == 1


def test_an_answer_is_about_one_row_once(cast):
    person, form = at_home(cast), song_form(cast)
    column = form.columns.get(place=3)
    common = {"column": column, "value": "x", "by": cast.community_worker, "at": NOW}
    Answer.objects.create(person=person, **common)
    for row in ({}, {"person": person, "place": cast.building}, {"person": person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(**row, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(place=cast.building, **common | {"value": ""})


def test_no_more_queries_for_more_rows(cast):
    def count():
        with CaptureQueriesContext(connection) as queries:
            waiting(cast, form)
            fillings.preview(form=form, by=cast.community_worker, now=NOW)
        return len(queries)

    at_home(cast)
    form = song_form(cast)
    one = count()
    for number in range(15):
        at_home(cast, f"老人{number}")
    assert count() == one


# --- The page --------------------------------------------------------------------------------------


def names_of(form, person):
    return [f"cell_{person.pk}_{column.pk}" for column in form.columns.filter(field="")]


def test_the_page_keeps_what_was_typed_when_a_save_is_refused(cast, page):
    person, form = at_home(cast), song_form(cast)
    one, other = names_of(form, person)
    browser = page(cast.community_worker)
    assert "有 2 个空格" in browser.get(f"/forms/{form.pk}/").content.decode()
    where = f"/forms/{form.pk}/complete/"
    assert f'name="{one}"' in browser.get(where).content.decode()
    answer = browser.post(where, {"rows": person.pk, one: "茉莉花", other: "x" * 201})
    text = answer.content.decode()
    assert (answer.status_code, Answer.objects.count()) == (400, 0)
    assert "茉莉花" in text
    assert "尚未保存" in text
    answer = browser.post(where, {"rows": person.pk, one: "茉莉花", other: "2"})
    assert answer.headers["Location"] == where
    assert "各行均已填齐" in browser.get(where).content.decode()
    assert 'value="茉莉花"' in browser.get(f"{where}?answered=1").content.decode()
    # Another one had the page open all the while.
    answer = browser.post(where, {"rows": person.pk, one: "东方红", other: ""})
    assert answer.status_code == 400
    assert "刚刚已填“茉莉花”" in answer.content.decode()


def test_a_page_of_a_wide_form_can_be_sent_whole(cast, page):
    """Django reads 1,000 fields of a request: a page that sends more loses all that was typed."""
    for number in range(12):
        at_home(cast, f"老人{number}")
    form = blank(cast, books.book("爱好", ("姓名", *(f"爱好{place}" for place in range(60)))))
    shown = waiting(cast, form)
    assert (len(shown.rows), shown.then is None) == (7, False)
    body = {"rows": ",".join(map(str, shown.rows))}
    for row in shown.rows:
        for column in shown.columns:
            body |= {f"cell_{row}_{column.pk}": "茉莉花", f"seen_cell_{row}_{column.pk}": ""}
    answer = page(cast.community_worker).post(f"/forms/{form.pk}/complete/", body)
    assert (answer.status_code, Answer.objects.count()) == (302, 7 * 60)


def test_others_complete_nothing(cast, page):
    person, form = at_home(cast), song_form(cast)
    body = {"rows": person.pk, names_of(form, person)[0]: "x"}
    where = f"/forms/{form.pk}/complete/"
    for user, status in ((cast.sibling_worker, 404), (cast.owner, 403), (cast.admin, 403)):
        browser = page(user)
        assert (browser.get(where).status_code, browser.post(where, body).status_code) == (
            status, status,
        )  # fmt: skip
    street = blanks.add(
        unit=cast.street, name="街道的表", subject=Subject.PERSON, by=cast.street_cadre, now=NOW,
        file=upload(books.book("爱好", HEADINGS)),
    )  # fmt: skip
    body = {"rows": person.pk, names_of(street, person)[0]: "x"}
    answer = page(cast.sibling_worker).post(f"/forms/{street.pk}/complete/", body)
    assert answer.status_code == 400
    assert "张大爷" not in answer.content.decode()
    assert Answer.objects.count() == 0


def test_a_row_that_is_gone_leaves_what_was_typed_in_the_others(cast, page):
    first, second, form = at_home(cast, "甲"), at_home(cast, "乙"), song_form(cast)
    one, other = names_of(form, first)[0], names_of(form, second)[0]
    retention.erase(person=first, by=None, now=NOW)
    browser, where = page(cast.community_worker), f"/forms/{form.pk}/complete/"
    body = {"rows": f"{first.pk},{second.pk}", one: "茉莉花", other: "东方红"}
    answer = browser.post(where, body)
    text = answer.content.decode()
    assert (answer.status_code, Answer.objects.count()) == (400, 0)
    assert "已不在填报范围内" in text
    assert 'value="东方红"' in text
    assert f'name="rows" value="{second.pk}"' in text
    assert browser.post(where, {"rows": second.pk, other: "东方红"}).status_code == 302
    assert Answer.objects.get().person == second


@pytest.mark.parametrize("rows", ["x", "²", "9" * 40, ",,", "-1"])
def test_nonsense_is_answered_calmly(cast, page, rows):
    at_home(cast)
    browser, where = page(cast.community_worker), f"/forms/{song_form(cast).pk}/complete/"
    assert browser.get(where, {"after": rows}).status_code == 200
    assert browser.post(where, {"rows": rows}).status_code in (400, 404)


def test_a_mark_colours_no_other_cell_of_its_column(cast):
    """Rows that are added share the style of their column."""
    form = song_form(cast)
    people = [at_home(cast, name) for name in ("张大爷", "李奶奶", "王大妈", "赵大伯", "孙大姐")]
    for person in people[1::2]:
        save(cast, form, person.pk, "茉莉花")
    sheet = sheet_of(cast, filled(cast, form))
    colours = [sheet.cell(row, 3).fill.fgColor.rgb for row in range(3, 8)]
    assert colours == ["00FFF4CE", "00000000", "00FFF4CE", "00000000", "00FFF4CE"]
