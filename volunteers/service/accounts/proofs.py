"""The nightly proof: every balance is the sum of its entries, every chain holds; else a stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orgs.audit import audit
from volunteers.service.accounts import ledgers
from volunteers.service.models import MinutesAccount, MinutesEntry, PointsAccount, PointsEntry

_LEDGERS = ((MinutesAccount, MinutesEntry), (PointsAccount, PointsEntry))


@dataclass(frozen=True)
class Problem:
    """One account that does not fit together, and what is wrong, in English for the operator."""

    account: ledgers.Account
    text: str

    def __str__(self) -> str:
        return f"{ledgers.name_of(self.account)}: {self.text}"


def _wrong_sums(account_class: Any, entry_class: Any) -> "QuerySet[Any]":
    """Accounts whose balance or length is not that of their entries; one statement for all."""
    entries = entry_class._default_manager.filter(account=OuterRef("pk")).order_by()
    grouped = entries.values("account")
    number = IntegerField()
    rows: QuerySet[Any] = account_class._default_manager.annotate(
        proved_sum=Coalesce(
            Subquery(grouped.annotate(n=Sum("amount")).values("n"), output_field=number), 0
        ),
        proved_length=Coalesce(
            Subquery(grouped.annotate(n=Count("pk")).values("n"), output_field=number), 0
        ),
    )
    return rows.filter(~Q(balance=F("proved_sum")) | ~Q(length=F("proved_length"))).order_by("pk")


def wrong_balances() -> Iterator[Problem]:
    """Accounts whose cached balance or length is not what their entries say."""
    for account_class, entry_class in _LEDGERS:
        for account in _wrong_sums(account_class, entry_class).iterator(chunk_size=500):
            yield Problem(
                account,
                f"balance {account.balance}, entries sum up to {account.proved_sum};"
                f" length {account.length}, there are {account.proved_length}",
            )


def broken_chains() -> Iterator[Problem]:
    """Accounts of which an entry, or the end of the chain, is not what was booked."""
    for account_class, _entry_class in _LEDGERS:
        for account in account_class.objects.order_by("pk").iterator(chunk_size=500):
            if (i := ledgers.first_wrong(account)) is not None:
                yield Problem(account, f"the chain is broken at entry {i}")


def problems() -> Iterator[Problem]:
    """Everything that does not fit together, balances first."""
    yield from wrong_balances()
    yield from broken_chains()


def prove(now: datetime) -> int:
    """Stops every account whose balance is not the sum; nothing of it is exchanged until it is.

    An account that fits again goes on by itself. How many are stopped now.
    """
    stopped = 0
    for account_class, entry_class in _LEDGERS:
        with transaction.atomic():
            wrong = _wrong_sums(account_class, entry_class)
            fresh = list(wrong.filter(stopped_at=None))
            for account in fresh:
                audit.record("service.stop-account", by=None, obj=account, now=now)
            keys = [account.pk for account in wrong]
            accounts = account_class._default_manager
            accounts.filter(pk__in=[account.pk for account in fresh]).update(stopped_at=now)
            accounts.filter(stopped_at__isnull=False).exclude(pk__in=keys).update(stopped_at=None)
            stopped += len(keys)
    return stopped
