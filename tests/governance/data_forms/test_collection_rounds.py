"""Periodic forms: opened on their day, compared with the last time, forgotten in time; merged copies; costs."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.data_forms import jobs
from governance.data_forms.answers import answers
from governance.data_forms.catalogue import catalogue, costs
from governance.data_forms.collections import collections, notifications, periodic
from governance.data_forms.enums import Ground, Repeats
from governance.data_forms.fillings import fillings
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    CatalogueForm,
    Collection,
    FilledFile,
    SubmissionRow,
)
from governance.data_forms.submissions import filling, merging, submissions
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from residents.enums import CareKind, PrivateField
from residents.models import Unmasking
from tests import factories as make
from tests.governance.data_forms import blank_workbooks as books
from tests.governance.data_forms.collection_factories import (
    DUE,
    ID_NUMBER,
    SONG,
    at_home,
    delivered,
    fill,
    opened,
    part,
    rows_of,
    sibling_home,
    signed,
)
from tests.governance.data_forms.form_factories import NOW, upload

# NOW lies in March 2026.
APRIL, MAY = datetime(2026, 4, 1, 1, tzinfo=UTC), datetime(2026, 5, 2, 1, tzinfo=UTC)
AUGUST = datetime(2026, 8, 10, 1, tzinfo=UTC)


def monthly(cast):
    """A monthly form, whose first round is signed off and delivered."""
    collection = opened(cast, repeats=Repeats.MONTH)
    signed(cast, collection)
    return delivered(cast, collection).entry


def periods():
    return list(
        Collection.objects.exclude(period="").order_by("pk").values_list("period", flat=True)
    )


# --- Rounds --------------------------------------------------------------------------------------


def test_on_the_day_after_the_period_it_is_asked_once(cast):
    entry = monthly(cast)
    assert (periodic.ask_due(NOW), periods()) == (0, [])
    assert (periodic.ask_due(APRIL), periods()) == (1, ["2026-03"])
    assert (periodic.ask_due(APRIL), periods()) == (0, ["2026-03"])
    row = Collection.objects.get(period="2026-03")
    assert (row.state, row.by, row.entry, row.due_on) == (
        "open", None, entry, APRIL.date() + timedelta(days=entry.days),
    )  # fmt: skip
    assert row.submissions.count() == 2


def test_after_a_standstill_each_period_is_asked_oldest_first(cast):
    monthly(cast)
    assert periodic.ask_due(AUGUST) == 5
    assert periods() == ["2026-03", "2026-04", "2026-05", "2026-06", "2026-07"]


@pytest.mark.parametrize(
    ("repeats", "names"),
    [
        (Repeats.QUARTER, ["2026-Q1", "2026-Q2"]),
        (Repeats.HALF, ["2026-H1"]),
        (Repeats.YEAR, []),
        (Repeats.ONCE, []),
    ],
)
def test_each_kind_of_period_has_its_day(cast, repeats, names):
    opened(cast, repeats=repeats)
    periodic.ask_due(AUGUST)
    assert periods() == names


def test_what_is_off_the_catalogue_is_asked_no_more(cast):
    catalogue.end(entry=monthly(cast), reason="不再需要", by=cast.street_cadre, now=NOW)
    assert periodic.ask_due(AUGUST) == 0


def test_an_entry_that_cannot_be_asked_holds_up_no_other(cast):
    stuck, other = monthly(cast), monthly(cast)
    stuck.communities.clear()
    assert periodic.ask_due(APRIL) == 1
    assert Collection.objects.exclude(period="").get().entry == other


def test_a_round_says_what_changed_since_the_last_time(cast):
    stays, moves = at_home(cast, "张大爷"), at_home(cast, "王大爷")
    monthly(cast)
    stays.name = "张大爷爷"
    stays.save()
    moves.died_on = NOW.date()
    moves.save()
    at_home(cast, "新来的")
    periodic.ask_due(APRIL)
    collection = Collection.objects.get(period="2026-03")
    fill(collection, APRIL)
    own = part(collection, cast.community)
    assert [(line.number, line.changed, line.is_new) for line in own.lines.all()] == [
        (1, [2], False), (2, [], True),
    ]  # fmt: skip
    assert own.gone == 1


def newcomers(cast, period, now):
    """Whether each row of the round of a period reads as new."""
    collection = Collection.objects.get(period=period)
    fill(collection, now)
    own = part(collection, cast.community)
    return collection, [line.is_new for line in own.lines.order_by("number")]


def test_a_round_is_not_compared_with_one_that_was_withdrawn(cast):
    at_home(cast, "张大爷")
    monthly(cast)
    at_home(cast, "新来的")
    periodic.ask_due(APRIL)
    collection, new = newcomers(cast, "2026-03", APRIL)
    assert new == [False, True]
    signed(cast, collection, APRIL)
    collections.withdraw(
        collection=collection, reason="不再需要", by=cast.housing_officer, now=APRIL
    )
    periodic.ask_due(MAY)
    assert newcomers(cast, "2026-04", MAY)[1] == [False, True]


def test_a_round_is_compared_with_the_one_before_it(cast):
    at_home(cast, "张大爷")
    monthly(cast)
    at_home(cast, "新来的")
    periodic.ask_due(APRIL)
    signed(cast, newcomers(cast, "2026-03", APRIL)[0], APRIL)
    periodic.ask_due(MAY)
    assert newcomers(cast, "2026-04", MAY)[1] == [False, False]


def test_where_the_rows_of_the_last_time_are_gone_none_reads_as_new(cast):
    at_home(cast, "张大爷")
    entry = monthly(cast)
    SubmissionRow.objects.filter(submission__collection__entry=entry).delete()
    periodic.ask_due(APRIL)
    assert newcomers(cast, "2026-03", APRIL)[1] == [False]


def test_what_was_answered_stands_in_the_next_round(cast):
    person = at_home(cast)
    entry = monthly(cast)
    column = entry.form.columns.get(place=SONG)
    answers.save(
        form=entry.form, cells=[answers.Cell(person.pk, column.pk, "茉莉花")],
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    periodic.ask_due(APRIL)
    collection = Collection.objects.get(period="2026-03")
    fill(collection, APRIL)
    own = part(collection, cast.community)
    assert rows_of(own)[0][SONG - 1] == "茉莉花"
    submissions.sign(submission=own, minutes=0, by=cast.community_worker, now=APRIL)
    own.refresh_from_db()
    # Asked at most once: nobody typed anything for this round.
    assert (own.known, own.typed) == (6, 0)


def test_rows_are_forgotten_but_the_last_round_of_a_periodic_form(cast):
    at_home(cast)
    monthly(cast)
    asked = []
    for now in (APRIL, MAY):
        periodic.ask_due(now)
        row = Collection.objects.exclude(period="").latest("pk")
        fill(row, now)
        signed(cast, row, now)
        asked.append(delivered(cast, row, now))
    assert periodic.forget_rows(APRIL) == 0
    # The one that somebody asked for, and the first round, which the second took the place of.
    assert periodic.forget_rows(MAY + timedelta(days=31)) == 2
    assert [row.submission.collection for row in SubmissionRow.objects.all()] == asked[1:]
    # Off the catalogue nothing is compared with it any more.
    later = MAY + timedelta(days=32)
    catalogue.end(entry=asked[0].entry, reason="不再需要", by=cast.street_cadre, now=later)
    assert periodic.forget_rows(later) == 1


# --- Merged copies -------------------------------------------------------------------------------


def merged(collection, by, now=NOW):
    run = merging.order(collection=collection, purpose="核对高龄津贴", by=by, now=now)
    file = FilledFile.objects.get(run=run)
    assert merging.is_merged(file.pk)
    merging.make(file_id=file.pk, now=now)
    file.refresh_from_db()
    return file


def sheet(file, by, now=NOW):
    return load_workbook(BytesIO(fillings.fetch(file=file, by=by, now=now))).worksheets[0]


def test_all_communities_stand_in_one_workbook_with_what_the_basis_covers(cast):
    at_home(cast), at_home(cast, "王大爷"), sibling_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    collection = delivered(cast, collection)
    file = merged(collection, cast.housing_officer)
    assert (file.state, file.total, file.rows) == ("ready", 3, 3)
    found = sheet(file, cast.housing_officer)
    rows = [[cell.value for cell in row] for row in found["A3:F5"]]
    assert [row[:2] for row in rows] == [[1, "张大爷"], [2, "王大爷"], [3, "李奶奶"]]
    assert {row[ID_NUMBER - 1] for row in rows} == {None}
    # The foot stays below them.
    assert found["A6"].value == "填表人："


def test_the_asker_waits_for_the_delivery_and_the_street_does_not(cast):
    at_home(cast)
    collection = opened(cast)
    with pytest.raises(WrongState) as nothing:
        merging.order(collection=collection, purpose="街道核对", by=cast.street_cadre, now=NOW)
    assert nothing.value.code == "nothing_signed"
    signed(cast, collection)
    with pytest.raises(WrongState) as early:
        merging.order(collection=collection, purpose="核对津贴", by=cast.housing_officer, now=NOW)
    assert early.value.code == "not_delivered"
    assert merged(collection, cast.street_cadre).state == "ready"


@pytest.mark.parametrize(
    "who",
    ["community_worker", "sibling_cadre", "urban_officer", "district_cadre", "owner", "admin"],
)
def test_nobody_else_receives_it(cast, who):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    file = merged(collection, cast.housing_officer)
    with pytest.raises(NotAllowed):
        merging.order(collection=collection, purpose="核对津贴", by=getattr(cast, who), now=NOW)
    with pytest.raises(NotAllowed):
        fillings.fetch(file=file, by=getattr(cast, who), now=NOW)


def test_a_copy_without_a_purpose_is_refused_and_it_goes_after_thirty_days(cast):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    with pytest.raises(Refused):
        merging.order(collection=collection, purpose=" ", by=cast.housing_officer, now=NOW)
    file = merged(collection, cast.housing_officer)
    with pytest.raises(WrongState):
        sheet(file, cast.housing_officer, NOW + timedelta(days=30))
    assert fillings.forget(now=NOW + timedelta(days=30)) == 1


def test_people_of_a_care_roster_count_as_seen_by_who_gets_the_copy(cast):
    person = at_home(cast)
    make.care_entry(person, CareKind.ALLOWANCE)
    for user, unit in (
        (cast.community_worker, cast.community),
        (cast.sibling_worker, cast.sibling),
    ):
        make.care_reader(user, unit, CareKind.ALLOWANCE)
    collection = opened(cast, listed=Filter(care="allowance"), file=upload(books.allowance()))
    signed(cast, collection)
    delivered(cast, collection)
    merged(collection, cast.housing_officer)
    seen = Unmasking.objects.get()
    assert (seen.by, seen.person, seen.field, seen.purpose) == (
        cast.housing_officer, person, PrivateField.CARE, "核对高龄津贴",
    )  # fmt: skip


def test_statements_do_not_grow_with_rows(cast):
    def count(people):
        for number in range(people):
            at_home(cast, f"老人{people}{number}")
        collection = opened(cast, name=f"表{people}", grounds={ID_NUMBER: Ground.CONSENT})
        signed(cast, collection)
        delivered(cast, collection)
        with CaptureQueriesContext(connection) as queries:
            merged(collection, cast.housing_officer)
        return len(queries)

    assert count(1) == count(20)


# --- What it costs -------------------------------------------------------------------------------


def test_the_catalogue_says_what_a_form_costs(cast):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection, minutes=12)
    [cost] = costs.costs(CatalogueForm.objects.all())
    assert (cost.columns, cost.submissions, cost.collections, cost.minutes, cost.typed) == (
        6,
        2,
        1,
        24,
        0,
    )
    assert cost.share == 833
    assert cost.twice == {}


def test_fields_that_two_forms_ask_are_shown_with_both(cast):
    first = opened(cast).entry
    second = opened(
        cast, name="第二张", file=upload(books.book("第二张", ("姓名", "民族", "最爱的曲目")))
    ).entry
    found = {cost.entry: cost for cost in costs.costs([first, second])}
    assert found[first].twice == {"姓名": [second], "最爱的曲目": [second]}
    assert found[second].twice == {"姓名": [first], "最爱的曲目": [first]}
    catalogue.end(entry=second, reason="并入第一张", by=cast.street_cadre, now=NOW)
    assert costs.costs([first])[0].twice == {}


def test_month_by_month_for_the_district_and_for_the_own_street_alone(cast):
    at_home(cast)
    collection = opened(cast)
    opened(cast, name="第二张")
    signed(cast, collection, minutes=5)
    for user in (cast.district_cadre, cast.street_cadre):
        month = costs.months(user, NOW)[-1]
        assert (month.first.isoformat(), month.forms, month.entries, month.minutes, month.twice) == (
            "2026-03-01", 2, 2, 10, 5,
        )  # fmt: skip
    assert len(costs.months(cast.district_cadre, NOW)) == 12
    assert costs.months(cast.sibling_cadre, NOW)[-1].forms == 0


def test_costs_take_a_fixed_number_of_statements(cast):
    def count():
        with CaptureQueriesContext(connection) as queries:
            costs.costs(CatalogueForm.objects.select_related("form", "street"))
            costs.months(cast.district_cadre, NOW)
        return len(queries)

    opened(cast)
    count()
    few = count()
    opened(cast, name="第二张")
    opened(cast, name="第三张")
    assert count() == few


# --- Notices -------------------------------------------------------------------------------------


def told(user):
    return [
        notifications.KINDS[0].text(one.data)
        for one in Notice.objects.filter(recipient=user, kind__startswith="forms-").order_by("pk")
    ]


def test_each_reads_what_concerns_them(cast):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    submissions.send_back(
        submission=part(collection, cast.community),
        rows=[1],
        reason="住址不对",
        by=cast.street_cadre,
        now=NOW,
    )
    notifications.notify_of_entries(NOW)
    assert notifications.notify_of_entries(NOW) == 0
    [asked, back] = told(cast.community_worker)
    assert asked.startswith("住建局要求填报“高龄津贴核对表”")
    assert back == "“高龄津贴核对表”有几行被退回：住址不对"
    assert told(cast.housing_officer)[0].startswith("“高龄津贴核对表”已准入")
    assert len(told(cast.sibling_worker)) == 1
    assert [text[:4] for text in told(cast.street_leader)] == ["住建局要", "西湖社区", "新桥社区"]
    assert told(cast.sibling_cadre) == told(cast.urban_officer) == []


def test_what_is_asked_from_the_catalogue_waits_for_nobody_at_the_street(cast):
    monthly(cast)
    notifications.notify_of_entries(NOW)
    before = len(told(cast.street_leader))
    assert periodic.ask_due(APRIL) == 1
    notifications.notify_of_entries(APRIL)
    assert len(told(cast.street_leader)) == before


def test_who_is_late_is_reminded_once_for_each_step(cast):
    at_home(cast)
    collection = opened(cast)
    submissions.sign(
        submission=part(collection, cast.sibling), minutes=1, by=cast.sibling_worker, now=NOW
    )
    assert notifications.remind(NOW) == 0
    soon = NOW + timedelta(days=6)
    assert (notifications.remind(soon), notifications.remind(soon)) == (1, 0)
    late = NOW + timedelta(days=8)
    assert (notifications.remind(late), notifications.remind(late)) == (3, 0)
    assert [text[:14] for text in told(cast.community_worker)] == [
        "“高龄津贴核对表”快到期了，",
        "“高龄津贴核对表”已逾期，2",
    ]
    assert told(cast.street_cadre)[0].startswith("“高龄津贴核对表”有 1 个社区逾期未报")
    assert told(cast.sibling_worker) == []


def test_the_asker_reads_that_it_is_delivered(cast):
    at_home(cast)
    collection = opened(cast)
    signed(cast, collection)
    delivered(cast, collection)
    notifications.notify_of_entries(NOW)
    assert told(cast.housing_officer)[-1] == "“高龄津贴核对表”已交付，请下载工作簿。"


def test_withdrawn_communities_read_it(cast):
    collection = opened(cast)
    collections.withdraw(collection=collection, reason="不用了", by=cast.housing_officer, now=NOW)
    notifications.notify_of_entries(NOW)
    assert "“高龄津贴核对表”已撤回：不用了" in told(cast.sibling_worker)


def test_the_jobs_do_it(cast):
    collection = collections.ask(
        entry=opened(cast).entry,
        communities=[cast.community],
        due_on=DUE,
        by=cast.street_cadre,
        now=NOW,
    )
    jobs.fill_waiting_submissions()
    own = part(collection, cast.community)
    filling.fill(key=own.pk, now=NOW)
    assert part(collection, cast.community).filled_at is not None
    jobs.tell_of_collections()
    jobs.ask_periodic_forms()
    jobs.remind_of_collections()
    jobs.forget_filled_forms()
