"""Rings for help and consents."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RingState(models.TextChoices):
    RINGING = "ringing", _("waiting for somebody")
    TAKEN = "taken", pgettext_lazy("ring for help", "taken")
    RETURNED = "returned", _("back at the branch")
    DONE = "done", pgettext_lazy("ring for help", "done")
    CANCELLED = "cancelled", pgettext_lazy("ring for help", "cancelled")


class RingAction(models.TextChoices):
    """What is done with a ring for help (服务铃响)."""

    RING = "ring", _("ring for help")
    TAKE = "take", _("take the ring")
    DROP = "drop", _("give the ring back")
    RISE = "rise", _("pass to the next level")
    RETURN = "return", _("back to the branch")
    FINISH = "finish", _("say it is done")
    CANCEL = "cancel", _("cancel the ring")

    @property
    def permission(self) -> str:
        return f"service.{self.name.lower()}_ring"


class RingWho(models.TextChoices):
    """How somebody stands to a ring for help."""

    CALLER = "caller", _("whoever rang")
    KEEPER = "keeper", pgettext_lazy("ring for help", "who runs the service of the place")
    BOUND = "bound", _("bound member")
    TEAM = "team", _("team of proxy help")
    TAKER = "taker", pgettext_lazy("ring for help", "whoever took it")
    SYSTEM = "system", pgettext_lazy("ring for help", "the portal")


FINAL_RINGS = frozenset({RingState.DONE, RingState.CANCELLED})


class ConsentWay(models.TextChoices):
    """How somebody agreed to be helped by proxy."""

    SIGNED = "signed", _("signed paper")
    SPOKEN = "spoken", _("said in person, before a witness")
    PHONE = "phone", _("by telephone")
    PORTAL = "portal", _("in the portal")
