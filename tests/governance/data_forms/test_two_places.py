"""Somebody who works for two communities reaches the rows of both: page, phone, API, and a copy of each."""

import json

import pytest

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.enums import Subject
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.lists import lists
from governance.data_forms.models import Answer, FilledFile
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from residents.enums import CareKind
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.collection_factories import at_home, sibling_home
from tests.governance.data_forms.form_factories import NOW, blank, sheet_of, upload

HEADINGS = ("序号", "姓名", "最爱的曲目")


@pytest.fixture
def homes(cast):
    """One in each of the two communities, one in a third one of the street."""
    third = make.unit(cast.street, name="第三社区")
    flat = make.unit(make.unit(third, name="远小区"), name="1栋")
    return at_home(cast), sibling_home(cast), at_home(cast, "王大妈", flat)


@pytest.fixture
def worker(cast):
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.sibling)
    return cast.community_worker


def of_street(cast, subject=Subject.PERSON, headings=HEADINGS, **values):
    form = blanks.add(
        unit=cast.street, name="街道表", subject=subject, file=upload(books.book("爱好", headings)),
        by=cast.street_cadre, now=NOW,
    )  # fmt: skip
    chosen = filters.Filter(unit=cast.street.code, **values)
    return fillings.choose_rows(form=form, chosen=chosen, by=cast.street_cadre, now=NOW)


def rows(form, by):
    return list(answers.waiting(form=form, by=by, now=NOW).rows)


def test_rows_of_both_are_completed_on_the_page_the_phone_and_over_the_api(
    cast, worker, homes, page
):
    form = of_street(cast)
    assert rows(form, worker) == [homes[0].pk, homes[1].pk]
    assert rows(form, cast.sibling_worker) == [homes[1].pk]
    assert answers.empty_cells(form=form, by=worker, now=NOW) == 2
    for address in (f"/forms/{form.pk}/complete/", f"/forms/phone/{form.pk}/"):
        shown = page(worker).get(address).context["waiting"]
        assert list(shown.rows) == [homes[0].pk, homes[1].pk]
    column = form.columns.get(field="")
    sent = [{"row": one.pk, "column": column.pk, "value": "茉莉花"} for one in homes[:2]]
    where = f"/api/v1/forms/{form.pk}/answers/"
    answer = page(worker).post(where, json.dumps({"answers": sent}), "application/json")
    assert (answer.json()["answered"], Answer.objects.count()) == (2, 2)
    with pytest.raises(Refused) as refusal:
        answers.save(
            form=form, cells=[answers.Cell(homes[2].pk, column.pk, "x")], by=worker, now=NOW
        )
    assert refusal.value.code == "unknown_row"


@pytest.mark.parametrize(
    "subject", [Subject.HOUSEHOLD, Subject.BUILDING, Subject.COMPOUND, Subject.COMMUNITY]
)
def test_of_every_subject(cast, worker, homes, subject):
    form = of_street(cast, subject, ("序号", "最爱的曲目"))
    own, other = rows(form, worker), rows(form, cast.sibling_worker)
    whole = rows(form, cast.street_cadre)
    assert set(other) < set(own) < set(whole)


def test_a_relation_counts_at_a_home_in_ones_own_places(cast, worker, homes):
    """A tenant elsewhere who is at home here as family is no tenant of this place."""
    form = of_street(cast, relation="tenant")
    far = homes[2].belongings.get()
    make.belonging(homes[0], far.household, relation="tenant")
    assert rows(form, worker) == []
    assert rows(form, cast.street_cadre) == [homes[0].pk]


def test_who_is_also_a_grid_worker_elsewhere_reaches_those_houses_too(cast, homes):
    grid = cast.grid_worker
    make.position(grid, Role.COMMUNITY_WORKER, cast.sibling)
    assert rows(of_street(cast), grid) == [homes[0].pk, homes[1].pk]


def test_a_care_roster_lists_those_of_the_place_where_one_is_named(cast, worker, homes):
    form = of_street(cast)
    form.filters = filters.Filter(unit=cast.street.code, care=CareKind.LIVING_ALONE).stored
    form.save()
    with pytest.raises(NotAllowed, match="没有被指定"):
        rows(form, worker)
    for one in homes:
        make.care_entry(one, CareKind.LIVING_ALONE)
    make.care_reader(worker, cast.sibling, CareKind.LIVING_ALONE)
    assert rows(form, worker) == [homes[1].pk]


def test_a_copy_is_for_one_of_them_and_says_which(cast, worker, homes, page):
    form, address = of_street(cast), "/forms/{}/fill/"
    browser = page(worker)
    shown = browser.get(address.format(form.pk)).context["form"]
    assert [unit.code for unit in shown.fields["unit"].queryset] == [
        cast.community.code, cast.sibling.code,
    ]  # fmt: skip
    sent = {"purpose": "民政局核对", "unit": cast.sibling.code}
    browser.post(address.format(form.pk), sent)
    file = FilledFile.objects.get()
    fillings.make(file_id=file.pk, now=NOW)
    file.refresh_from_db()
    assert (file.run.unit, file.total) == (cast.sibling, 1)
    assert sheet_of(cast, file)["B3"].value == "李奶奶"
    # Who has one place is not asked, and nobody fills for another one's.
    assert (
        "unit" not in page(cast.sibling_worker).get(address.format(form.pk)).context["form"].fields
    )
    with pytest.raises(NotAllowed):
        fillings.order(
            form=form, purpose="民政局核对", unit=cast.community, by=cast.sibling_worker, now=NOW
        )
    other = blank(cast, books.book("爱好", HEADINGS))
    with pytest.raises(Refused, match="范围"):
        fillings.order(form=other, purpose="民政局核对", unit=cast.sibling, by=worker, now=NOW)


def test_a_streets_list_shows_the_people_of_both(cast, worker, homes, page):
    kept = lists.save(
        unit=cast.street, name="老人", subject=Subject.PERSON, by=cast.street_cadre, now=NOW
    )
    shown = page(worker).get(f"/forms/lists/{kept.pk}/").context
    assert sorted(row[0] for row in shown["rows"]) == ["张大爷", "李奶奶"]
    assert lists.opened(kept=kept, by=cast.sibling_worker, now=NOW).found.count() == 1
    assert (
        page(worker).post(f"/forms/lists/{kept.pk}/file/", {"purpose": "核对"}).status_code == 200
    )
