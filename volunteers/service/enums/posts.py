"""Posts and their claims."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PostKind(models.TextChoices):
    """What a member claims (认岗、认事)."""

    POST = "post", _("post")
    MATTER = "matter", _("matter")


class ClaimState(models.TextChoices):
    CLAIMED = "claimed", _("claimed, waiting for the branch")
    CONFIRMED = "confirmed", pgettext_lazy("claim of a post", "confirmed")
    REFUSED = "refused", pgettext_lazy("claim of a post", "not given")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim of a post", "withdrawn")
    ENDED = "ended", pgettext_lazy("claim of a post", "given up or run out")


OPEN_CLAIMS = frozenset({ClaimState.CLAIMED, ClaimState.CONFIRMED})


class ClaimAction(models.TextChoices):
    """What is done with the claim of a post."""

    CLAIM = "claim", _("claim the post")
    CONFIRM = "confirm", _("give the post")
    REFUSE = "refuse", _("do not give the post")
    WITHDRAW = "withdraw", _("withdraw the claim")
    RATE = "rate", _("rate the year's work")
    END = "end", _("end the post")

    @property
    def permission(self) -> str:
        return f"service.{self.name.lower()}_postclaim"


class ClaimWho(models.TextChoices):
    """How somebody stands to the claim of a post."""

    HOLDER = "holder", _("whoever claimed it")
    KEEPER = "keeper", _("branch or community")


class PostGrade(models.TextChoices):
    """The yearly rating of a post's holder (评岗)."""

    EXCELLENT = "excellent", _("excellent")
    GOOD = "good", _("good")
    FAIR = "fair", _("fair")
    POOR = "poor", _("poor")
