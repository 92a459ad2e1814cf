"""Service orders, and how far they rise."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    ORDERED = "ordered", _("ordered, waiting for the branch")
    OFFERED = "offered", pgettext_lazy("service order", "offered")
    TAKEN = "taken", pgettext_lazy("service order", "taken")
    RESOLVED = "resolved", _("done, to be rated")
    CLOSED = "closed", pgettext_lazy("service order", "closed")
    DECLINED = "declined", pgettext_lazy("service order", "not offered")
    WITHDRAWN = "withdrawn", pgettext_lazy("service order", "withdrawn")


class OrderAction(models.TextChoices):
    """What is done with a service order (点单、派单、接单、评单)."""

    ORDER = "order", _("order a service")
    OFFER = "offer", _("offer the order")
    DECLINE = "decline", _("do not offer the order")
    TAKE = "take", _("take the order")
    REFUSE = "refuse", _("say no to the offer")
    DROP = "drop", _("give the order back")
    RESOLVE = "resolve", _("say it is done")
    RATE = "rate", _("rate the service")
    EXPIRE = "expire", _("close unrated")
    RISE = "rise", _("pass to the next level")
    WITHDRAW = "withdraw", _("withdraw the order")

    @property
    def permission(self) -> str:
        return f"service.{self.name.lower()}_serviceorder"


class OrderWho(models.TextChoices):
    """How somebody stands to a service order."""

    ORDERER = "orderer", _("whoever ordered")
    KEEPER = "keeper", _("branch or community")
    CENTRE = "centre", _("street, with the practice centre")
    SERVING = "serving", _("member or volunteer of the area")
    NAMED = "named", _("whoever it is offered to")
    TAKER = "taker", _("whoever took it")
    SYSTEM = "system", pgettext_lazy("service order", "the portal")


# Nobody has done it yet.
OPEN_ORDERS = frozenset({OrderState.ORDERED, OrderState.OFFERED, OrderState.TAKEN})
FINAL_ORDERS = frozenset({OrderState.CLOSED, OrderState.DECLINED, OrderState.WITHDRAWN})


class Level(models.TextChoices):
    """How far an order or a ring has risen."""

    COMPOUND = "compound", _("compound")
    COMMUNITY = "community", _("community")
    STREET = "street", _("street")


class RuleKind(models.TextChoices):
    """What a rule of rising is for."""

    ORDER = "order", _("orders")
    RING = "ring", _("rings for help")
