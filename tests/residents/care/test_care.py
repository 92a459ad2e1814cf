"""Care rosters: who enters, changes and ends; what is kept, recorded and left out of the audit."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.care import entries, queries
from residents.enums import CareBasis, CareEnding, CareKind, PrivateField
from residents.models import CareChange, CareEntry, Visit
from residents.privacy import own_data, retention, unmasking
from tests import factories as make

TODAY = make.NOW.date()
SECRET = "乙肝，需保密"


@pytest.fixture
def person(cast):
    one = make.resident(cast.building, name="钱一二", born=date(1940, 5, 1), phone="13900001234")
    make.belonging(one, make.household(cast.building, "501"))
    return one


@pytest.fixture
def keeper(cast):
    """The community worker, named to keep every roster of the community."""
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    return cast.community_worker


def enter(person, by, kind=CareKind.ASSISTANCE, **values):
    return entries.enter(
        person=person, kind=kind, by=by, now=make.NOW, **make.CARE_DETAILS[kind] | values
    )


@pytest.mark.parametrize("kind", list(CareKind))
def test_a_named_keeper_enters(person, keeper, kind):
    entry = enter(person, keeper, kind, note=" 谨慎 ")
    assert (entry.starts, entry.note, entry.entered_by) == (TODAY, "谨慎", keeper)
    for name, value in make.CARE_DETAILS[kind].items():
        assert getattr(entry, name) == value
    assert AuditEntry.objects.filter(action="residents.enter-care").count() == 1


@pytest.mark.parametrize(
    "who",
    ["admin", "street_leader", "grid_worker", "sibling_worker", "property_clerk", "owner"],
)
def test_a_role_is_not_enough(cast, person, who):
    make.care_reader(cast.community_worker, cast.community)
    with pytest.raises(NotAllowed):
        enter(person, getattr(cast, who))
    with pytest.raises(NotAllowed):
        enter(person, cast.community_worker)
    assert CareEntry.objects.count() == 0


def test_one_open_entry_a_roster(person, keeper):
    first = enter(person, keeper)
    with pytest.raises(Refused) as refused:
        enter(person, keeper)
    assert refused.value.code == "on_ledger"
    entries.end(entry=first, ending=CareEnding.NO_NEED, by=keeper, now=make.NOW)
    again = enter(person, keeper)
    assert list(CareEntry.objects.order_by("pk")) == [first, again]
    with pytest.raises(IntegrityError), transaction.atomic():
        make.care_entry(person)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (CareKind.ASSISTANCE, {"needs": " "}, "needs"),
        (CareKind.ASSISTANCE, {"amount": 1}, "amount"),
        (CareKind.ASSISTANCE, {"note": "长" * 1001}, "note"),
        (CareKind.ALLOWANCE, {"allowance": ""}, "allowance"),
        (CareKind.ALLOWANCE, {"family_size": 0}, "family_size"),
        (CareKind.ALLOWANCE, {"amount": 10_000_001}, "amount"),
        (CareKind.DISABILITY, {"grade": None}, "grade"),
        (CareKind.DISABILITY, {"guardian_phone": "123"}, "guardian_phone"),
        (CareKind.ASSISTANCE, {"basis": CareBasis.CONSENT}, "consented_on"),
        (
            CareKind.ASSISTANCE,
            {"basis": CareBasis.CONSENT, "consented_on": TODAY + timedelta(days=1)},
            "consented_on",
        ),
        (CareKind.ASSISTANCE, {"starts": TODAY + timedelta(days=1)}, "starts"),
    ],
)
def test_what_is_not_right_is_named(person, keeper, kind, values, field):
    with pytest.raises(Refused) as refused:
        enter(person, keeper, kind, **values)
    assert refused.value.fields.keys() == {field}


def test_only_older_people_who_are_still_here(cast, keeper):
    young = make.resident(
        cast.building, born=TODAY.replace(year=TODAY.year - 60) + timedelta(days=1)
    )
    with pytest.raises(Refused):
        enter(young, keeper, CareKind.LIVING_ALONE)
    assert enter(
        make.resident(cast.building, born=TODAY.replace(year=TODAY.year - 60)),
        keeper,
        CareKind.LIVING_ALONE,
    )
    gone = make.resident(cast.building, died_on=TODAY)
    with pytest.raises(Refused):
        enter(gone, keeper)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "control"},
        {"basis": CareBasis.CONSENT},
        {"ends": TODAY},
        {"amount": 5},
        {"disability": "sight"},
    ],
)
def test_the_database_refuses_what_the_rules_forbid(person, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        CareEntry.objects.create(
            **{
                "person": person, "kind": CareKind.ASSISTANCE, "basis": CareBasis.DUTY,
                "starts": TODAY, "entered_by": make.user(), "entered_at": make.NOW,
            }
            | values
        )  # fmt: skip


def test_a_change_keeps_what_was_said_before(person, keeper):
    entry = enter(person, keeper, CareKind.ALLOWANCE, hardship=SECRET)
    entries.change(entry=entry, amount=90000, hardship="已好转", by=keeper, now=make.NOW)
    entries.change(entry=entry, amount=90000, by=keeper, now=make.NOW)
    entry.refresh_from_db()
    assert (entry.amount, entry.hardship) == (90000, "已好转")
    assert CareChange.objects.get().values == {"amount": 81250, "hardship": SECRET}
    [(_change, before)] = queries.history_of(entry)
    assert [text for _label, text in before] == ["812.50 元", SECRET]


def test_what_is_stored_is_encrypted(person, keeper):
    from django.db import connection

    entry = enter(person, keeper, needs=SECRET)
    entries.change(entry=entry, needs="无", by=keeper, now=make.NOW)
    with connection.cursor() as cursor:
        for table in ("residents_careentry", "residents_carechange"):
            cursor.execute(f"SELECT * FROM {table}")
            assert SECRET not in str(cursor.fetchall())


def test_ending_once_and_within_its_days(person, keeper):
    entry = enter(person, keeper, starts=date(2026, 3, 1))
    for ends in (date(2026, 2, 28), TODAY + timedelta(days=1)):
        with pytest.raises(Refused):
            entries.end(entry=entry, ending=CareEnding.MOVED, ends=ends, by=keeper, now=make.NOW)
    ended = entries.end(entry=entry, ending=CareEnding.MOVED, by=keeper, now=make.NOW)
    assert (ended.ends, ended.ended_by, ended.ending) == (TODAY, keeper, CareEnding.MOVED)
    with pytest.raises(WrongState):
        entries.end(entry=entry, ending=CareEnding.MOVED, by=keeper, now=make.NOW)
    with pytest.raises(WrongState):
        entries.change(entry=entry, note="x", by=keeper, now=make.NOW)


def test_the_audit_holds_nothing_private(cast, person, keeper):
    entry = enter(
        person, keeper, CareKind.DISABILITY, note=SECRET, guardian_name="孙监护",
        guardian_phone="13911112222",
    )  # fmt: skip
    entries.change(entry=entry, note=f"{SECRET}2", by=keeper, now=make.NOW)
    entries.look(entry=entry, by=keeper, now=make.NOW)
    entries.end(entry=entry, ending=CareEnding.DIED, by=keeper, now=make.NOW)
    said = str(list(AuditEntry.objects.values("action", "detail", "object_id", "object_type")))
    assert AuditEntry.objects.filter(action__contains="care").count() == 4
    for private in (SECRET, "孙监护", "13911112222", "钱一二", "sight", "died"):
        assert private not in said


def test_the_work_stands_or_falls_with_its_audit(person, keeper, monkeypatch):
    def broken(*args, **values):
        raise RuntimeError

    monkeypatch.setattr(entries.audit, "record", broken)
    with pytest.raises(RuntimeError):
        enter(person, keeper)
    assert CareEntry.objects.count() == 0


def test_each_look_is_reported_and_takes_nothing_from_the_days_limit(
    cast, person, keeper, settings
):
    settings.UNMASKINGS_A_DAY = 1
    entry = make.care_entry(person)
    for _twice in range(2):
        entries.look(entry=entry, by=keeper, now=make.NOW)
    rows = unmasking.who_saw_whom(TODAY, TODAY)
    assert {(one.by, one.person, one.field) for one in rows} == {(keeper, person, "care")}
    assert len(rows) == 2
    unmasking.reveal(
        person=person, field=PrivateField.PHONE, purpose="核对电话", by=keeper, now=make.NOW
    )
    with pytest.raises(NotAllowed):
        unmasking.reveal(
            person=person, field=PrivateField.CARE, purpose="核对电话", by=keeper, now=make.NOW
        )
    with pytest.raises(NotAllowed):
        entries.look(entry=entry, by=cast.grid_worker, now=make.NOW)


def test_the_person_takes_a_consent_back(cast, person, keeper):
    person.account = cast.owner
    person.save()
    by_duty = enter(person, keeper)
    by_consent = enter(
        person, keeper, CareKind.DISABILITY, basis=CareBasis.CONSENT, consented_on=TODAY
    )
    with pytest.raises(WrongState):
        entries.withdraw(entry=by_duty, by=cast.owner, now=make.NOW)
    with pytest.raises(NotAllowed):
        entries.withdraw(entry=by_consent, by=cast.neighbour, now=make.NOW)
    ended = entries.withdraw(entry=by_consent, by=cast.owner, now=make.NOW)
    assert (ended.ending, ended.ends, ended.ended_by) == ("withdrawn", TODAY, cast.owner)
    copy = own_data.copy(by=cast.owner, now=make.NOW)["person"]["care"]
    assert [(one["kind"], one["ends"]) for one in copy] == [
        (CareKind.ASSISTANCE, None),
        (CareKind.DISABILITY, TODAY),
    ]
    assert copy[0]["needs"] == "每周送菜"


def visit(person, entry, by, **values):
    return entries.visit(
        **{
            "entry": entry, "household": person.belongings.get().household, "on": TODAY,
            "text": "一切都好", "event_id": uuid4(), "by": by, "now": make.NOW,
        }
        | values
    )  # fmt: skip


def test_a_visit_is_kept_once_and_plans_the_next(cast, person, keeper):
    entry = enter(person, keeper, next_visit_on=TODAY)
    assert list(queries.due(CareEntry.objects.visible_to(keeper), TODAY)) == [entry]
    mark, later = uuid4(), TODAY + timedelta(days=7)
    for _twice in range(2):
        visit(person, entry, keeper, next_on=later, event_id=mark)
    entry.refresh_from_db()
    assert (Visit.objects.get().person, entry.next_visit_on) == (person, later)
    assert not queries.due(CareEntry.objects.visible_to(keeper), TODAY).exists()
    with pytest.raises(NotAllowed):
        visit(person, entry, cast.grid_worker)


def test_a_reader_who_does_not_keep_may_still_visit(cast, person):
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ASSISTANCE)
    entry = make.care_entry(person)
    assert visit(person, entry, cast.grid_worker).by == cast.grid_worker
    with pytest.raises(NotAllowed):
        entries.change(entry=entry, note="x", by=cast.grid_worker, now=make.NOW)


def test_three_years_later_it_is_forgotten(cast, person, keeper):
    entry = enter(person, keeper)
    entries.change(entry=entry, note="x", by=keeper, now=make.NOW)
    later = make.NOW + timedelta(days=4 * 365)
    assert retention.forget(now=later)["care"] == 0
    entries.end(entry=entry, ending=CareEnding.NO_NEED, by=keeper, now=make.NOW)
    assert retention.forget_care(now=make.NOW + timedelta(days=3 * 365)) == 0
    assert [retention.forget_care(now=later) for _time in range(2)] == [1, 0]
    assert CareChange.objects.count() == 0


def test_who_is_erased_stands_on_no_roster(cast, person):
    make.care_entry(person)
    person.belongings.update(ends=TODAY)
    retention.erase_moved_out(now=make.NOW + timedelta(days=4 * 365))
    assert CareEntry.objects.count() == 0
