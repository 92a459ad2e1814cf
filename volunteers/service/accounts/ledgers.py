"""Booking in the two ledgers: a locked account, one more entry of its chain, the balance with it.

Whoever books in several accounts locks them in one order: minutes before points, then by key
(`docs/architecture.md`); goods are locked before either.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Sum
from django.utils.translation import gettext as _

from orgs.errors import WrongState
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.models import (
    MinutesAccount,
    MinutesEntry,
    Participant,
    PointsAccount,
    PointsEntry,
)
from volunteers.service.models.accounts import FIRST_HASH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User
    from residents.models import Household

Account = MinutesAccount | PointsAccount
Entry = MinutesEntry | PointsEntry
OneAccount = TypeVar("OneAccount", MinutesAccount, PointsAccount)

LONGEST_TEXT = 120


def name_of(account: Account) -> str:
    """What an account is called in its hashes: no entry passes for one of another account."""
    return f"{'minutes' if isinstance(account, MinutesAccount) else 'points'}-{account.pk}"


def hash_of(account: str, entry: Entry) -> str:
    """SHA-256 of the hash before and the canonical JSON of an entry, as hex.

    `docs/verify_account.py` counts the same from the downloaded account.
    """
    said = {
        "account": account,
        "i": entry.i,
        "amount": entry.amount,
        "kind": str(entry.kind),
        "source": str(entry.source),
        "source_id": entry.source_id,
        "month": f"{entry.month:%Y-%m}",
        "at": moment(entry.at),
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.prev + text).encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment as it is hashed: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def locked_minutes(participant: Participant, kind: MinutesKind) -> MinutesAccount:
    """Somebody's account of minutes, made the first time, locked until the end of the transaction."""
    made, _is_new = MinutesAccount.objects.get_or_create(participant=participant, minutes_kind=kind)
    return _locked(made)


def locked_points(
    participant: Participant | None = None, *, household: "Household | None" = None
) -> PointsAccount:
    """The account of points of somebody, or of a household, likewise."""
    made, _is_new = PointsAccount.objects.get_or_create(
        participant=participant, household=household
    )
    return _locked(made)


def _locked(account: OneAccount) -> OneAccount:
    rows = type(account)._default_manager.select_for_update(no_key=True, of=("self",))
    found: OneAccount = rows.get(pk=account.pk)
    return found


def book(
    account: Account,
    *,
    amount: int,
    kind: EntryKind,
    source: EntrySource,
    source_id: int,
    month: date,
    text: str,
    by: "User | None",
    now: datetime,
) -> Entry:
    """Adds the next entry to an account that the caller has locked.

    `month` is the first day of the month that it counts for. Raises WrongState (`not_enough`) where
    the balance would fall below nothing. The database refuses the same (source, id, kind) twice.
    """
    if account.balance + amount < 0:
        raise WrongState(_("The account does not hold so much."), code="not_enough")
    entry_class: Any = MinutesEntry if isinstance(account, MinutesAccount) else PointsEntry
    entry: Entry = entry_class(
        account=account,
        i=account.length + 1,
        amount=amount,
        kind=kind,
        source=source,
        source_id=source_id,
        month=month.replace(day=1),
        text=text[:LONGEST_TEXT],
        by=by,
        at=now,
        prev=account.head,
    )
    entry.hash = hash_of(name_of(account), entry)
    entry.save(force_insert=True)
    account.length, account.head = entry.i, entry.hash
    account.balance += amount
    account.save(update_fields=["length", "head", "balance"])
    return entry


def booked(account: Account, source: EntrySource, source_ids: "Iterable[int]") -> int:
    """What an account holds of some sources, awards and reversals together."""
    entries = account.entries.filter(source=source, source_id__in=list(source_ids))
    return entries.aggregate(sum=Sum("amount"))["sum"] or 0


def book_difference(
    account: Account,
    *,
    due: int,
    before: int,
    source: EntrySource,
    source_id: int,
    month: date,
    text: str,
    by: "User | None",
    now: datetime,
) -> int:
    """Books what is `due` less what was booked `before`; an award, or a reversal.

    What was exchanged or given away meanwhile cannot be taken back: an account never falls below
    nothing. Gives what stays uncovered (0: nothing).
    """
    difference = due - before
    amount = max(difference, -account.balance)
    if amount:
        book(
            account,
            amount=amount,
            kind=EntryKind.AWARD if amount > 0 else EntryKind.REVERSAL,
            source=source,
            source_id=source_id,
            month=month,
            text=text,
            by=by,
            now=now,
        )
    return amount - difference


def first_wrong(account: Account) -> int | None:
    """The number of the first entry whose place, hash before or hash is wrong; None: the chain holds.

    Entries that are missing at the end are found by the account's own length and last hash.
    """
    name, prev, i = name_of(account), FIRST_HASH, 0
    for entry in account.entries.order_by("i").iterator():
        i += 1
        if entry.i != i or entry.prev != prev or entry.hash != hash_of(name, entry):
            return i
        prev = entry.hash
    return None if (i, prev) == (account.length, account.head) else i + 1
