"""Letters of a whole compound: ordered, made once by workers, encrypted, fetched, deleted."""

from datetime import timedelta

import pytest

from orgs.attachments import print_runs
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.models import AuditEntry
from residents import jobs
from residents.claims import door_codes, letter_runs
from residents.enums import LetterState
from residents.models import DoorCode, LetterRun, LetterSheet
from tests import factories as make


@pytest.fixture
def homes(cast):
    second = make.unit(cast.compound, name="6栋")
    make.unit(cast.compound, name="7栋")  # without households
    return [make.household(where) for where in (cast.building, cast.building, second)]


def order(cast, by=None, unit=None):
    who = by or cast.community_worker
    return letter_runs.order(unit=unit or cast.compound, by=who, now=make.NOW)


def make_all():
    return [letter_runs.make(sheet_id=one, now=make.NOW) for one in letter_runs.waiting(make.NOW)]


def test_a_sheet_for_each_building_is_made_once(cast, homes):
    run = order(cast)
    assert order(cast) == run
    keys = letter_runs.waiting(make.NOW)
    assert len(keys) == 2
    assert make_all() == [True, True]
    assert [letter_runs.make(sheet_id=key, now=make.NOW) for key in keys] == [False, False]
    assert [(one.state, one.letters) for one in run.sheets.order_by("pk")] == [("ready", 2), ("ready", 1)]  # fmt: skip
    assert DoorCode.objects.count() == 3
    assert order(cast) != run


def test_the_file_is_encrypted_and_each_fetching_is_recorded(cast, homes):
    order(cast)
    make_all()
    sheet = LetterSheet.objects.first()
    kept = sheet.file.open("rb").read()
    assert not kept.startswith(b"%PDF")
    assert letter_runs.fetch(sheet=sheet, by=cast.grid_worker, now=make.NOW).startswith(b"%PDF")
    entry = AuditEntry.objects.get(action="residents.fetch-letters")
    assert (entry.actor_id, entry.object_id) == (cast.grid_worker.pk, str(sheet.pk))
    with pytest.raises(NotAllowed):
        letter_runs.fetch(sheet=sheet, by=cast.sibling_worker, now=make.NOW)


def test_after_a_week_nothing_is_left(cast, homes):
    order(cast)
    make_all()
    sheet = LetterSheet.objects.first()
    later = make.NOW + print_runs.KEPT
    with pytest.raises(WrongState):
        letter_runs.fetch(sheet=sheet, by=cast.grid_worker, now=later)
    assert letter_runs.forget(now=later - timedelta(seconds=1)) == 0
    assert letter_runs.forget(now=later) == 2
    assert letter_runs.forget(now=later) == 0
    assert not sheet.file.storage.exists(sheet.file.name)
    assert LetterRun.objects.count() == 0
    # The codes live on: they are on paper.
    assert DoorCode.objects.count() == 3


def test_a_dead_worker_is_given_up_and_at_last_it_fails(cast, homes, monkeypatch):
    order(cast)
    key = letter_runs.waiting(make.NOW)[0]

    def broken(**_rest):
        raise OSError("disk")

    monkeypatch.setattr(door_codes, "letters", broken)
    moment = make.NOW
    for _try in range(print_runs.MAX_TRIES):
        with pytest.raises(OSError, match="disk"):
            letter_runs.make(sheet_id=key, now=moment)
        assert key not in letter_runs.waiting(moment)
        moment += print_runs.CLAIM_LASTS + timedelta(seconds=1)
    assert letter_runs.make(sheet_id=key, now=moment)
    assert LetterSheet.objects.get(pk=key).state == LetterState.FAILED


def test_whoever_lost_the_position_gets_no_letters(cast, homes):
    order(cast)
    cast.community_worker.positions.all().delete()
    make_all()
    assert set(LetterSheet.objects.values_list("state", flat=True)) == {LetterState.FAILED}
    assert DoorCode.objects.count() == 0


def test_others_order_none(cast, homes, monkeypatch):
    for who in (cast.street_cadre, cast.sibling_worker, cast.owner, cast.property_clerk):
        with pytest.raises(NotAllowed):
            order(cast, by=who)
    with pytest.raises(Refused):
        order(cast, unit=cast.other_compound)
    monkeypatch.setattr(letter_runs, "MOST_BUILDINGS", 1)
    with pytest.raises(TooLarge):
        order(cast)


def test_the_pages_from_order_to_pdf(
    cast, page, homes, celery_eagerly, django_capture_on_commit_callbacks
):
    client = page(cast.community_worker)
    address = f"/letters/{cast.compound.code}/"
    assert client.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(address)
    run = LetterRun.objects.get()
    assert sent["Location"] == f"/letters/runs/{run.pk}/"
    shown = client.get(sent["Location"])
    assert (shown.context["done"], shown.context["total"]) == (2, 2)
    part = client.get(sent["Location"], headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<section")
    sheet = run.sheets.first()
    fetched = client.post(f"/letters/sheets/{sheet.pk}/")
    assert fetched.content.startswith(b"%PDF")
    assert "no-store" in fetched["Cache-Control"]
    for who in (cast.sibling_worker, cast.owner, cast.street_cadre):
        assert page(who).get(sent["Location"]).status_code == 404
        assert page(who).post(f"/letters/sheets/{sheet.pk}/").status_code == 404


def test_the_sweep_makes_what_was_lost(cast, homes, celery_eagerly, monkeypatch):
    order(cast)
    monkeypatch.setattr(jobs.timezone, "now", lambda: make.NOW)
    jobs.make_waiting_letters()
    assert letter_runs.waiting(make.NOW) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same(cast, page, rows, django_assert_max_num_queries):
    for _number in range(rows):
        make.household(make.unit(cast.compound))
    run = order(cast)
    client = page(cast.community_worker)
    with django_assert_max_num_queries(10):
        answer = client.get(f"/letters/runs/{run.pk}/")
    assert answer.context["total"] == rows
