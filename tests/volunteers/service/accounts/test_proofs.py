"""The nightly proof, the command, the stand-alone script, adjustments by two people."""

import json
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from orgs.db import append_only
from orgs.errors import NotAllowed, WrongState
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.accounts.test_credits import approve
from volunteers.service.accounts import adjustments, downloads, ledgers, proofs
from volunteers.service.enums import EntryKind, EntrySource, Ledger
from volunteers.service.models import MinutesAccount, PointsAccount, PointsEntry

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)
SCRIPT = Path(__file__).parents[4] / "docs" / "verify_account.py"


@pytest.fixture
def member(cast):
    return serve.participant(cast.compound, cast.member)


def verify(tmp_path, document):
    file = tmp_path / "account.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, check=False
    )


def test_the_script_believes_a_true_account_and_no_other(cast, member, tmp_path):
    approve(cast, member, points=4)
    approve(cast, member, 60, points=2)
    true = downloads.document(PointsAccount.objects.get())
    answer = verify(tmp_path, true)
    assert answer.returncode == 0, answer.stderr
    assert "RIGHT: 2 entries, balance 2" in answer.stdout

    def changed(**entry):
        document = json.loads(json.dumps(true))
        document["entries"][0].update(entry)
        return document

    for false in (
        changed(amount=5),
        changed(i=2),
        changed(month="2026-04"),
        changed(hash="0" * 64),
        true | {"balance": 3},
        true | {"entries": true["entries"][:1]},
        true | {"account": "points-0"},
    ):
        assert verify(tmp_path, false).returncode == 1


def test_a_sceptic_reads_the_script_in_forty_lines():
    """It stands alone: the standard library and nothing of the portal."""
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    assert "volunteers" not in text
    assert "django" not in text


def test_the_command_and_the_stop_of_exchange(cast, member):
    approve(cast, member, points=4)
    call_command("verify_accounts")
    assert proofs.prove(NOW) == 0
    PointsAccount.objects.update(balance=400)
    with pytest.raises(CommandError):
        call_command("verify_accounts", stderr=StringIO())
    assert proofs.prove(NOW) == 1
    assert PointsAccount.objects.get().stopped_at == NOW
    assert MinutesAccount.objects.get().stopped_at is None
    PointsAccount.objects.update(balance=4)
    assert proofs.prove(NOW) == 0
    assert PointsAccount.objects.get().stopped_at is None


def test_a_changed_entry_breaks_the_chain(cast, member):
    approve(cast, member, points=4)
    with append_only.lifted(PointsEntry, by=None, reason="test"):
        PointsEntry.objects.update(source_id=99)
    assert [str(one) for one in proofs.problems()] == [
        f"points-{PointsAccount.objects.get().pk}: the chain is broken at entry 1"
    ]


def test_an_adjustment_needs_two_people_and_neither_is_whose_it_is(cast, member):
    known = {"participant": member, "ledger": Ledger.POINTS, "amount": 5, "month": MARCH}
    with pytest.raises(NotAllowed):
        adjustments.ask(**known, reason="漏记", by=cast.member, now=NOW)
    asked = adjustments.ask(**known, reason="漏记", by=cast.secretary, now=NOW)
    assert PointsAccount.objects.count() == 0
    with pytest.raises(NotAllowed) as error:
        adjustments.decide(adjustment=asked, granted=True, by=cast.secretary, now=NOW)
    assert error.value.code == "own_case"
    adjustments.decide(adjustment=asked, granted=True, by=cast.community_worker, now=NOW)
    with pytest.raises(WrongState):
        adjustments.decide(adjustment=asked, granted=True, by=cast.community_worker, now=NOW)
    assert PointsAccount.objects.get().balance == 5
    below = adjustments.ask(**known | {"amount": -6}, reason="多记", by=cast.secretary, now=NOW)
    with pytest.raises(WrongState) as error:
        adjustments.decide(adjustment=below, granted=True, by=cast.community_worker, now=NOW)
    assert error.value.code == "not_enough"
    assert PointsAccount.objects.get().balance == 5


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    some.lists(
        some.tuples(
            some.sampled_from("ABC"), some.sampled_from([0, 30, 60, 90, 120]), some.integers(0, 9)
        ),
        max_size=12,
    )
)
def test_never_lost_doubled_or_negative(cast, steps):
    """Any order of approvals, corrections and exchanges: the balance is what is due less what was spent,
    and what could not be taken back is never given twice."""
    member = serve.participant(cast.compound)
    booked, approved, spent = dict.fromkeys("ABC", 0), dict.fromkeys("ABC", 0), 0
    for number, (task, minutes, spend) in enumerate(steps):
        begin = NOW.replace(hour={"A": 1, "B": 4, "C": 7}[task])
        approve(cast, member, minutes, task=f"{member.pk}{task}", at=begin, points=minutes // 10)
        balance = sum(booked.values()) - spent
        if minutes != approved[task]:  # the same once more changes nothing
            booked[task] += max(minutes // 10 - booked[task], -balance)
        approved[task] = minutes
        account = ledgers.locked_points(member)
        assert account.balance == sum(booked.values()) - spent >= 0
        if 0 < spend <= account.balance:
            ledgers.book(
                account, amount=-spend, kind=EntryKind.REDEEM, source=EntrySource.REDEMPTION,
                source_id=number, month=MARCH, text="毛巾", by=None, now=NOW,
            )  # fmt: skip
            spent += spend
    for account in (
        *PointsAccount.objects.filter(participant=member),
        *MinutesAccount.objects.filter(participant=member),
    ):
        assert account.balance == sum(account.entries.values_list("amount", flat=True))
        assert ledgers.first_wrong(account) is None
    live = {task: minutes for task, minutes, _spend in steps}
    minutes = sum(
        MinutesAccount.objects.filter(participant=member).values_list("balance", flat=True)
    )
    assert minutes == sum(live.values())
