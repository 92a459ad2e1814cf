"""Rewards and their stock."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RedemptionState(models.TextChoices):
    HELD = "held", _("held for pick-up")
    HANDED_OVER = "handed_over", _("handed over")
    CANCELLED = "cancelled", pgettext_lazy("redemption", "cancelled")
    EXPIRED = "expired", pgettext_lazy("redemption", "expired")


class StockKind(models.TextChoices):
    """Why the stock of a reward moves."""

    DELIVERY = "delivery", _("goods came in")
    CORRECTION = "correction", _("count corrected")
    HOLD = "hold", _("held for pick-up")
    RELEASE = "release", _("back on the shelf")
