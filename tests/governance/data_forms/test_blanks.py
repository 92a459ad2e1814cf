"""Blank forms: where headings are, what they mean, what is refused, what is remembered."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.workbook.protection import WorkbookProtection

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks, deletion
from governance.data_forms.enums import Match, Subject
from governance.data_forms.fields import matching, registry
from governance.data_forms.models import BlankForm
from governance.data_forms.workbooks import layout
from orgs.errors import DomainError, NotAllowed, Refused, TooLarge
from orgs.models import AuditEntry
from residents.privacy.purposes import USES
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.form_factories import NOW, blank, filled, upload


@pytest.mark.parametrize("name", books.FORMS)
def test_the_headings_of_a_blank_form_are_found_and_known(cast, name):
    workbook, subject, _listed = books.FORMS[name]
    form = blank(cast, workbook(), subject)
    unknown = [column.heading for column in form.columns.all() if not column.field]
    assert unknown == [heading for heading in ["年保障金额"] if name == "低保动态表"]


def test_three_lines_of_headings_are_one(cast):
    form = blank(cast, books.house_heads(), Subject.BUILDING)
    assert [column.heading for column in form.columns.all()][3:] == [
        "楼栋情况 · 基本情况 · 楼栋号", "楼栋情况 · 基本情况 · 户数",
        "楼栋情况 · 楼栋长 · 楼栋长姓名", "楼栋情况 · 楼栋长 · 任职时间",
    ]  # fmt: skip
    assert (form.heading_row, form.first_row, form.last_row, form.foot_row) == (2, 5, 4, 0)


def test_numbers_of_columns_are_no_data(cast):
    form = blank(cast, books.FORMS["独居老人台账"][0]())
    assert (form.heading_row, form.first_row, form.last_row, form.foot_row) == (3, 5, 7, 8)


# --- What is refused -------------------------------------------------------------------------------


def with_part(name):
    out = BytesIO(books.content(books.book("表", ("姓名", "性别"))))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def protected():
    book = books.book("表", ("姓名", "性别"))
    book.active.protection.sheet = True
    return book


def locked():
    book = books.book("表", ("姓名", "性别"))
    book.security = WorkbookProtection(lockStructure=True)
    return book


def with_hidden():
    book = books.book("表", ("姓名", "性别"))
    book.create_sheet("隐藏").sheet_state = "hidden"
    return book


def merged_rows():
    book = books.book("表", ("姓名", "性别"))
    book.active.merge_cells("A3:A4")
    return book


def picture():
    out = BytesIO(books.content(Workbook()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")
    return out.getvalue()


REFUSED = {
    "macros": (lambda: with_part("xl/vbaProject.bin"), "宏"),
    "links": (lambda: with_part("xl/externalLinks/externalLink1.xml"), "其他文件"),
    "old": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xls"),
    "text": (lambda: "姓名,性别\n".encode(), "xlsx"),
    "broken": (lambda: b"PK\x03\x04" + b"\0" * 100, "xlsx"),
    "protected": (protected, "保护"),
    "locked": (locked, "保护"),
    "hidden": (with_hidden, "隐藏"),
    "wide": (lambda: books.book("表", [f"列{number}" for number in range(301)]), "300"),
    "twice": (lambda: books.book("表", ("姓名", "性别", "姓名")), "姓名"),
    "merged": (merged_rows, "合并"),
    "picture": (picture, "图片"),
    "empty": (Workbook, "空"),
    "no headings": (lambda: books.book("只有标题", ("一",)), "表头"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_blank_form_gets_its_sentence(cast, kind):
    body, word = REFUSED[kind]
    with pytest.raises(DomainError) as refusal:
        blank(cast, body())
    assert word in refusal.value.message
    assert refusal.value.status == 400
    assert BlankForm.objects.count() == 0


def test_a_large_file_is_refused_unread(cast):
    with pytest.raises(TooLarge):
        blank(cast, b"PK" + b"0" * blanks.MAX_BYTES)


@pytest.mark.parametrize(
    "who", ["sibling_worker", "sibling_cadre", "owner", "urban_officer", "admin"]
)
def test_a_form_is_kept_for_ones_own_places(cast, who):
    with pytest.raises(NotAllowed):
        blanks.add(
            unit=cast.community, name="表", subject=Subject.PERSON,
            file=upload(books.book("表", ("姓名", "性别"))), by=getattr(cast, who), now=NOW,
        )  # fmt: skip


# --- What headings mean ----------------------------------------------------------------------------


def test_a_heading_much_like_a_known_one_is_proposed_with_its_certainty(cast):
    form = blank(cast, books.book("表", ("姓名", "现居住详细地址", "血型")))
    _name, address, blood = form.columns.all()
    assert (address.field, address.match) == ("person.address", Match.ALIKE)
    assert matching.ALIKE_FROM <= address.certainty < 100
    assert (blood.field, blood.match, blood.certainty) == ("", Match.NONE, 0)


def test_what_is_corrected_by_hand_is_offered_for_the_next_form(cast):
    headings = ("姓名", "称呼", "户籍性质")
    form = blank(cast, books.book("表", headings))
    places = {column.heading: column.place for column in form.columns.all()}
    blanks.choose_fields(
        form=form,
        fields={places["户籍性质"]: "person.home_state"},
        by=cast.community_worker,
        now=NOW,
    )
    again = blank(cast, books.book("另一张表", headings)).columns.get(heading="户籍性质")
    assert (again.field, again.match, again.certainty) == (
        "person.home_state", Match.REMEMBERED, 100,
    )  # fmt: skip


def test_a_field_stands_in_one_column(cast):
    form = blank(cast, books.book("表", ("姓名", "称呼")))
    with pytest.raises(Refused) as refusal:
        blanks.choose_fields(
            form=form, fields={2: "person.name"}, by=cast.community_worker, now=NOW
        )
    assert list(refusal.value.fields) == ["column_2"]
    for wrong in ({9: "person.name"}, {2: "community.people"}):
        with pytest.raises(Refused):
            blanks.choose_fields(form=form, fields=wrong, by=cast.community_worker, now=NOW)


def test_every_field_about_a_person_has_its_purpose():
    for subject in Subject:
        for field in registry.of(subject):
            if field.column:
                app, model, name = field.column.split(".")
                assert name in USES[f"{app}.{model}"], field.code


def test_the_layout_is_that_of_the_first_sheet_with_text():
    book = books.book("表", ("姓名", "性别"))
    book.create_sheet("说明", 0)
    assert layout.read(books.content(book)).sheet == "Sheet1"


# --- Deleting --------------------------------------------------------------------------------------


def test_a_form_that_was_sent_by_mistake_is_deleted(cast, page, api):
    form, other = (blank(cast, books.book("表", ("序号", "姓名", "最爱的曲目"))) for _ in range(2))
    where = f"/forms/{form.pk}/delete/"
    assert page(cast.sibling_worker).post(where).status_code == 404
    browser = page(cast.community_worker)
    assert where in browser.get(f"/forms/{form.pk}/").content.decode()
    assert "删除空白表" in browser.get(where).content.decode()
    assert browser.post(where).headers["Location"] == "/forms/"
    assert list(BlankForm.objects.all()) == [other]
    assert AuditEntry.objects.filter(action="data_forms.delete-form").count() == 1
    assert api(cast.sibling_worker).delete(f"/api/v1/blank-forms/{other.pk}/").status_code == 404
    assert api(cast.community_worker).delete(f"/api/v1/blank-forms/{other.pk}/").status_code == 204
    assert BlankForm.objects.count() == 0


def test_a_form_that_was_used_stays(cast, api):
    """Its numbered copies say what left the portal, and its answers are asked at most once."""
    person = make.resident(cast.building, name="张大爷", id_number=make.id_number("19400101"))
    make.belonging(person, make.household(cast.building))
    headings = ("序号", "姓名", "最爱的曲目")
    copied, answered = (
        blank(cast, books.book("表", headings)),
        blank(cast, books.book("表", headings)),
    )
    filled(cast, copied)
    cell = answers.Cell(person.pk, answered.columns.get(place=3).pk, "茉莉花")
    answers.save(form=answered, cells=[cell], by=cast.community_worker, now=NOW)
    for form in (copied, answered):
        answer = api(cast.community_worker).delete(f"/api/v1/blank-forms/{form.pk}/")
        assert (answer.status_code, answer.json()["code"]) == (409, "form_used")
    with pytest.raises(NotAllowed):
        deletion.delete(form=copied, by=cast.sibling_worker, now=NOW)
    assert BlankForm.objects.count() == 2
