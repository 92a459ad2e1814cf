"""What points are exchanged for, voluntary minutes given to the family, and the export."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Attachment
from orgs.scoping import Way, reach_of
from residents.models.bodies import at_home
from volunteers.service.enums import (
    SERVICE_READERS,
    ExportState,
    RedemptionState,
    StockKind,
)
from volunteers.service.models.accounts import PointsAccount
from volunteers.service.models.base import OfPlace, Served, actor, known, place, serving_units
from volunteers.service.models.credits import Credit
from volunteers.service.models.items import ExchangeRule
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class Reward(OfPlace):
    """Goods of a shop (爱心超市) with a stock, which is never negative. Whoever takes some locks the row."""

    readers = SERVICE_READERS | {Role.SHOP_STAFF}

    unit = place(_("shop at"), related_name="rewards")
    shop = models.CharField(_("shop"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    text = models.CharField(_("text"), max_length=300, blank=True)
    points = models.PositiveIntegerField(_("points"))
    stock = models.PositiveIntegerField(_("stock"), default=0)
    picture = models.ForeignKey(
        Attachment,
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rewards",
    )
    is_offered = models.BooleanField(_("offered"), default=True)
    entered_by = actor(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["unit", "points", "pk"]
        permissions = [
            ("keep_reward", "May keep the rewards of a place"),
            ("hand_over_reward", "May hand rewards over"),
        ]
        constraints = [
            models.UniqueConstraint(name="reward_once_a_shop", fields=["unit", "shop", "name"]),
            models.CheckConstraint(
                name="reward_in_bounds", condition=Q(points__range=(1, 100000), stock__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs it, and whoever serves or lives in the same community."""
        own = serving_units(user)
        return [
            *super().ways(user),
            Q(unit__in=own.values("pk")),
            Q(unit__in=own.values("parent")),
            *at_home(user, "unit"),
        ]


class Redemption(Served):
    """Points exchanged for one reward: held, handed over by the shop, or given back exactly once."""

    scope_path = "reward__unit"
    readers = SERVICE_READERS | {Role.SHOP_STAFF}

    reward = models.ForeignKey(
        Reward, verbose_name=_("reward"), on_delete=models.PROTECT, related_name="redemptions"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="redemptions",
    )
    account = models.ForeignKey(
        PointsAccount,
        verbose_name=_("account of points"),
        on_delete=models.PROTECT,
        related_name="redemptions",
    )
    rule = models.ForeignKey(
        ExchangeRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    points = models.PositiveIntegerField(_("points"))
    # The pick-up code is shown to its owner; the shop types it.
    code = models.CharField(_("pick-up code"), max_length=12)
    state = models.CharField(
        _("state"), max_length=12, choices=RedemptionState, default=RedemptionState.HELD
    )
    held_at = models.DateTimeField(_("held since"))
    expires_at = models.DateTimeField(_("held until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = actor(_("ended by"), null=True, blank=True)

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["expires_at"], name="redemption_expires", condition=Q(state="held")
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="redemption_code_once",
                fields=["code"],
                condition=Q(state=RedemptionState.HELD),
            ),
            known("redemption_known", "state", RedemptionState),
            models.CheckConstraint(
                name="redemption_ended_whole",
                condition=Q(state=RedemptionState.HELD, ended_at=None, ended_by=None)
                | (~Q(state=RedemptionState.HELD) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="redemption_handed_over_by_somebody",
                condition=~Q(state=RedemptionState.HANDED_OVER) | Q(ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="redemption_costs", condition=Q(points__gte=1, expires_at__gt=F("held_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward} · {self.participant}"


class StockEntry(OfPlace):
    """Why the stock of a reward moved. Append-only."""

    scope_path = "reward__unit"
    readers = SERVICE_READERS | {Role.SHOP_STAFF}

    reward = models.ForeignKey(
        Reward, verbose_name=_("reward"), on_delete=models.PROTECT, related_name="stock_entries"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=StockKind)
    amount = models.IntegerField(_("amount"))
    redemption = models.ForeignKey(
        Redemption,
        verbose_name=_("redemption"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stock_entries",
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = actor(_("by"), null=True, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("movement of stock")
        verbose_name_plural = _("movements of stock")
        ordering = ["pk"]
        constraints = [
            known("stock_entry_known", "kind", StockKind),
            models.UniqueConstraint(
                name="stock_entry_redemption_once",
                fields=["redemption", "kind"],
                condition=Q(redemption__isnull=False),
            ),
            models.CheckConstraint(
                name="stock_entry_sign",
                condition=Q(kind=StockKind.DELIVERY, amount__gt=0, redemption=None)
                | (Q(kind=StockKind.CORRECTION, redemption=None) & ~Q(amount=0) & ~Q(reason=""))
                | Q(kind=StockKind.HOLD, amount__lt=0, redemption__isnull=False)
                | Q(kind=StockKind.RELEASE, amount__gt=0, redemption__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward_id} · {self.amount}"


class TimeGift(Served):
    """Voluntary minutes given to a member of the family (时间银行). Append-only."""

    scope_path = "giver__place"
    own_path = "giver"

    giver = models.ForeignKey(
        Participant, verbose_name=_("giver"), on_delete=models.PROTECT, related_name="gifts_given"
    )
    receiver = models.ForeignKey(
        Participant,
        verbose_name=_("receiver"),
        on_delete=models.PROTECT,
        related_name="gifts_received",
    )
    rule = models.ForeignKey(
        ExchangeRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    minutes = models.PositiveIntegerField(_("minutes"))
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("gift of time")
        verbose_name_plural = _("gifts of time")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="time_gift_moves", condition=Q(minutes__gte=1)),
            models.CheckConstraint(name="time_gift_to_another", condition=~Q(giver=F("receiver"))),
        ]

    def __str__(self) -> str:
        return f"{self.giver} · {self.receiver}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the giver's place, and the two."""
        return [
            reach_of(user).q(cls.scope_path, SERVICE_READERS),
            Q(giver__account=user) | Q(receiver__account=user),
        ]


class ExportRecord(Served):
    """One credit on its way to the official volunteer system: sent, acknowledged, or not accepted yet.

    Voluntary minutes alone.
    """

    scope_path = "credit__unit"
    own_path = "credit__participant"

    credit = models.OneToOneField(
        Credit, verbose_name=_("credit"), on_delete=models.PROTECT, related_name="export"
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ExportState, default=ExportState.WAITING
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # The number there, or why it was not accepted.
    number = models.CharField(_("number there"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("record for the official system")
        verbose_name_plural = _("records for the official system")
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "id"], name="export_of_state")]
        constraints = [
            models.CheckConstraint(
                name="export_state_whole",
                condition=Q(state=ExportState.WAITING, sent_at=None, answered_at=None, number="")
                | Q(state=ExportState.SENT, sent_at__isnull=False, answered_at=None)
                | (
                    Q(
                        state=ExportState.ACCEPTED,
                        sent_at__isnull=False,
                        answered_at__isnull=False,
                    )
                    & ~Q(number="")
                )
                | (
                    Q(
                        state=ExportState.REFUSED,
                        sent_at__isnull=False,
                        answered_at__isnull=False,
                    )
                    & ~Q(reason="")
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.credit_id)
