"""Fixed vocabularies of service: report-ins, posts, orders, activities, accounts, rewards."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role

# --- Who keeps and reads what ------------------------------------------------------------------------

# The branch and the community run the service of their place; the street reads it and steps in.
SERVICE_KEEPERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER})
STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
SERVICE_READERS = SERVICE_KEEPERS | STREET_ROLES
# Who works with the place and may be asked for help or see what is offered, without anybody's accounts.
SERVICE_HELPERS = SERVICE_READERS | {Role.GRID_WORKER}
# Who appoints secretaries: alone sees the pool of those to be.
APPOINTERS = STREET_ROLES
SERVING = frozenset({Role.PARTY_MEMBER, Role.VOLUNTEER})


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    VIEW_SERVICE = "service.view_service"
    KEEP_REPORTINS = "service.keep_reportins"
    KEEP_PAIRINGS = "service.keep_pairings"
    KEEP_POSTS = "service.keep_servicepost"
    KEEP_ITEMS = "service.keep_items"
    KEEP_ACTIVITIES = "service.keep_activity"
    KEEP_ORDERS = "service.keep_order"
    HELP_RESIDENTS = "service.help_residents"
    KEEP_TEAMS = "service.keep_teams"
    REVIEW_ATTENDANCE = "service.review_attendance"
    REVIEW_MONTHS = "service.review_month"
    KEEP_DUTY = "service.keep_dutyrule"
    KEEP_REWARDS = "service.keep_reward"
    HAND_OVER = "service.hand_over_reward"
    ADJUST_ACCOUNTS = "service.adjust_accounts"
    DECIDE_APPEALS = "service.decide_appeal"
    PROPOSE_SECRETARIES = "service.propose_secretary"
    VIEW_SECRETARIES = "service.view_secretarycandidate"
    RECEIVE_LETTERS = "service.receive_letter"


# --- Report-in -----------------------------------------------------------------------------------------


class ServantKind(models.TextChoices):
    """As what somebody reports in."""

    MEMBER = "member", _("in-service party member")
    VOLUNTEER = "volunteer", _("volunteer")
    COURIER = "courier", _("courier")
    DRIVER = "driver", _("driver")
    NEW_EMPLOYMENT = "new_employment", _("other new employment")


# People in new employment (新就业群体).
NEW_EMPLOYMENT = frozenset({ServantKind.COURIER, ServantKind.DRIVER, ServantKind.NEW_EMPLOYMENT})


class ReportInState(models.TextChoices):
    REPORTED = "reported", _("reported, waiting for the branch")
    CONFIRMED = "confirmed", _("confirmed by the branch")
    REFUSED = "refused", _("not accepted by the branch")
    MOVED = "moved", _("moved to another compound")
    ENDED = "ended", _("ended")


# One at a time of these.
OPEN_REPORT_INS = frozenset({ReportInState.REPORTED, ReportInState.CONFIRMED})


class ReportInAction(models.TextChoices):
    """What is done with a report-in; button, API verb, permission and timeline entry at once."""

    REPORT = "report", _("report in")
    CONFIRM = "confirm", _("confirm the report-in")
    REFUSE = "refuse", _("do not accept the report-in")
    MOVE = "move", _("move to another compound")
    END = "end", _("end the report-in")

    @property
    def permission(self) -> str:
        """The permission that this action needs, for `user.has_perm(permission, report_in)`."""
        return f"service.{self.name.lower()}_reportin"


class ReportInWho(models.TextChoices):
    """How somebody stands to a report-in."""

    SELF = "self", _("whoever reported in")
    KEEPER = "keeper", _("branch or community")


class DoubleReportKind(models.TextChoices):
    """The two reports (双报告)."""

    UNIT = "unit", _("yearly report of a unit to its superior")
    MEMBER = "member", _("half-yearly report of a member to the own branch")


class InstitutionCode(models.TextChoices):
    """The institutions of going down (制度) that the sources name; the others they do not tell."""

    CONTACT = "contact", _("report-in and contact")
    RECORD = "record", _("record of service")
    ASSESSMENT = "assessment", _("assessment")


class CertificateKind(models.TextChoices):
    REPORT_IN = "report_in", _("certificate of a report-in")
    SERVICE = "service", _("certificate of voluntary service")
    LETTER = "letter", _("monthly letter to the sending organisation")


class CandidateState(models.TextChoices):
    """Where somebody stands in the pool of secretaries-to-be."""

    PROPOSED = "proposed", _("proposed")
    LISTED = "listed", _("in the pool")
    REMOVED = "removed", _("out of the pool")


# --- Posts ---------------------------------------------------------------------------------------------


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


# --- Items ---------------------------------------------------------------------------------------------


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

    DUTY = "duty", _("duty")
    VOLUNTARY = "voluntary", _("voluntary service")


# --- Activities and attendance -------------------------------------------------------------------------


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


# --- Accounts and duty ---------------------------------------------------------------------------------


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


class MonthState(models.TextChoices):
    OPEN = "open", pgettext_lazy("month", "open")
    REVIEW = "review", _("under review")
    CLOSED = "closed", pgettext_lazy("month", "closed")


class ReliefKind(models.TextChoices):
    """Why somebody owes less in some days."""

    LEAVE = "leave", _("leave")
    ILLNESS = "illness", _("illness")
    SHIFT = "shift", _("shift work")
    OTHER = "other", pgettext_lazy("relief from duty", "other reason")


class MonthRating(models.TextChoices):
    """How the branch rates a member's month, in words; no figure, no order."""

    GOOD = "good", _("good")
    FAIR = "fair", _("fair")
    NEEDS_CALL = "needs_call", _("to be talked to")


class AppealState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("appeal", "waiting")
    GRANTED = "granted", pgettext_lazy("appeal", "granted")
    REJECTED = "rejected", pgettext_lazy("appeal", "not granted")


class AdjustmentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("adjustment", "waits for a second person")
    BOOKED = "booked", pgettext_lazy("adjustment", "booked")
    REFUSED = "refused", pgettext_lazy("adjustment", "refused")


# --- Orders and proxy help -----------------------------------------------------------------------------


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


class RuleKind(models.TextChoices):
    """What a rule of rising is for."""

    ORDER = "order", _("orders")
    RING = "ring", _("rings for help")


# --- Rewards -------------------------------------------------------------------------------------------


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


class ExportState(models.TextChoices):
    """Where a record stands on its way to the official volunteer system."""

    WAITING = "waiting", pgettext_lazy("export", "not sent yet")
    SENT = "sent", pgettext_lazy("export", "sent, no answer yet")
    ACCEPTED = "accepted", pgettext_lazy("export", "accepted")
    REFUSED = "refused", pgettext_lazy("export", "not accepted")


class Skill(models.TextChoices):
    """What somebody can do that not everybody can."""

    MEDICAL = "medical", _("medicine and nursing")
    REPAIR = "repair", _("water and electricity")
    HAIRDRESSING = "hairdressing", _("hairdressing")
    TEACHING = "teaching", _("teaching")
    MEDIATION = "mediation", _("law and mediation")
    LANGUAGE = "language", _("sign language and languages")
    DRIVING = "driving", _("driving")
