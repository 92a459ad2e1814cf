"""Numbers that the basis covers are received whole: by who asked, once delivered, recorded for each person."""

import pytest

from governance.data_forms.enums import Ground, Subject
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.submissions import submissions
from governance.data_forms.submissions.unmasked_numbers import UnmaskedNumbers
from orgs.models import AuditEntry
from residents.enums import PrivateField, Relation
from residents.models import Unmasking
from residents.privacy import unmasking
from residents.roll.values import id_numbers
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.collection_factories import (
    ID_NUMBER,
    at_home,
    delivered,
    opened,
    part,
    proposed,
    rows_of,
    sibling_home,
    signed,
)
from tests.governance.data_forms.form_factories import NOW, upload
from tests.governance.data_forms.test_collection_rounds import merged, sheet

COVERED = {ID_NUMBER: Ground.COVERED}


def received(collection, by, place=ID_NUMBER):
    """What stands in a column of the copy that somebody gets."""
    found = sheet(merged(collection, by), by)
    rows = found.iter_rows(min_row=3, min_col=place, max_col=place, values_only=True)
    return [row[0] for row in rows][: collection.submissions.count()]


def handed_over(**values):
    return Unmasking.objects.filter(field=PrivateField.HANDED_OVER, **values)


@pytest.fixture
def people(cast):
    return at_home(cast), sibling_home(cast)


def test_a_covered_number_is_received_whole_and_each_person_reads_who_got_it(cast, people):
    collection = opened(cast, COVERED)
    signed(cast, collection)
    delivered(cast, collection)
    assert received(collection, cast.housing_officer) == [one.id_number for one in people]
    seen = list(handed_over().order_by("person").values_list("person", "by", "purpose", "at"))
    by = cast.housing_officer.pk
    assert seen == [(one.pk, by, "核对高龄津贴", NOW) for one in people]
    entry = AuditEntry.objects.get(action="data_forms.merge-collection")
    assert entry.detail["in_clear"] == 2
    # The rows stay masked for those who fill them in, and for the street.
    assert "*" in rows_of(part(collection, cast.community))[0][ID_NUMBER - 1]


def test_what_was_admitted_before_numbers_were_received_whole_stays_masked(cast, people):
    collection = opened(cast, COVERED)
    # As the rows stood before the street was told so.
    collection.entry.covers.update(received_whole=False)
    signed(cast, collection)
    delivered(cast, collection)
    assert all("*" in number for number in received(collection, cast.housing_officer))
    assert not handed_over().exists()
    # The next admission says it, of what it hands over alone.
    entry = opened(cast, COVERED, name="另一张").entry
    whole = entry.covers.filter(received_whole=True).values_list("column__place", flat=True)
    handed = entry.covers.exclude(ground=Ground.NONE).values_list("column__place", flat=True)
    assert ID_NUMBER in whole
    assert list(whole) == list(handed)


def test_it_counts_towards_nobodys_daily_limit(cast, people, settings):
    settings.UNMASKINGS_A_DAY = 1
    collection = opened(cast, COVERED)
    signed(cast, collection)
    delivered(cast, collection)
    received(collection, cast.housing_officer)
    assert handed_over().count() == 2
    assert unmasking.left_today(cast.housing_officer, NOW) == 1


def test_the_street_gets_it_masked_where_a_department_asks_and_nobody_before_it_is_delivered(
    cast, people
):
    collection = opened(cast, COVERED)
    signed(cast, collection)
    masked = received(collection, cast.street_cadre)
    assert all("*" in number for number in masked)
    delivered(cast, collection)
    assert received(collection, cast.street_cadre) == masked
    assert not handed_over().exists()


def test_a_street_that_asks_itself_gets_it_once_it_is_delivered(cast, people):
    collection = opened(cast, COVERED, department=None, by=cast.street_leader)
    signed(cast, collection)
    assert all("*" in number for number in received(collection, cast.street_cadre))
    delivered(cast, collection)
    assert received(collection, cast.street_cadre) == [one.id_number for one in people]
    assert handed_over(by=cast.street_cadre).count() == 2


def test_what_is_not_covered_stays_empty_and_consent_is_asked_of_each(cast, people):
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    assert received(collection, cast.housing_officer) == [None, None]
    collection = opened(cast, {ID_NUMBER: Ground.CONSENT}, name="另一张")
    own = part(collection, cast.community)
    submissions.consent(
        submission=own, rows=[1], given_on=NOW.date(), by=cast.community_worker, now=NOW
    )
    signed(cast, collection)
    delivered(cast, collection)
    assert received(collection, cast.housing_officer) == [people[0].id_number, None]
    assert list(handed_over().values_list("person", flat=True)) == [people[0].pk]


def test_a_number_that_is_another_one_by_now_stays_as_it_was_signed_off(cast, people):
    collection = opened(cast, COVERED)
    signed(cast, collection)
    delivered(cast, collection)
    people[0].id_number = make.id_number("19400102")
    people[0].save()
    first, second = received(collection, cast.housing_officer)
    assert ("*" in first, second) == (True, people[1].id_number)
    assert list(handed_over().values_list("person", flat=True)) == [people[1].pk]


def homes(cast, **values):
    """Forms of homes, with the owner's telephone in the third column."""
    headings = ("序号", "房号", "业主电话")
    collection = opened(
        cast, {3: Ground.COVERED}, subject=Subject.HOUSEHOLD, listed=Filter(),
        file=upload(books.book("住户表", headings)), communities=[cast.community], **values,
    )  # fmt: skip
    submissions.sign(
        submission=part(collection, cast.community), minutes=1, by=cast.community_worker, now=NOW
    )
    delivered(cast, collection)
    found = sheet(merged(collection, cast.housing_officer), cast.housing_officer)
    return [row[0] for row in found.iter_rows(min_row=3, min_col=3, max_col=3, values_only=True)]


def test_the_telephone_of_an_owner_too_unless_two_look_alike(cast):
    owner = make.resident(cast.building, name="甲", phone="13800005678")
    home = make.household(cast.building)
    make.belonging(owner, home)
    assert "13800005678" in homes(cast)
    assert list(handed_over().values_list("person", flat=True)) == [owner.pk]
    other = make.resident(cast.building, name="乙", phone="13899995678")
    make.belonging(other, home, relation=Relation.CO_OWNER)
    assert "138****5678" in homes(cast, name="又一张")


def test_the_street_reads_at_admission_what_is_handed_over_whole(cast, people, page):
    collection = proposed(cast)
    shown = page(cast.street_cadre).get(f"/collections/{collection.pk}/admit/")
    form = shown.context["form"]
    assert form.fields[f"ground_{ID_NUMBER}"].help_text == "敏感 · 提供的是完整号码"
    assert form.fields["ground_2"].help_text == ""


def test_a_merged_copy_has_no_column_of_marks(cast, people):
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    found = sheet(merged(collection, cast.housing_officer), cast.housing_officer)
    values = [cell for row in found.iter_rows(values_only=True) for cell in row if cell]
    assert "行标识" not in values
    assert not any(dimension.hidden for dimension in found.column_dimensions.values())


def test_a_mask_that_hides_everything_tells_of_no_number():
    """A passport that somebody has got since is not the one that was signed off."""
    known = {0: {7: [(1, "E12345678")], 8: [(1, "421102198001010010")]}}
    numbers = UnmaskedNumbers(known, {0: id_numbers.mask})
    assert numbers.instead(7, 0, "****") == "****"
    assert numbers.people == set()
    assert numbers.instead(8, 0, "4211**********0010") == "421102198001010010"
