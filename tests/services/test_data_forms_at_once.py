"""Forms at the same moment, over real connections: one row, one admission, one signature, one change."""

from collections import Counter

import pytest

from governance.data_forms.answers import answers
from governance.data_forms.answers.answers import Cell
from governance.data_forms.blanks import blanks
from governance.data_forms.catalogue import catalogue
from governance.data_forms.collections import collections
from governance.data_forms.enums import Ground, Subject, SumKind
from governance.data_forms.fillings import fillings
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    Answer,
    CatalogueForm,
    Collection,
    CollectionEntry,
    SubmissionEntry,
)
from governance.data_forms.submissions import submissions
from governance.data_forms.sums import parts, typed_numbers
from orgs.enums import Role
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms import sum_workbooks as sum_books
from tests.governance.data_forms.collection_factories import (
    DUE,
    SONG,
    WORDS,
    at_home,
    opened,
    part,
    proposed,
    sibling_home,
    signed,
)
from tests.governance.data_forms.form_factories import NOW, blank, upload
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def workers(cast):
    """So many who work for the community."""
    people = [make.user() for _number in range(AT_ONCE)]
    for one in people:
        make.position(one, Role.COMMUNITY_WORKER, cast.community)
    return people


def cadres(cast):
    """Who may admit, deliver and send back: none of them asked for the form."""
    return [cast.street_cadre, cast.street_leader]


def test_one_row_completed_at_once_has_one_answer_and_the_others_read_it(cast, at_once):
    person = at_home(cast)
    form = blank(cast, books.book("爱好", ("姓名", "最爱的曲目")))
    column = form.columns.get(field="")
    saves = [
        outcome(
            lambda by=by, words=f"曲{number}": answers.save(
                form=form, cells=[Cell(person.pk, column.pk, words)], by=by, now=NOW
            )
        )
        for number, by in enumerate(workers(cast))
    ]
    assert Counter(at_once(*saves)) == {"done": 1, "answered_meanwhile": AT_ONCE - 1}
    assert Answer.objects.count() == 1


def test_one_number_typed_at_once_is_kept_once(cast, at_once):
    form = blanks.add(
        unit=cast.community, name="统计表", subject=Subject.SUMS, file=upload(sum_books.ages()),
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    saves = [
        outcome(
            lambda by=by, words=str(number): typed_numbers.save(
                form=form, cells=[Cell(3, 6, words)], by=by, now=NOW
            )
        )
        for number, by in enumerate(workers(cast), start=1)
    ]
    assert Counter(at_once(*saves)) == {"done": 1, "answered_meanwhile": AT_ONCE - 1}
    assert Answer.objects.count() == 1


def test_admitted_at_once_it_stands_on_the_catalogue_once(cast, at_once):
    at_home(cast)
    collection = proposed(cast)
    admits = [
        outcome(lambda by=by: collections.admit(collection=collection, by=by, now=NOW))
        for by in cadres(cast) * 3
    ]
    assert Counter(at_once(*admits)) == {"done": 1, "wrong_state": AT_ONCE - 1}
    assert CatalogueForm.objects.count() == 1
    assert CollectionEntry.objects.filter(action="admit").count() == 1
    assert collection.submissions.count() == 2


def test_signed_off_at_once_one_has_signed(cast, at_once):
    at_home(cast)
    own = part(opened(cast), cast.community)
    signs = [
        outcome(lambda by=by: submissions.sign(submission=own, minutes=5, by=by, now=NOW))
        for by in workers(cast)
    ]
    assert Counter(at_once(*signs)) == {"done": 1, "wrong_state": AT_ONCE - 1}
    assert SubmissionEntry.objects.filter(action="sign").count() == 1


def test_sent_back_at_once_it_goes_back_once(cast, at_once):
    at_home(cast)
    sibling_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    own = part(collection, cast.community)
    backs = [
        outcome(
            lambda by=by, words=f"错{number}": submissions.send_back(
                submission=own, rows=[1], reason=words, by=by, now=NOW
            )
        )
        for number, by in enumerate(cadres(cast) * 3)
    ]
    assert Counter(at_once(*backs)) == {"done": 1, "wrong_state": AT_ONCE - 1}
    [entry] = SubmissionEntry.objects.filter(action="send-back")
    assert own.lines.get().reason == entry.text


def test_signed_off_and_delivered_at_once_nobody_signs_afterwards(cast, at_once):
    at_home(cast)
    collection = opened(cast, communities=[cast.community])
    own = part(collection, cast.community)
    deliver = outcome(
        lambda: collections.deliver(
            collection=collection, text="先交", by=cast.street_cadre, now=NOW
        )
    )
    sign = outcome(
        lambda: submissions.sign(submission=own, minutes=5, by=cast.community_worker, now=NOW)
    )
    results = at_once(deliver, sign)
    own.refresh_from_db()
    collection.refresh_from_db()
    assert results[1] == "done" or (results[1], collection.state) == (
        "collection_closed",
        "delivered",
    )
    assert (results[0] == "done") is (collection.state == "delivered")
    assert results[0] == "nothing_signed" or own.state == "signed"


@pytest.mark.parametrize("round_", range(3))
def test_a_form_changed_while_it_is_admitted_is_admitted_as_it_is(cast, at_once, round_):
    """A column that was covered as a song is not the number of an identity card afterwards."""
    at_home(cast)
    collection = proposed(cast)
    form = collection.form
    admit = outcome(lambda: collections.admit(collection=collection, by=cast.street_cadre, now=NOW))
    change = outcome(
        lambda: blanks.choose_fields(
            form=form, fields={4: "left_empty", SONG: "person.id_number"}, by=cast.street_leader,
            now=NOW,
        )
    )  # fmt: skip
    results = at_once(admit, change)
    ground = catalogue.grounds_of(CatalogueForm.objects.get())[SONG]
    field = form.columns.get(place=SONG).field
    assert results[0] == "done"
    assert (results[1], field, ground) in [
        ("done", "person.id_number", Ground.NONE), ("form_admitted", "", Ground.COVERED),
    ]  # fmt: skip


@pytest.mark.parametrize("round_", range(3))
def test_who_is_listed_is_not_changed_once_it_is_admitted(cast, at_once, round_):
    at_home(cast)
    collection = proposed(cast)
    form = collection.form
    admit = outcome(lambda: collections.admit(collection=collection, by=cast.street_cadre, now=NOW))
    chosen = Filter(unit=cast.street.code, min_age=1)
    change = outcome(
        lambda: fillings.choose_rows(form=form, chosen=chosen, by=cast.street_leader, now=NOW)
    )
    results = at_once(admit, change)
    form.refresh_from_db()
    assert (results[0], results[1], form.filters["min_age"]) in [
        ("done", "done", 1), ("done", "form_admitted", 60),
    ]  # fmt: skip


@pytest.mark.parametrize("round_", range(3))
def test_what_a_column_counts_is_not_changed_once_it_is_admitted(cast, at_once, round_):
    collection = proposed(
        cast, subject=Subject.COMMUNITY, file=upload(sum_books.per_community()), listed=Filter()
    )
    counted = collection.form.parts.select_related("form__unit").get(place=5)
    admit = outcome(lambda: collections.admit(collection=collection, by=cast.street_cadre, now=NOW))
    change = outcome(
        lambda: parts.choose(
            part=counted, kind=SumKind.COUNT, subject=Subject.HOUSEHOLD, filters_=Filter(),
            by=cast.street_leader, now=NOW,
        )
    )  # fmt: skip
    results = at_once(admit, change)
    counted.refresh_from_db()
    assert (results[0], results[1], counted.subject) in [
        ("done", "done", "household"), ("done", "form_admitted", "person"),
    ]  # fmt: skip


def test_asked_while_it_is_taken_off_nothing_is_asked_afterwards(cast, at_once):
    at_home(cast)
    entry = opened(cast).entry
    ask = outcome(
        lambda: collections.ask(
            entry=entry, communities=[cast.community], due_on=DUE, by=cast.housing_officer, now=NOW
        )
    )
    end = outcome(lambda: catalogue.end(entry=entry, reason="并入", by=cast.street_cadre, now=NOW))
    results = Counter(at_once(*[ask] * 3, *[end] * 3))
    asked = Collection.objects.count() - 1
    assert results["form_ended"] + results["done"] == AT_ONCE
    assert results["done"] == asked + 1


def test_proposed_anew_at_once_it_waits_once(cast, at_once):
    at_home(cast)
    entry = opened(cast).entry
    catalogue.end(entry=entry, reason="并入", by=cast.street_cadre, now=NOW)
    words = WORDS | {"communities": [cast.community], "due_on": DUE, "now": NOW}
    again = [
        outcome(lambda by=by: collections.propose_anew(entry=entry, by=by, **words))
        for by in (cast.housing_officer, cast.street_cadre, cast.street_leader)
    ]
    assert Counter(at_once(*again))["done"] == 1
    assert Collection.objects.filter(state="proposed").count() == 1
