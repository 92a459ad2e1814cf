"""Evidence of who was there, and what is made of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    IN = "in", _("check-in")
    OUT = "out", _("check-out")


class Datum(models.TextChoices):
    """The frame of coordinates; maps in China show GCJ-02."""

    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"


class EvidenceSource(models.TextChoices):
    """Where a check-in comes from."""

    SCAN = "scan", _("rotating code")
    DIGITS = "digits", _("six digits")
    OFFLINE = "offline", _("kept on the phone")


class EvidenceState(models.TextChoices):
    """What a check-in is worth when it came in; what follows is another row."""

    TAKEN = "taken", _("taken")
    TO_CONFIRM = "to_confirm", _("offline, to be confirmed")
    REFUSED = "refused", pgettext_lazy("check-in", "refused")


class PlaceVerdict(models.TextChoices):
    """What the location says, where one is asked for."""

    NONE = "", _("not asked for")
    INSIDE = "inside", _("inside")
    WEAK = "weak", _("weak signal")
    OUTSIDE = "outside", _("outside")


class AttendanceState(models.TextChoices):
    """What became of somebody at an activity."""

    UNKNOWN = "unknown", pgettext_lazy("attendance", "not known")
    AS_PLANNED = "as_planned", _("as planned")
    PARTIAL = "partial", _("partly")
    LONGER = "longer", _("longer")
    NO_SHOW = "no_show", _("did not come")


class ReviewState(models.TextChoices):
    """Who still has to look before minutes are credited."""

    CLEAN = "clean", _("clean")
    WAITING = "waiting", pgettext_lazy("attendance", "to be looked at")
    WAITING_ABOVE = "waiting_above", _("to be looked at by the level above")
    MISSING_OUT = "missing_out", _("check-out missing")
    APPROVED = "approved", pgettext_lazy("attendance", "approved")
    REJECTED = "rejected", pgettext_lazy("attendance", "not approved")


class RollCallKind(models.TextChoices):
    SCREEN = "screen", _("on screen")
    SHEET = "sheet", _("from a printed sheet")
    BULK = "bulk", _("a list entered together")


class FlagKind(models.TextChoices):
    """What deserves a look. A flag never deducts by itself."""

    SHARED_BROWSER = "shared_browser", _("two accounts on one browser")
    REUSED_PHOTO = "reused_photo", _("picture used before")
    IMPOSSIBLE_TRAVEL = "impossible_travel", _("too far in too short a time")
    NEVER_MISSES = "never_misses", _("organiser whose lists never miss")
    LATE_ENTRY = "late_entry", _("entered late")
    WALK_IN = "walk_in", _("came without signing up")
    SAMPLE_DENIED = "sample_denied", _("who was served says otherwise")
    CLOCK_SKEW = "clock_skew", _("clock of the phone is wrong")


class SampleAnswer(models.TextChoices):
    YES = "yes", _("yes, as written")
    LESS = "less", _("yes, but less")
    NO = "no", _("no")
