"""The two ledgers, adjustments, the export."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryKind(models.TextChoices):
    """Why an account moves."""

    AWARD = "award", _("award")
    REVERSAL = "reversal", _("reversal")
    ADJUSTMENT = "adjustment", _("adjustment by two people")
    REDEEM = "redeem", _("exchange")
    GIVE_BACK = "give_back", _("given back")
    GIFT_OUT = "gift_out", _("given to the family")
    GIFT_IN = "gift_in", _("received from the family")
    FEED = "feed", _("passed to the family account")


class EntrySource(models.TextChoices):
    """The table whose row is behind an entry."""

    CREDIT = "credit", _("service")
    REDEMPTION = "redemption", _("exchange")
    GIFT = "gift", _("gift of time")
    ADJUSTMENT = "adjustment", _("adjustment")
    REPORT = "report", _("accepted report")
    ENTRY = "entry", _("another entry")


class Ledger(models.TextChoices):
    MINUTES = "minutes", _("minutes")
    POINTS = "points", _("points")


class AdjustmentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("adjustment", "waits for a second person")
    BOOKED = "booked", pgettext_lazy("adjustment", "booked")
    REFUSED = "refused", pgettext_lazy("adjustment", "refused")


class ExportState(models.TextChoices):
    """Where a record stands on its way to the official volunteer system."""

    WAITING = "waiting", pgettext_lazy("export", "not sent yet")
    SENT = "sent", pgettext_lazy("export", "sent, no answer yet")
    ACCEPTED = "accepted", pgettext_lazy("export", "accepted")
    REFUSED = "refused", pgettext_lazy("export", "not accepted")
