"""Activities and sign-ups."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ActivityKind(models.TextChoices):
    SERVICE = "service", _("service")
    STUDY = "study", _("study and meeting")
    PATROL = "patrol", _("patrol")
    EVENT = "event", _("neighbourhood event")


class ActivityState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("activity", "draft")
    PUBLISHED = "published", pgettext_lazy("activity", "published")
    HELD = "held", pgettext_lazy("activity", "held")
    CANCELLED = "cancelled", pgettext_lazy("activity", "cancelled")


class ActivityAction(models.TextChoices):
    """What is done with an activity."""

    CREATE = "create", _("plan an activity")
    EDIT = "edit", _("change the plan")
    PUBLISH = "publish", _("publish the activity")
    MOVE = "move", _("move the activity to another time")
    CANCEL = "cancel", _("cancel the activity")
    HOLD = "hold", _("close the activity")
    SUMMARISE = "summarise", _("summarise the activity")

    @property
    def permission(self) -> str:
        return f"service.{self.name.lower()}_activity"


class ActivityWho(models.TextChoices):
    """How somebody stands to an activity."""

    ORGANISER = "organiser", _("organiser")
    KEEPER = "keeper", _("branch or community")


class SignUpState(models.TextChoices):
    PLACED = "placed", _("has a place")
    WAITING = "waiting", _("on the waiting list")
    CANCELLED = "cancelled", pgettext_lazy("sign-up", "cancelled")
    RELEASED = "released", _("did not come, place released")


# Who has a place or waits for one.
OPEN_SIGN_UPS = frozenset({SignUpState.PLACED, SignUpState.WAITING})


class Skill(models.TextChoices):
    """What somebody can do that not everybody can."""

    MEDICAL = "medical", _("medicine and nursing")
    REPAIR = "repair", _("water and electricity")
    HAIRDRESSING = "hairdressing", _("hairdressing")
    TEACHING = "teaching", _("teaching")
    MEDIATION = "mediation", _("law and mediation")
    LANGUAGE = "language", _("sign language and languages")
    DRIVING = "driving", _("driving")
