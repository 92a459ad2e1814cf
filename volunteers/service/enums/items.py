"""The library of items."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemClass(models.TextChoices):
    """The five classes of the library."""

    PARTY = "party", _("party building and policy")
    ENVIRONMENT = "environment", _("environment and sanitation")
    SAFETY = "safety", _("safety and order")
    CARE = "care", _("care and mutual help")
    CULTURE = "culture", _("culture and civility")


class ItemUse(models.TextChoices):
    """What an item is for."""

    ACTIVITY = "activity", _("activities")
    ORDER = "order", _("orders")
    BOTH = "both", _("activities and orders")


class MinutesKind(models.TextChoices):
    """Duty is what a party member owes; voluntary service is free and unpaid (志愿服务条例)."""

    DUTY = "duty", pgettext_lazy("minutes", "duty")
    VOLUNTARY = "voluntary", _("voluntary service")
