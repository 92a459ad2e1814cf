"""The two ledgers, minutes and points, that are booked from what was approved."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.scoping import Way, reach_of
from residents.models import Belonging, Household
from volunteers.service.enums import (
    SERVICE_READERS,
    AdjustmentState,
    EntryKind,
    EntrySource,
    Ledger,
    MinutesKind,
)
from volunteers.service.models.base import (
    Served,
    actor,
    first_of_month,
    known,
)
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User

# The hash before the first entry of every account.
FIRST_HASH = "0" * 64


class LedgerAccount(Served):
    """How long a chain of entries is, its last hash, and the balance, which equals the entries' sum.

    Whoever books locks this row.
    """

    length = models.PositiveIntegerField(_("entries"), default=0)
    head = models.CharField(_("last hash"), max_length=64, default=FIRST_HASH)
    balance = models.IntegerField(_("balance"), default=0)
    # Since when the nightly proof found that the balance is not the sum: nothing is exchanged.
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    class Meta:
        abstract = True


class MinutesAccount(LedgerAccount):
    """Somebody's minutes of one kind."""

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="minutes_accounts",
    )
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind)

    class Meta:
        verbose_name = _("account of minutes")
        verbose_name_plural = _("accounts of minutes")
        constraints = [
            models.UniqueConstraint(
                name="minutes_account_once", fields=["participant", "minutes_kind"]
            ),
            models.CheckConstraint(
                name="minutes_account_not_negative", condition=Q(balance__gte=0)
            ),
            known("minutes_account_known", "minutes_kind", MinutesKind),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.get_minutes_kind_display()}"


class PointsAccount(LedgerAccount):
    """The points of somebody, or of a household (家庭积分)."""

    participant = models.OneToOneField(
        Participant,
        verbose_name=_("participant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="points_account",
    )
    household = models.OneToOneField(
        Household,
        verbose_name=_("household"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="points_account",
    )

    class Meta:
        verbose_name = _("account of points")
        verbose_name_plural = _("accounts of points")
        permissions = [("adjust_accounts", "May adjust accounts, with a second person")]
        constraints = [
            models.CheckConstraint(
                name="points_account_of_one",
                condition=Q(participant__isnull=False, household=None)
                | Q(participant=None, household__isnull=False),
            ),
            models.CheckConstraint(name="points_account_not_negative", condition=Q(balance__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.participant or self.household_id)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, whose it is, and the household's people."""
        at_home = Belonging.objects.filter(
            person__account=user, ends=None, verified_at__isnull=False
        )
        return [
            *super().ways(user),
            reach_of(user).q("household__building", SERVICE_READERS),
            Q(household__in=at_home.order_by().values("household")),
        ]


class LedgerEntry(Served):
    """One entry of an account, the `i`-th of its chain. Append-only.

    `hash` is the SHA-256 of the hash before and of the entry's canonical JSON, as
    `docs/verify_account.py` counts it anew. One award of one source is booked once.
    """

    scope_path = "account__participant__place"
    own_path = "account__participant"

    i = models.PositiveIntegerField(_("number"))
    amount = models.IntegerField(_("amount"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    source = models.CharField(_("source"), max_length=10, choices=EntrySource)
    source_id = models.BigIntegerField(_("its key"))
    # The month that it counts for; it may be booked later.
    month = models.DateField(_("month"))
    text = models.CharField(_("what for"), max_length=120)
    by = actor(_("by"), null=True, blank=True)
    at = models.DateTimeField(_("when"))
    prev = models.CharField(_("hash before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        abstract = True


def _entry_constraints(name: str) -> list[Any]:
    return [
        models.UniqueConstraint(name=f"{name}_in_its_place", fields=["account", "i"]),
        models.UniqueConstraint(
            name=f"{name}_booked_once", fields=["account", "source", "source_id", "kind"]
        ),
        models.CheckConstraint(name=f"{name}_moves", condition=~Q(amount=0)),
        known(f"{name}_kind_known", "kind", EntryKind),
        known(f"{name}_source_known", "source", EntrySource),
        first_of_month(f"{name}_month"),
    ]


class MinutesEntry(LedgerEntry):
    """An entry of an account of minutes. Append-only."""

    account = models.ForeignKey(MinutesAccount, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        verbose_name = _("entry of minutes")
        verbose_name_plural = _("entries of minutes")
        ordering = ["account", "i"]
        constraints = [
            *_entry_constraints("minutes_entry"),
            # Minutes are never spent: they are given away or taken back.
            models.CheckConstraint(
                name="minutes_entry_sign",
                condition=(Q(kind=EntryKind.GIFT_IN, amount__gt=0))
                | Q(kind=EntryKind.GIFT_OUT, amount__lt=0)
                | Q(
                    kind__in=[EntryKind.AWARD, EntryKind.REVERSAL, EntryKind.ADJUSTMENT],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}-{self.i}"


class PointsEntry(LedgerEntry):
    """An entry of an account of points. Append-only."""

    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        verbose_name = _("entry of points")
        verbose_name_plural = _("entries of points")
        ordering = ["account", "i"]
        constraints = [
            *_entry_constraints("points_entry"),
            models.CheckConstraint(
                name="points_entry_sign",
                condition=Q(kind=EntryKind.GIVE_BACK, amount__gt=0)
                | Q(kind=EntryKind.REDEEM, amount__lt=0)
                | Q(
                    kind__in=[
                        EntryKind.AWARD,
                        EntryKind.REVERSAL,
                        EntryKind.ADJUSTMENT,
                        EntryKind.FEED,
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}-{self.i}"


class Adjustment(Served):
    """A correction by hand: one person asks, another books it, neither for themselves."""

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="adjustments",
    )
    ledger = models.CharField(_("account"), max_length=8, choices=Ledger)
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind, blank=True)
    amount = models.IntegerField(_("amount"))
    month = models.DateField(_("month"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(
        _("state"), max_length=8, choices=AdjustmentState, default=AdjustmentState.WAITING
    )
    asked_by = actor(_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("adjustment of an account")
        verbose_name_plural = _("adjustments of accounts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="adjustment_moves", condition=~Q(amount=0)),
            models.CheckConstraint(name="adjustment_says_why", condition=~Q(reason="")),
            known("adjustment_ledger_known", "ledger", Ledger),
            known("adjustment_state_known", "state", AdjustmentState),
            first_of_month("adjustment_month"),
            models.CheckConstraint(
                name="adjustment_of_its_kind",
                condition=Q(ledger=Ledger.MINUTES, minutes_kind__in=MinutesKind.values)
                | Q(ledger=Ledger.POINTS, minutes_kind=""),
            ),
            models.CheckConstraint(
                name="adjustment_two_people",
                condition=Q(state=AdjustmentState.WAITING, decided_by=None, decided_at=None)
                | (
                    ~Q(state=AdjustmentState.WAITING)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.amount}"
