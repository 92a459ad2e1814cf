"""The way of an import: sent, read, looked through, decided, applied, discarded, undone, forgotten."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from orgs import jobs
from orgs.db import append_only
from orgs.enums import Decision, ImportState, Verdict
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.imports import apply as rosters_apply
from orgs.imports import imports, progress, read_file
from orgs.imports import worker as rosters_worker
from orgs.imports.rosters import LARGE
from orgs.models import AuditEntry, LedgerFile, LedgerImport, LedgerRow
from residents.enums import Relation
from residents.models import Household, Person
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests.roster_workbooks import (
    PEOPLE,
    again,
    apply,
    book,
    clock,
    counts,
    problems,
    rows,
    send,
    undo,
)

NOW = make.NOW
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def worker(cast):
    return cast.community_worker


def content(*lines):
    return book(PEOPLE, lines)


def line(name="张三", phone="13900001111", room="501", number=""):
    return (name, "家属", number, phone, "5栋", "", room)


@pytest.fixture
def upload(cast, worker):
    def one(*lines, by=worker, unit=None):
        return imports.upload(
            roster=RESIDENTS, target=unit or cast.community, name="台账.xlsx",
            content=content(*lines), by=by, now=NOW,
        )  # fmt: skip

    return one


@pytest.fixture
def unsure(cast, worker):
    """An import whose only row could be 张三 of 501, who has another telephone."""
    person = make.resident(cast.building, name="张三", phone="13700000000")
    make.belonging(person, make.household(cast.building, "501"))
    return send(RESIDENTS, cast.community, worker, content(line())), person


# --- Sending ---------------------------------------------------------------------------------------


def test_a_file_is_kept_encrypted_and_audited(upload, worker):
    found = upload(line())
    token = bytes(LedgerFile.objects.get().token)
    assert token.startswith(b"gAAAA")
    assert (found.state, found.size > 0, len(found.sha256)) == (ImportState.UPLOADED, True, 64)
    entry = AuditEntry.objects.get(action="residents.upload-ledger")
    assert (entry.actor_id, entry.detail) == (
        worker.pk, {"ledger": "residents", "bytes": found.size},
    )  # fmt: skip


@pytest.mark.parametrize(
    "who", ["sibling_worker", "street_cadre", "property_clerk", "member", "owner", "auditor"]
)
def test_only_keepers_of_the_place_send_files(cast, upload, who):
    with pytest.raises(NotAllowed):
        upload(line(), by=getattr(cast, who))
    assert LedgerImport.objects.count() == 0


def test_a_grid_worker_sends_for_the_grid_and_no_further(cast, upload):
    assert upload(line(), by=cast.grid_worker, unit=cast.compound).pk
    with pytest.raises(NotAllowed):
        upload(line(), by=cast.grid_worker, unit=cast.other_compound)


def test_what_is_no_workbook_is_refused_at_once(cast, worker):
    def one(content):
        imports.upload(
            roster=RESIDENTS, target=cast.community, name="x", content=content, by=worker, now=NOW
        )

    for garbage in (b"", b"\x00", b"PK garbage", "姓名,电话".encode()):
        with pytest.raises(Refused, match="Excel"):
            one(garbage)
    with pytest.raises(TooLarge):
        one(b"PK" + bytes(LARGE.size))
    assert LedgerImport.objects.count() == 0


def test_without_its_audit_nothing_is_kept(upload, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(RuntimeError):
        upload(line())
    assert (LedgerImport.objects.count(), LedgerFile.objects.count()) == (0, 0)


# --- Reading ---------------------------------------------------------------------------------------


def test_rows_are_staged_encrypted(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line(number=make.id_number())))
    assert (found.state, found.rows_done, counts(found)) == ("preview", 1, {"new": 1})
    assert found.claim is None
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT * FROM residents_ledgerrow")
        kept = str(cursor.fetchall())
    assert "张三" not in kept
    assert "13900001111" not in kept
    assert json.loads(found.rows.get().values)[0]["name"] == "张三"


def broken_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<")
    return out.getvalue()


def test_a_file_of_something_else_fails_with_a_sentence(cast, worker):
    for bad, sentence in (
        (book(("品名", "价格"), [("苹果", 1)]), "表头"),
        (book((*PEOPLE, "管控措施"), [(*line(), "x")]), "管控"),
        (broken_workbook(), "Excel"),
        (content(), "没有内容"),
    ):
        found = send(RESIDENTS, cast.community, worker, bad)
        assert found.state == ImportState.FAILED
        assert sentence in found.problem
        assert found.rows.count() == 0


def test_a_reader_that_died_is_replaced_after_a_while(upload):
    found = upload(line(), line("李四", room="502"))
    assert rosters_worker.claim(key=found.pk, now=NOW)
    read_file._begin(again(found), clock(NOW))
    LedgerRow.objects.create(ledger_import=found, number=99, values="[]", verdict="new")
    assert rosters_worker.work(key=found.pk, clock=clock(NOW + timedelta(seconds=100))) is False
    assert rosters_worker.work(key=found.pk, clock=clock(LATER)) is True
    assert [row.number for row in rows(found)] == [2, 3]
    assert again(found).state == ImportState.PREVIEW


def test_a_reader_that_was_replaced_stops(upload):
    found = upload(line())
    slow = rosters_worker.claim(key=found.pk, now=NOW)
    rosters_worker.work(key=found.pk, clock=clock(LATER))
    with pytest.raises(read_file.Superseded):
        read_file.read(imported=slow, roster=RESIDENTS, clock=clock(LATER))
    assert (again(found).state, found.rows.count()) == (ImportState.PREVIEW, 1)


def test_every_chunk_is_a_sign_of_life(upload, monkeypatch):
    monkeypatch.setattr("orgs.imports.planning.CHUNK", 2)
    found = upload(*[line(f"甲{n}", room=f"{n}", phone="") for n in range(101, 106)])
    seen = []
    monkeypatch.setattr(
        LedgerRow.objects, "bulk_create", lambda made: seen.append(again(found)), raising=False
    )
    rosters_worker.work(key=found.pk, clock=clock(NOW, timedelta(seconds=90)))
    assert [one.rows_done for one in seen] == [2, 4, 5]
    assert sorted({one.claimed_at for one in seen}) == [one.claimed_at for one in seen]


def test_the_jobs_read_and_make_up_for_lost_messages(upload, celery_eagerly):
    found = upload(line())
    assert jobs.sweep_imports() == 1
    assert again(found).state == ImportState.PREVIEW
    assert jobs.sweep_imports() == 0


def test_an_upload_queues_its_job(upload, celery_eagerly, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = upload(line())
    assert again(found).state == ImportState.PREVIEW


# --- Deciding --------------------------------------------------------------------------------------


def decide(found, decision, by, chosen=None):
    (row,) = imports.decide(row=found.rows.get(), decision=decision, chosen=chosen, by=by, now=NOW)
    return row


def test_an_unsure_row_waits_for_a_person(unsure, worker):
    found, _person = unsure
    assert counts(found) == {"unsure": 1}
    with pytest.raises(WrongState) as caught:
        imports.apply(imported=found, by=worker, now=NOW)
    assert caught.value.code == "undecided_rows"


def test_the_same_person_is_changed(unsure, worker):
    found, person = unsure
    decide(found, Decision.SAME, worker)
    assert counts(apply(found, worker)) == {"changed": 1}
    person.refresh_from_db()
    assert (person.phone, Person.objects.count()) == ("13900001111", 1)


def test_a_new_person_is_entered(unsure, worker):
    found, _person = unsure
    decide(found, Decision.NEW, worker)
    assert counts(apply(found, worker)) == {"new": 1}
    assert Person.objects.filter(name="张三").count() == 2


def test_a_row_left_out_does_nothing(unsure, worker):
    found, _person = unsure
    decide(found, Decision.LEAVE_OUT, worker)
    assert counts(apply(found, worker)) == {}
    assert Person.objects.count() == 1


def test_only_candidates_are_chosen(cast, unsure, worker):
    found, person = unsure
    other = make.resident(cast.building)
    with pytest.raises(Refused):
        decide(found, Decision.SAME, worker, other.pk)
    with pytest.raises(NotAllowed):
        decide(found, Decision.SAME, cast.sibling_worker)
    assert decide(found, Decision.SAME, worker, person.pk).chosen == person.pk


def test_sure_rows_are_not_decided(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    with pytest.raises(WrongState):
        decide(found, Decision.LEAVE_OUT, worker)


@pytest.fixture
def doubtful(cast, worker):
    """An import of five unsure rows: 2, 3 and 4 with another telephone, 5 that could be two people, 6
    with another ID number."""

    def lives(name, room, **values):
        person = make.resident(cast.building, name=name, **values)
        make.belonging(person, make.household(cast.building, room))
        return person

    for place, name in enumerate(("张三", "李四", "王五"), start=1):
        lives(name, f"50{place}", phone=f"1370000000{place}")
    home = make.household(cast.building, "504")
    for _twin in range(2):
        twin = make.resident(cast.building, name="赵六", phone="13700000004")
        make.belonging(twin, home, Relation.FAMILY)
    lives("钱七", "505", phone="13700000005", id_number=make.id_number())
    return send(
        RESIDENTS, cast.community, worker,
        content(
            line("张三", "13900001111", "501"), line("李四", "13900001112", "502"),
            line("王五", "13900001113", "503"), line("赵六", "13900001114", "504"),
            line("钱七", "13700000005", "505", make.id_number()),
        ),
    )  # fmt: skip


def alike(found, number, decision, by):
    rows = imports.decide(
        row=found.rows.get(number=number), decision=decision, alike=True, by=by, now=NOW
    )
    return [row.number for row in rows]


def test_rows_of_one_doubt_are_decided_together(doubtful, worker):
    assert counts(doubtful) == {"unsure": 5}
    assert alike(doubtful, 2, Decision.SAME, worker) == [2, 3, 4]
    decided = doubtful.rows.filter(decision=Decision.SAME)
    assert all([row.chosen] == row.candidates for row in decided)
    # Who could be two people, or raises another doubt, waits on.
    assert imports.undecided(doubtful) == 2
    assert alike(doubtful, 5, Decision.LEAVE_OUT, worker) == [5]
    assert alike(doubtful, 6, Decision.NEW, worker) == [6]
    done = apply(doubtful, worker)
    assert counts(done) == {"changed": 3, "new": 1}
    entries = AuditEntry.objects.filter(action="residents.decide-ledger-row").order_by("pk")
    assert [entry.detail for entry in entries] == [
        {"row": 2, "decision": "same", "rows": 3},
        {"row": 5, "decision": "leave_out", "rows": 1},
        {"row": 6, "decision": "new", "rows": 1},
    ]


def test_what_somebody_decided_singly_stays(doubtful, worker):
    row = doubtful.rows.get(number=3)
    imports.decide(row=row, decision=Decision.LEAVE_OUT, by=worker, now=NOW)
    assert alike(doubtful, 2, Decision.SAME, worker) == [2, 4]
    row.refresh_from_db()
    assert row.decision == Decision.LEAVE_OUT


def test_nobody_is_chosen_where_each_could_be_several(doubtful, worker):
    alike(doubtful, 2, Decision.SAME, worker)
    with pytest.raises(Refused) as caught:
        alike(doubtful, 5, Decision.SAME, worker)
    assert caught.value.code == "no_candidate"
    assert imports.undecided(doubtful) == 2


# --- Applying --------------------------------------------------------------------------------------


def test_how_far_it_is_is_known_while_it_is_written(cast, worker, monkeypatch):
    monkeypatch.setattr("orgs.imports.planning.CHUNK", 2)
    recorded = []
    record = progress.record
    monkeypatch.setattr(
        progress, "record", lambda found, rows: (record(found, rows), recorded.append(rows))
    )
    lines = [line(f"张{number}", f"1390000000{number}", f"50{number}") for number in range(5)]
    found = apply(send(RESIDENTS, cast.community, worker, content(*lines)), worker)
    assert recorded == [2, 4, 5]
    assert undo(found, worker).state == ImportState.UNDONE
    assert recorded[-1] == 5
    assert progress.rows_done(found) == 0


def test_wrong_rows_block_the_whole_file(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line(), line("李四", "12345", "502")))
    with pytest.raises(WrongState) as caught:
        imports.apply(imported=found, by=worker, now=NOW)
    assert caught.value.code == "wrong_rows"
    assert Person.objects.count() == 0


def test_what_is_applied_leaves_no_file_and_no_rows(cast, worker):
    found = apply(send(RESIDENTS, cast.community, worker, content(line())), worker)
    assert (found.state, found.applied_by, found.applied_at) == ("applied", worker, NOW)
    assert (LedgerFile.objects.count(), LedgerRow.objects.count()) == (0, 0)
    entry = AuditEntry.objects.get(action="residents.apply-ledger")
    assert entry.detail == {
        "ledger": "residents", "new": 1, "changed": 0, "unchanged": 0, "unsure": 0, "wrong": 0,
    }  # fmt: skip
    assert "张三" not in str(list(AuditEntry.objects.values("detail")))


def test_applying_twice_is_refused(cast, worker):
    found = apply(send(RESIDENTS, cast.community, worker, content(line())), worker)
    with pytest.raises(WrongState):
        imports.apply(imported=found, by=worker, now=NOW)
    assert rosters_worker.work(key=found.pk, clock=clock(LATER)) is False
    assert Person.objects.count() == 1


def test_a_roll_that_changed_meanwhile_sends_back_to_the_preview(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line(), line("李四", "", "502")))
    person = make.resident(cast.building, name="张三", phone="13700000000")
    make.belonging(person, make.household(cast.building, "501"))
    found = apply(found, worker)
    assert (found.state, found.applied_by, counts(found)) == (
        "preview", None, {"new": 1, "unsure": 1},
    )  # fmt: skip
    assert "重新核对" in found.problem
    assert Person.objects.count() == 1
    assert rows(found)[0].candidates == [person.pk]


def test_whoever_lost_the_position_applies_nothing(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    imports.apply(imported=found, by=worker, now=NOW)
    worker.positions.all().delete()
    rosters_worker.work(key=found.pk, clock=clock(NOW))
    assert (again(found).state, Person.objects.count()) == ("preview", 0)


def test_without_its_audit_nothing_is_applied(cast, worker, monkeypatch):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    imports.apply(imported=found, by=worker, now=NOW)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(RuntimeError):
        rosters_worker.work(key=found.pk, clock=clock(NOW))
    assert (Person.objects.count(), Household.objects.count()) == (0, 0)
    assert again(found).state == ImportState.APPLYING


def test_a_conflict_in_the_database_enters_nothing(cast, worker, monkeypatch):
    found = send(RESIDENTS, cast.community, worker, content(line(), line("李四", "", "502")))

    def conflict(*args):
        raise IntegrityError

    monkeypatch.setattr(rosters_apply, "_trace", conflict)
    found = apply(found, worker)
    assert (found.state, Person.objects.count()) == ("preview", 0)
    assert "同时" in found.problem


# --- Discarding, undoing, forgetting -----------------------------------------------------------------


def test_a_discarded_import_leaves_nothing(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    found = imports.discard(imported=found, by=worker, now=NOW)
    assert (found.state, found.ended_by, found.ended_at) == ("discarded", worker, NOW)
    assert (LedgerFile.objects.count(), LedgerRow.objects.count()) == (0, 0)
    with pytest.raises(WrongState):
        imports.discard(imported=found, by=worker, now=NOW)
    assert AuditEntry.objects.filter(action="residents.discard-ledger").count() == 1


def test_only_recent_imports_that_were_applied_are_undone(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    with pytest.raises(WrongState):
        imports.undo(imported=found, by=worker, now=NOW)
    found = apply(found, worker)
    with pytest.raises(WrongState):
        imports.undo(imported=found, by=worker, now=NOW + timedelta(days=31))
    with pytest.raises(NotAllowed):
        imports.undo(imported=found, by=cast.sibling_worker, now=NOW)
    found = undo(found, worker)
    assert (found.state, found.ended_by, found.ended_at) == ("undone", worker, NOW)
    with pytest.raises(WrongState):
        imports.undo(imported=found, by=worker, now=NOW)
    assert AuditEntry.objects.filter(action="residents.undo-ledger").count() == 1
    assert append_only.protected_models()


def test_what_nobody_applied_is_forgotten_after_a_week(cast, worker):
    found = send(RESIDENTS, cast.community, worker, content(line()))
    assert imports.forget(now=NOW + timedelta(days=6)) == 0
    assert imports.forget(now=NOW + timedelta(days=8)) == 1
    assert (again(found).state, LedgerFile.objects.count()) == ("discarded", 0)


def test_traces_are_forgotten_when_they_are_of_no_use(cast, worker):
    found = apply(send(RESIDENTS, cast.community, worker, content(line())), worker)
    imports.forget(now=NOW + timedelta(days=29))
    assert found.traces.count() == 1
    imports.forget(now=NOW + timedelta(days=31))
    assert found.traces.count() == 0


# --- Scope and database --------------------------------------------------------------------------------


def test_who_sees_an_import(cast, worker):
    found = send(RESIDENTS, cast.compound, worker, content(line()))
    seen = {
        name: LedgerImport.objects.visible_to(person).filter(pk=found.pk).exists()
        for name, person in vars(cast).items()
        if hasattr(person, "positions")
    }
    assert {name for name, yes in seen.items() if yes} == {
        "admin",
        "community_worker",
        "grid_worker",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"state": "applied"},
        {"state": "applying"},
        {"state": "undone"},
        {"state": "discarded"},
        {"applied_at": NOW},
        {"claimed_at": NOW},
    ],
)
def test_the_database_refuses_halves(cast, upload, values):
    found = upload(line())
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerImport.objects.filter(pk=found.pk).update(**values)


def test_the_database_refuses_half_a_decision(unsure):
    found, _person = unsure
    for values in ({"decision": "same"}, {"decided_at": NOW}, {"chosen": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            found.rows.update(**values)


def test_problems_name_rows_and_columns_without_private_values(cast, worker):
    bad = content(("张三", "家属", 4.21102198001e17, "1390000", "9栋", "", "501"))
    (found,) = problems(send(RESIDENTS, cast.community, worker, bad))
    assert sorted(found) == ["building", "id_number", "phone"]
    assert "1390000" not in str(found)
    assert Verdict.WRONG.label == "有错误"
