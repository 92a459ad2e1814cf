"""A form is asked for: admission by the street, what each community sees, delivering, who may not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.catalogue import catalogue
from governance.data_forms.catalogue import queries as catalogue_queries
from governance.data_forms.collections import collections, queries
from governance.data_forms.enums import (
    CollectionState,
    Ground,
    Repeats,
    Subject,
    SubmissionState,
    SumKind,
)
from governance.data_forms.fillings import fillings
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    Answer,
    BlankForm,
    CatalogueForm,
    Collection,
    HandingConsent,
    Submission,
    SubmissionRow,
)
from governance.data_forms.submissions import filling, submissions
from governance.data_forms.submissions import queries as submission_queries
from governance.data_forms.sums import parts
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.enums import CareKind, PrivateField
from residents.models import Unmasking
from residents.privacy import own_data, retention
from tasks.enums import Light
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms import sum_workbooks as sum_books
from tests.governance.data_forms.collection_factories import (
    DUE,
    ID_NUMBER,
    NAME,
    SONG,
    TODAY,
    WORDS,
    at_home,
    day,
    delivered,
    fill,
    handed_rows,
    opened,
    part,
    proposed,
    rows_of,
    sibling_home,
    signed,
)
from tests.governance.data_forms.form_factories import NOW, blank, upload

# --- Asking and admission ------------------------------------------------------------------------


def test_what_is_not_in_the_catalogue_waits_for_the_street(cast):
    collection = proposed(cast)
    assert (collection.state, collection.entry, collection.department) == (
        "proposed", None, cast.housing,
    )  # fmt: skip
    assert Submission.objects.count() == 0
    # No community sees the form or the collection before it is admitted.
    for model in (Collection, BlankForm):
        assert model.objects.visible_to(cast.community_worker).count() == 0
        assert model.objects.visible_to(cast.street_cadre).count() == 1


def test_admitted_it_is_in_the_catalogue_and_each_community_is_asked(cast):
    at_home(cast)
    collection = opened(cast)
    entry = CatalogueForm.objects.get()
    assert (collection.state, collection.entry, collection.opened_at) == ("open", entry, NOW)
    assert (entry.department, entry.legal_basis, entry.admitted_by) == (
        cast.housing, WORDS["legal_basis"], cast.street_cadre,
    )  # fmt: skip
    assert [one.unit for one in collection.submissions.order_by("unit__lft")] == [
        cast.community, cast.sibling,
    ]  # fmt: skip
    assert list(BlankForm.objects.visible_to(cast.community_worker)) == [collection.form]


def test_sensitive_columns_are_not_handed_over_unless_the_street_says_so(cast):
    entry = opened(cast).entry
    assert catalogue.grounds_of(entry) == {
        1: "covered", 2: "covered", 3: "covered", 4: "none", 5: "covered", 6: "covered",
    }  # fmt: skip
    other = opened(cast, grounds={ID_NUMBER: Ground.COVERED}, name="另一张")
    assert catalogue.grounds_of(other.entry)[ID_NUMBER] == "covered"


def test_refused_with_a_reason_nobody_is_asked(cast):
    collection = collections.refuse(
        collection=proposed(cast), reason="与花名册重复", by=cast.street_leader, now=NOW
    )
    assert (collection.state, Submission.objects.count(), CatalogueForm.objects.count()) == (
        "refused", 0, 0,
    )  # fmt: skip
    assert collection.entries.last().text == "与花名册重复"
    with pytest.raises(WrongState):
        collections.admit(collection=collection, by=cast.street_leader, now=NOW)


def test_refused_once_and_admitted_later_it_is_the_communities_to_complete(cast):
    first = proposed(cast, by=cast.street_cadre)
    assert not BlankForm.objects.sees(cast.community_worker, first.form)
    collections.refuse(collection=first, reason="口径不清", by=cast.street_leader, now=NOW)
    again = proposed(cast, by=cast.street_cadre, form=first.form, file=None)
    collections.admit(collection=again, grounds={}, by=cast.street_leader, now=NOW)
    assert BlankForm.objects.sees(cast.community_worker, first.form)


def test_nobody_admits_what_they_asked_for(cast):
    form = blank(cast, books.book("花名册", ("姓名", "性别")))
    BlankForm.objects.filter(pk=form.pk).update(unit=cast.street)
    form.refresh_from_db()
    asked = {
        "street": cast.street, "form": form, "communities": [cast.community], "due_on": DUE,
        "by": cast.street_cadre, "now": NOW, **WORDS,
    }  # fmt: skip
    collection = collections.propose(**asked)
    assert collection.department is None
    with pytest.raises(NotAllowed):
        collections.admit(collection=collection, by=cast.street_cadre, now=NOW)
    with pytest.raises(Refused, match="已在等待"):
        collections.propose(**asked)
    assert collections.admit(collection=collection, by=cast.street_leader, now=NOW).state == "open"


@pytest.mark.parametrize(
    "who", ["community_worker", "sibling_cadre", "owner", "admin", "housing_officer"]
)
def test_the_street_alone_admits(cast, who):
    collection = proposed(cast)
    with pytest.raises(NotAllowed):
        collections.admit(collection=collection, by=getattr(cast, who), now=NOW)
    assert CatalogueForm.objects.count() == 0


@pytest.mark.parametrize(
    "who", ["community_worker", "owner", "admin", "outsider", "district_cadre"]
)
def test_departments_and_the_street_ask(cast, who):
    with pytest.raises(NotAllowed):
        proposed(cast, by=getattr(cast, who))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"legal_basis": "  有 "}, "legal_basis"),
        ({"purpose": "用"}, "purpose"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"due_on": TODAY + timedelta(days=91)}, "due_on"),
        ({"communities": []}, "communities"),
        ({"file": None}, "file"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(cast, values, field):
    with pytest.raises(Refused) as refusal:
        proposed(cast, **values)
    assert list(refusal.value.fields) == [field]
    assert BlankForm.objects.count() == 0


def test_communities_of_another_street_are_not_asked(cast):
    for unit in (cast.other_community, cast.compound):
        with pytest.raises(Refused) as refusal:
            proposed(cast, communities=[cast.community, unit])
        assert refusal.value.code == "other_street"


def test_from_the_catalogue_it_is_asked_at_once_by_the_street_or_its_department(cast):
    entry = opened(cast).entry
    asked = {"entry": entry, "communities": [cast.community], "due_on": DUE, "now": NOW}
    for by in (cast.street_cadre, cast.housing_officer):
        collection = collections.ask(by=by, **asked)
        assert (collection.state, collection.submissions.count()) == ("open", 1)
    for by in (cast.urban_officer, cast.sibling_cadre, cast.community_worker, cast.admin):
        with pytest.raises(NotAllowed):
            collections.ask(by=by, **asked)


def test_taken_off_it_is_asked_no_more(cast):
    entry = opened(cast).entry
    with pytest.raises(NotAllowed):
        catalogue.end(entry=entry, reason="并入一张表", by=cast.housing_officer, now=NOW)
    entry = catalogue.end(entry=entry, reason="并入一张表", by=cast.street_cadre, now=NOW)
    with pytest.raises(WrongState) as refusal:
        collections.ask(
            entry=entry, communities=[cast.community], due_on=DUE, by=cast.street_cadre, now=NOW
        )
    assert refusal.value.code == "form_ended"
    with pytest.raises(WrongState):
        catalogue.end(entry=entry, reason="并入一张表", by=cast.street_cadre, now=NOW)


def test_what_is_admitted_is_not_changed_behind_the_basis(cast):
    """A column that was covered as a song would else become the number of an identity card."""
    form = opened(cast).form
    with pytest.raises(WrongState) as refusal:
        blanks.choose_fields(
            form=form,
            fields={ID_NUMBER: "", SONG: "person.id_number"},
            by=cast.street_cadre,
            now=NOW,
        )
    assert refusal.value.code == "form_admitted"
    with pytest.raises(WrongState):
        fillings.choose_rows(
            form=form, chosen=Filter(unit=cast.street.code), by=cast.street_cadre, now=NOW
        )
    # Off the catalogue it is still asked as it was admitted.
    catalogue.end(entry=form.entries.get(), reason="并入一张表", by=cast.street_cadre, now=NOW)
    with pytest.raises(WrongState):
        blanks.choose_fields(form=form, fields={SONG: ""}, by=cast.street_cadre, now=NOW)
    waiting = proposed(cast, name="待准入").form
    blanks.choose_fields(form=waiting, fields={ID_NUMBER: ""}, by=cast.street_cadre, now=NOW)


def test_what_a_column_counts_stays_as_it_was_admitted(cast, page):
    """The number of members would else become that of those who live alone."""
    file = upload(sum_books.per_community())
    collection = opened(cast, file=file, subject=Subject.COMMUNITY, listed=Filter())
    form = collection.form
    part_ = form.parts.get(row=0, place=3)
    counts = {"kind": SumKind.COUNT, "subject": Subject.PERSON, "filters_": Filter(min_age=80)}
    with pytest.raises(WrongState) as refusal:
        parts.choose(part=part_, by=cast.street_cadre, now=NOW, **counts)
    assert refusal.value.code == "form_admitted"
    browser, start = page(cast.street_cadre), f"/forms/{form.pk}/"
    text = browser.get(start).content.decode()
    assert "已按准入时的内容列入目录" in text
    assert f"{start}counts/" not in text
    catalogue.end(entry=CatalogueForm.objects.get(), reason="要改", by=cast.street_cadre, now=NOW)
    collections.withdraw(collection=collection, reason="要改", by=cast.housing_officer, now=NOW)
    parts.choose(part=part_, by=cast.street_cadre, now=NOW, **counts)
    assert form.parts.get(row=0, place=3).filters == {"min_age": 80}
    assert f"{start}counts/" in browser.get(start).content.decode()


def test_a_form_of_numbers_alone_is_not_asked_of_communities(cast):
    file = upload(sum_books.ages())
    with pytest.raises(Refused) as refusal:
        proposed(cast, file=file, subject=Subject.SUMS)
    assert (refusal.value.code, BlankForm.objects.count()) == ("sums", 0)
    form = blanks.add(
        unit=cast.street, name="统计表", subject=Subject.SUMS, file=file, by=cast.street_cadre,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        proposed(cast, form=form, by=cast.street_cadre)
    assert refusal.value.code == "sums"
    assert (list(queries.blanks_of(cast.street_cadre, cast.street)), Collection.objects.count()) == (
        [], 0,
    )  # fmt: skip


# --- Filling -------------------------------------------------------------------------------------


def test_each_community_gets_its_own_people_filled_in(cast):
    at_home(cast), sibling_home(cast)
    collection = opened(cast)
    own, other = part(collection, cast.community), part(collection, cast.sibling)
    assert [row[1] for row in rows_of(own)] == ["张大爷"]
    assert [row[1] for row in rows_of(other)] == ["李奶奶"]
    assert (own.cells, own.known, own.filled_at) == (6, 5, NOW)
    # Numbers are masked, as in every form.
    assert "*" in rows_of(own)[0][ID_NUMBER - 1]


def test_filled_twice_it_is_as_filled_once(cast):
    at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    assert filling.fill(key=own.pk, now=NOW) is False
    at_home(cast, "王大爷")
    with pytest.raises(NotAllowed):
        filling.refill(submission=own, by=cast.sibling_worker, now=NOW)
    filling.refill(submission=own, by=cast.community_worker, now=NOW)
    assert filling.waiting(NOW) == [own.pk]
    assert filling.fill(key=own.pk, now=NOW) is True
    assert [row[1] for row in rows_of(part(collection, cast.community))] == ["张大爷", "王大爷"]
    assert filling.waiting(NOW) == []


def test_where_nobody_works_it_waits_and_is_not_tried_again_and_again(cast):
    collection = collections.admit(collection=proposed(cast), by=cast.street_cadre, now=NOW)
    cast.sibling_worker.positions.update(ends=TODAY - timedelta(days=1))
    fill(collection)
    other = part(collection, cast.sibling)
    assert (other.filled_at, other.tried_at) == (None, NOW)
    assert filling.waiting(NOW) == []
    assert filling.waiting(NOW + timedelta(hours=13)) == [other.pk]


def test_rows_are_encrypted_and_what_is_answered_joins_them(cast):
    person = at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    column = collection.form.columns.get(place=SONG)
    answers.save(
        form=collection.form, cells=[answers.Cell(person.pk, column.pk, "茉莉花")],
        by=cast.community_worker, now=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert rows_of(own)[0][SONG - 1] == "茉莉花"
    submissions.sign(submission=own, minutes=3, by=cast.community_worker, now=NOW)
    own.refresh_from_db()
    assert (own.known, own.typed, own.minutes) == (6, 1, 3)
    # What is signed off stays as it was signed, whatever is answered later.
    Answer.objects.all().delete()
    assert rows_of(own)[0][SONG - 1] == "茉莉花"


# --- Signing off and sending back ----------------------------------------------------------------


def test_a_single_row_is_sent_back_and_signed_off_anew(cast):
    at_home(cast), at_home(cast, "王大爷")
    collection = opened(cast)
    signed(cast, collection)
    own = submissions.send_back(
        submission=part(collection, cast.community), rows=[2], reason="住址不对",
        by=cast.street_cadre, now=NOW,
    )  # fmt: skip
    assert (own.state, own.signed_by, own.minutes) == ("returned", None, None)
    assert list(own.lines.values_list("number", "reason")) == [(1, ""), (2, "住址不对")]
    # Filled anew, the reason stays with its row.
    filling.refill(submission=part(collection, cast.community), by=cast.community_worker, now=NOW)
    fill(collection)
    assert own.lines.get(number=2).reason == "住址不对"
    own = submissions.sign(
        submission=part(collection, cast.community), minutes=2, by=cast.community_worker, now=NOW
    )
    assert (own.state, own.lines.exclude(reason="").count()) == ("signed", 0)
    assert list(own.entries.values_list("action", "rows")) == [
        ("open", 0), ("sign", 2), ("send-back", 1), ("sign", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [[], [9], [1, 9]])
def test_rows_that_are_not_there_are_not_sent_back(cast, rows):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    with pytest.raises(Refused) as refusal:
        submissions.send_back(
            submission=part(collection, cast.community), rows=rows, reason="不对",
            by=cast.street_cadre, now=NOW,
        )  # fmt: skip
    assert list(refusal.value.fields) == ["rows"]
    assert part(collection, cast.community).state == "signed"


def test_only_the_community_signs_and_only_its_street_sends_back(cast):
    at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    for who in ("street_cadre", "sibling_worker", "housing_officer", "owner", "admin"):
        with pytest.raises(NotAllowed):
            submissions.sign(submission=own, minutes=1, by=getattr(cast, who), now=NOW)
    own = submissions.sign(submission=own, minutes=1, by=cast.community_worker, now=NOW)
    for who in ("community_worker", "sibling_cadre", "housing_officer", "owner", "admin"):
        with pytest.raises(NotAllowed):
            submissions.send_back(
                submission=own, rows=[1], reason="不对", by=getattr(cast, who), now=NOW
            )


def test_what_is_not_filled_yet_is_not_signed_off(cast):
    collection = collections.admit(collection=proposed(cast), by=cast.street_cadre, now=NOW)
    with pytest.raises(WrongState) as refusal:
        submissions.sign(
            submission=part(collection, cast.community),
            minutes=1,
            by=cast.community_worker,
            now=NOW,
        )
    assert refusal.value.code == "not_filled"


def test_delivered_nobody_changes_it(cast):
    at_home(cast)
    collection = opened(cast)
    with pytest.raises(WrongState, match="签报"):
        delivered(cast, collection)
    own = part(collection, cast.community)
    submissions.sign(submission=own, minutes=1, by=cast.community_worker, now=NOW)
    # One community is missing: that needs a word.
    with pytest.raises(Refused) as refusal:
        delivered(cast, collection)
    assert list(refusal.value.fields) == ["text"]
    done = collections.deliver(
        collection=collection, text="新桥本月无人", by=cast.street_cadre, now=NOW
    )
    assert (done.state, done.delivered_at) == ("delivered", NOW)
    with pytest.raises(WrongState) as closed:
        submissions.send_back(
            submission=part(collection, cast.community), rows=[1], reason="不对",
            by=cast.street_cadre, now=NOW,
        )  # fmt: skip
    assert closed.value.code == "collection_closed"
    with pytest.raises(WrongState):
        submissions.sign(
            submission=part(collection, cast.sibling), minutes=1, by=cast.sibling_worker, now=NOW
        )


def test_whoever_asked_withdraws(cast):
    collection = opened(cast)
    with pytest.raises(NotAllowed):
        collections.withdraw(collection=collection, reason="不用了", by=cast.street_cadre, now=NOW)
    gone = collections.withdraw(
        collection=collection, reason="不用了", by=cast.housing_officer, now=NOW
    )
    assert (gone.state, submission_queries.waiting(cast.community_worker).count()) == (
        "withdrawn",
        0,
    )


def test_the_light_says_who_is_late(cast):
    at_home(cast)
    collection = opened(cast)
    own = part(collection, cast.community)
    assert [own.light(day(days)) for days in (0, 6, 7, 8)] == [
        Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED,
    ]  # fmt: skip
    parts = queries.parts(collection, cast.street_cadre, day(8))
    assert queries.late(parts) == 2
    submissions.sign(submission=own, minutes=1, by=cast.community_worker, now=NOW)
    assert queries.late(queries.parts(collection, cast.street_cadre, day(8))) == 1
    assert part(collection, cast.community).light(day(30)) == Light.GREEN


# --- Who sees what -------------------------------------------------------------------------------


def test_who_sees_collections_and_their_rows(cast):
    at_home(cast)
    collection = opened(cast)
    own, other = part(collection, cast.community), part(collection, cast.sibling)
    for who, sees, rows in (
        ("street_cadre", True, {own, other}), ("housing_officer", True, set()),
        ("community_worker", True, {own}), ("sibling_worker", True, {other}),
        ("district_cadre", True, set()), ("sibling_cadre", False, set()),
        ("urban_officer", False, set()), ("other_worker", False, set()), ("owner", False, set()),
        ("grid_worker", False, set()), ("outsider", False, set()), ("auditor", False, set()),
    ):  # fmt: skip
        user = getattr(cast, who)
        assert Collection.objects.sees(user, collection) is sees, who
        assert set(Submission.objects.visible_to(user)) == rows, who
        assert CatalogueForm.objects.sees(user, collection.entry) is sees, who


def test_a_community_reads_how_far_it_is_itself(cast):
    collection = opened(cast)
    for who, count in (
        ("street_cadre", 2), ("housing_officer", 2), ("district_cadre", 2), ("community_worker", 1),
    ):  # fmt: skip
        found = queries.parts(collection, getattr(cast, who), TODAY)
        assert len(found) == count, who


def test_what_the_basis_does_not_cover_stays_with_the_community(cast):
    at_home(cast)
    own = part(opened(cast), cast.community)
    assert rows_of(own)[0][ID_NUMBER - 1]
    assert handed_rows(own)[0][ID_NUMBER - 1] is None
    assert handed_rows(own)[0][NAME - 1] == "张大爷"


def test_a_column_that_needs_consent_leaves_only_of_who_agreed(cast):
    person = at_home(cast)
    at_home(cast, "王大爷")
    collection = opened(cast, grounds={ID_NUMBER: Ground.CONSENT})
    own = part(collection, cast.community)
    assert [row[ID_NUMBER - 1] for row in handed_rows(own)] == [None, None]
    entered = {"submission": own, "rows": [1], "given_on": TODAY, "now": NOW}
    for who in ("street_cadre", "sibling_worker", "housing_officer", "admin"):
        with pytest.raises(NotAllowed):
            submissions.consent(**entered, by=getattr(cast, who))
    with pytest.raises(Refused) as refusal:
        submissions.consent(**entered | {"given_on": day(1)}, by=cast.community_worker)
    assert list(refusal.value.fields) == ["given_on"]
    assert submissions.consent(**entered, by=cast.community_worker) == 1
    assert submissions.consent(**entered, by=cast.community_worker) == 0
    assert HandingConsent.objects.get().person == person
    assert [bool(row[ID_NUMBER - 1]) for row in handed_rows(own)] == [True, False]
    back = {"submission": own, "rows": [1, 2], "now": NOW}
    with pytest.raises(NotAllowed):
        submissions.withdraw_consent(**back, by=cast.street_cadre)
    assert submissions.withdraw_consent(**back, by=cast.community_worker) == 1
    assert submissions.withdraw_consent(**back, by=cast.community_worker) == 0
    assert [row[ID_NUMBER - 1] for row in handed_rows(own)] == [None, None]


def test_consents_are_entered_only_where_a_column_needs_them(cast):
    at_home(cast)
    own = part(opened(cast), cast.community)
    with pytest.raises(Refused) as refusal:
        submissions.consent(
            submission=own, rows=[1], given_on=TODAY, by=cast.community_worker, now=NOW
        )
    assert refusal.value.code == "no_consent_needed"


@pytest.mark.parametrize("name", ["care", "also_care"])
def test_a_care_roster_is_filled_and_signed_by_who_is_named_for_it(cast, name):
    person = at_home(cast)
    make.care_entry(person, CareKind.ALLOWANCE)
    listed = Filter(**{name: "allowance"})
    collection = opened(cast, listed=listed, file=upload(books.allowance()))
    own = part(collection, cast.community)
    assert (own.filled_at, own.tried_at) == (None, NOW)
    with pytest.raises(NotAllowed):
        filling.refill(submission=own, by=cast.community_worker, now=NOW)
    make.care_reader(cast.community_worker, cast.community, CareKind.ALLOWANCE)
    later = NOW + timedelta(hours=13)
    for key in filling.waiting(later):
        filling.fill(key=key, now=later)
    own = part(collection, cast.community)
    assert (own.filled_at, own.kinds, len(rows_of(own))) == (later, ["allowance"], 1)
    assert filling.may_read(own, cast.community_worker)
    colleague = make.user("colleague", name="同事")
    make.position(colleague, "community_worker", cast.community)
    assert not filling.may_read(own, colleague)
    with pytest.raises(NotAllowed):
        submissions.sign(submission=own, minutes=1, by=colleague, now=NOW)
    # Filling shows it to nobody; whoever looks is recorded.
    assert Unmasking.objects.count() == 0
    submissions.record_readings(own, [person.pk], "街道核对", cast.street_cadre, NOW)
    assert Unmasking.objects.get().field == PrivateField.CARE


# --- What the database refuses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Collection, {"state": CollectionState.DELIVERED}),
        (Collection, {"entry": None}),
        (Collection, {"legal_basis": ""}),
        (Collection, {"state": "somewhere"}),
        (Collection, {"by": None}),
        (Submission, {"state": SubmissionState.SIGNED}),
        (Submission, {"known": 10_000}),
        (Submission, {"minutes": 3}),
        (CatalogueForm, {"purpose": ""}),
        (CatalogueForm, {"repeats": "daily"}),
    ],
)
def test_the_database_refuses_what_the_rules_forbid(cast, model, values):
    opened(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)


def test_a_period_is_asked_once(cast):
    collection = opened(cast, repeats=Repeats.MONTH)
    values = {
        name: getattr(collection, name)
        for name in ("street", "form", "entry", "department", "legal_basis", "purpose", "repeats",
                     "due_on", "warn_on", "state", "at", "opened_at")
    }  # fmt: skip
    Collection.objects.create(period="2026-02", **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Collection.objects.create(period="2026-02", **values)


# --- The person's own ----------------------------------------------------------------------------


def test_whoever_is_erased_takes_rows_and_consents_along(cast):
    person = at_home(cast)
    collection = opened(cast, grounds={ID_NUMBER: Ground.CONSENT})
    own = part(collection, cast.community)
    submissions.consent(submission=own, rows=[1], given_on=TODAY, by=cast.community_worker, now=NOW)
    retention.erase(person=person, by=None, now=NOW + timedelta(days=1))
    assert (SubmissionRow.objects.count(), HandingConsent.objects.count()) == (0, 0)


def test_ones_own_copy_tells_the_forms(cast):
    person = at_home(cast)
    person.account = cast.owner
    person.save()
    opened(cast)
    [row] = own_data.copy(by=cast.owner, now=NOW)["form_rows"]
    assert (row["form"], row["cells"]["姓名"]) == ("高龄津贴核对表", "张大爷")


def test_the_audit_tells_each_step_and_no_value(cast):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    found = AuditEntry.objects.filter(action__startswith="data_forms.")
    assert set(found.values_list("action", flat=True)) == {
        "data_forms.ask-collection", "data_forms.admit-collection", "data_forms.fill-submission",
        "data_forms.sign-submission", "data_forms.deliver-collection", "data_forms.add-form",
    }  # fmt: skip
    assert "张大爷" not in str(list(found.values_list("detail", flat=True)))


# --- What is typed below a sensitive heading -------------------------------------------------------


def grounds_of(cast, headings, subject=Subject.PERSON, **listed):
    """What the street is proposed to hand over, by heading."""
    collection = proposed(
        cast, subject=subject, file=upload(books.book("调查表", headings)), listed=Filter(**listed)
    )
    found = catalogue.proposed(collection.form)
    return {column.heading: str(ground) for column, ground in found.items()}


@pytest.mark.parametrize(
    "heading",
    ["患何种疾病", "精神状况", "是否怀孕", "长期服用药物", "血型", "备注(残疾情况)", "宗教信仰", "监护人证件号",
     "护照号码", "证件类型", "社保号", "是否采集指纹", "银行账号", "近期行踪", "戒毒情况", "留守儿童姓名",
     "本 月 身 体 变 化"],
)  # fmt: skip
def test_what_is_typed_below_a_sensitive_heading_stays_unless_the_street_says_so(cast, heading):
    found = grounds_of(cast, ("姓名", heading, "最爱的曲目", "精神文明户"))
    assert (found[heading], found["最爱的曲目"], found["精神文明户"]) == (
        "none",
        "covered",
        "covered",
    )


def test_the_asker_receives_it_once_the_street_admitted_it(cast):
    at_home(cast)
    headings, place = ("姓名", "患何种疾病"), 2
    for ground, handed_over in ((None, None), (Ground.CONSENT, None), (Ground.COVERED, "高血压")):
        collection = opened(
            cast, {} if ground is None else {place: ground}, name=f"调查{ground}",
            file=upload(books.book("调查表", headings)),
        )  # fmt: skip
        own = part(collection, cast.community)
        column = own.collection.form.columns.get(place=place)
        answers.save(
            form=own.collection.form, cells=[answers.Cell(own.lines.get().key, column.pk, "高血压")],
            by=cast.community_worker, now=NOW,
        )  # fmt: skip
        assert rows_of(own)[0][1] == "高血压"
        assert handed_rows(own)[0][1] == handed_over


def test_of_homes_too_and_of_other_rows_a_number_of_people_is_none(cast):
    headings = ("患大病人数", "负责人身份证号")
    assert set(grounds_of(cast, headings, Subject.HOUSEHOLD).values()) == {"none"}
    found = grounds_of(cast, headings, Subject.BUILDING)
    assert list(found.values()) == ["covered", "none"]


@pytest.mark.parametrize(
    ("listed", "ground"),
    [
        ({"max_age": 13}, "none"), ({"max_age": 17}, "none"), ({"min_age": 13, "max_age": 17}, "none"),
        ({"min_age": 14, "max_age": 17}, "covered"), ({"max_age": 18}, "covered"),
        ({"care": "living_alone"}, "none"), ({"min_age": 60, "care": "allowance"}, "none"),
    ],
)  # fmt: skip
def test_where_standing_on_the_list_is_sensitive_every_column_is(cast, listed, ground):
    """Of children under fourteen, and of a care roster; the number of a row tells nothing."""
    found = grounds_of(cast, ("序号", "姓名", "最爱的曲目"), **listed)
    assert list(found.values()) == ["covered", ground, ground]


# --- Admitted anew ---------------------------------------------------------------------------------

AGAIN = WORDS | {"due_on": DUE, "now": NOW}


def test_what_was_taken_off_the_catalogue_is_proposed_anew_and_its_history_stays(cast):
    at_home(cast)
    first = opened(cast)
    signed_part = part(first, cast.community)
    submissions.sign(submission=signed_part, minutes=3, by=cast.community_worker, now=NOW)
    entry = catalogue.end(entry=first.entry, reason="并入", by=cast.street_cadre, now=NOW)
    again = collections.propose_anew(
        entry=entry, communities=[cast.community], by=cast.housing_officer, **AGAIN
    )
    assert (again.form, again.department, again.state) == (
        first.form, cast.housing, CollectionState.PROPOSED,
    )  # fmt: skip
    assert not catalogue_queries.may_propose_anew(cast.housing_officer, entry)
    admitted = collections.admit(
        collection=again, grounds={ID_NUMBER: Ground.COVERED}, by=cast.street_cadre, now=NOW
    )
    entries = list(CatalogueForm.objects.order_by("pk").values_list("pk", "ends"))
    assert entries == [(entry.pk, TODAY), (admitted.entry.pk, None)]
    # Each admission has its own decisions, and its own consents.
    assert catalogue.grounds_of(entry)[ID_NUMBER] == "none"
    assert catalogue.grounds_of(admitted.entry)[ID_NUMBER] == "covered"
    # What changed since the last time is still told.
    fill(admitted)
    assert [line.is_new for line in part(admitted, cast.community).lines.all()] == [False]


def test_other_admissions_are_shown_to_whom_they_are_in_sight(cast, page):
    """Proposed anew by the street itself, an admission is none of the department's."""
    entry = catalogue.end(entry=opened(cast).entry, reason="并入", by=cast.street_cadre, now=NOW)
    again = collections.propose_anew(
        entry=entry, communities=[cast.community], by=cast.street_cadre, **AGAIN
    )
    admitted = collections.admit(collection=again, grounds={}, by=cast.street_leader, now=NOW)
    where = f"/form-catalogue/{entry.pk}/"
    for who, others in ((cast.street_cadre, [admitted.entry]), (cast.housing_officer, [])):
        assert list(page(who).get(where).context["others"]) == others


def test_who_may_propose_anew_and_when(cast):
    entry = opened(cast).entry
    with pytest.raises(WrongState) as refusal:
        collections.propose_anew(
            entry=entry, communities=[cast.community], by=cast.housing_officer, **AGAIN
        )
    assert refusal.value.code == "still_admitted"
    catalogue.end(entry=entry, reason="并入", by=cast.street_cadre, now=NOW)
    entry.refresh_from_db()
    for by in (cast.urban_officer, cast.sibling_cadre, cast.community_worker):
        with pytest.raises(NotAllowed):
            collections.propose_anew(entry=entry, communities=[cast.community], by=by, **AGAIN)
    own = collections.propose_anew(
        entry=entry, communities=[cast.community], by=cast.street_cadre, **AGAIN
    )
    assert own.department is None
    with pytest.raises(Refused, match="等待"):
        collections.propose_anew(
            entry=entry, communities=[cast.community], by=cast.housing_officer, **AGAIN
        )


def test_one_admission_holds_at_a_time(cast):
    entry = opened(cast).entry
    values = {
        name: getattr(entry, name)
        for name in ("street", "form", "legal_basis", "purpose", "repeats", "days", "admitted_at",
                     "admitted_by")
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueForm.objects.create(**values)


def test_a_corrected_answer_is_no_empty_cell_that_was_filled(cast):
    """Two people, one song known when it was filled: corrected, one cell is still empty at sign-off."""
    first, second = at_home(cast), at_home(cast, "李大妈")
    collection = opened(cast)
    own = part(collection, cast.community)
    column = own.collection.form.columns.get(place=SONG)

    def answer(person, value, seen=""):
        answers.save(
            form=own.collection.form, cells=[answers.Cell(person.pk, column.pk, value, seen)],
            by=cast.community_worker, now=NOW,
        )  # fmt: skip

    assert submissions.empty_cells(own) == 2
    answer(first, "茉莉花")
    assert submissions.empty_cells(own) == 1
    filling.refill(submission=own, by=cast.community_worker, now=NOW)
    fill(collection)
    own = part(collection, cast.community)
    answer(first, "东方红", seen="茉莉花")
    assert (submissions.answered_since(own), submissions.empty_cells(own)) == (0, 1)
    answer(second, "茉莉花")
    assert (submissions.answered_since(own), submissions.empty_cells(own)) == (1, 0)
