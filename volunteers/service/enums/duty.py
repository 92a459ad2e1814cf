"""The monthly duty and appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MonthState(models.TextChoices):
    OPEN = "open", pgettext_lazy("month", "open")
    REVIEW = "review", pgettext_lazy("month", "under review")
    CLOSED = "closed", pgettext_lazy("month", "closed")


class ReliefKind(models.TextChoices):
    """Why somebody owes less in some days."""

    LEAVE = "leave", _("leave")
    ILLNESS = "illness", _("illness")
    SHIFT = "shift", _("shift work")
    OTHER = "other", pgettext_lazy("relief from duty", "other reason")


class MonthRating(models.TextChoices):
    """How the branch rates a member's month, in words; no figure, no order."""

    GOOD = "good", pgettext_lazy("month", "good")
    FAIR = "fair", _("fair")
    NEEDS_CALL = "needs_call", _("to be talked to")


class AppealState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("appeal", "waiting")
    GRANTED = "granted", pgettext_lazy("appeal", "granted")
    REJECTED = "rejected", pgettext_lazy("appeal", "not granted")
