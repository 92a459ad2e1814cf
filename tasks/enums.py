"""Fixed vocabularies of tasks."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role, UnitKind


class Status(models.TextChoices):
    SUBMITTED = "submitted", _("waiting to be accepted")
    HANDLING = "handling", _("being handled")
    OFFERED = "offered", _("offered to members")
    TAKEN = "taken", _("taken")
    WHISTLED = "whistled", _("whistled")
    DISPATCHED = "dispatched", _("dispatched")
    REPORTED_IN = "reported_in", _("department reported in")
    RESOLVED = "resolved", _("waiting for confirmation")
    RATING = "rating", _("waiting for a rating")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


FINAL = frozenset({Status.CLOSED, Status.DECLINED, Status.WITHDRAWN})
OPEN = frozenset(Status) - FINAL
# Somebody still has to act; afterwards what is done is looked at and rated.
AT_WORK = frozenset(
    {
        *(Status.SUBMITTED, Status.HANDLING, Status.OFFERED, Status.TAKEN),
        *(Status.WHISTLED, Status.DISPATCHED, Status.REPORTED_IN),
    }
)
# The community or the street in its place has it in hand itself, and may hand it to one of its own.
IN_OWN_HANDS = frozenset({Status.SUBMITTED, Status.HANDLING})
# A department has it.
WITH_DEPARTMENTS = frozenset({Status.DISPATCHED, Status.REPORTED_IN})


class Action(models.TextChoices):
    """What can be done with a task: the same names as buttons, API verbs and timeline entries."""

    REPORT = "report", _("report")
    ACCEPT = "accept", _("accept")
    DECLINE = "decline", _("decline")
    OFFER = "offer", _("offer to members")
    RECALL = "recall", _("take back")
    WHISTLE = "whistle", _("whistle")
    MERGE = "merge", _("merge")
    TRANSFER = "transfer", _("pass to another community")
    CORRECT = "correct", _("correct kind or place")
    WITHDRAW = "withdraw", _("withdraw")
    RATE = "rate", _("rate")
    REOPEN = "reopen", _("reopen")
    TAKE = "take", _("take")
    DROP = "drop", _("give back")
    RETURN = "return", _("return to the community")
    SIGN = "sign", _("sign")
    DISPATCH = "dispatch", _("dispatch")
    REPORT_IN = "report-in", _("report in")
    CONTACT = "contact", _("contact recorded")
    REFUSE = "refuse", _("refuse")
    DECIDE_REFUSAL = "decide-refusal", _("decide on the refusal")
    FINISH = "finish", _("finish our part")
    RESOLVE = "resolve", _("report as done")
    CONFIRM = "confirm", _("confirm")
    REWORK = "rework", _("send back for rework")
    EXPIRE = "expire", _("close without a rating")
    REMIND = "remind", _("reminder of a limit")
    ESCALATE = "escalate", _("limit passed")
    ASSIGN = "assign", _("assign to a person")
    HAND_BACK = "hand-back", _("hand back")
    ARRANGE_VISIT = "arrange-visit", _("arrange a joint visit")
    RECORD_VISIT = "record-visit", _("record the joint visit")
    CANCEL_VISIT = "cancel-visit", _("cancel the joint visit")
    COMMENT = "comment", _("comment")
    URGE = "urge", _("urge")
    REQUEST_EXTENSION = "request-extension", _("ask for more time")
    DECIDE_EXTENSION = "decide-extension", _("decide on more time")

    @property
    def permission(self) -> str:
        """The permission that this action needs, for `user.has_perm(permission, task)`."""
        return f"tasks.{self.value.replace('-', '_')}_task"


# What the portal does by itself: nobody's button, nobody's permission.
AUTOMATIC = frozenset({Action.REPORT, Action.EXPIRE, Action.REMIND, Action.ESCALATE})


class Who(models.TextChoices):
    """How a person stands to one task."""

    REPORTER = "reporter", _("reporter")
    HANDLER = "handler", _("community or grid")
    COMMUNITY = "community", _("community")
    SECRETARY = "secretary", _("branch secretary")
    STREET = "street", _("street")
    LEADER = "leader", _("street leadership")
    DISTRICT = "district", _("district")
    LEAD = "lead", _("lead department")
    ASSIST = "assist", _("assisting department")
    HELPER = "helper", _("member or volunteer")
    TAKER = "taker", _("whoever took it")
    CONFIRMER = "confirmer", _("whoever handed it out")
    CALL_BACK = "call_back", _("call-back staff")
    VIEWER = "viewer", _("whoever sees it")
    SYSTEM = "system", _("system")


# What people are to a task, not authorities: their names are masked, their remarks are public.
PRIVATE_RELATIONS = frozenset({Who.REPORTER, Who.HELPER, Who.TAKER, Who.VIEWER})

STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
COMMUNITY_ROLES = frozenset({Role.COMMUNITY_WORKER})
HANDLER_ROLES = frozenset({Role.COMMUNITY_WORKER, Role.GRID_WORKER})
# Who takes calls, and who calls back.
CALL_ROLES = HANDLER_ROLES | STREET_ROLES
CALL_BACK_ROLES = COMMUNITY_ROLES | STREET_ROLES
HELPER_ROLES = frozenset({Role.PARTY_MEMBER, Role.VOLUNTEER})
# Who sees the tasks of their units in every state.
WATCHING_ROLES = frozenset(
    {*STREET_ROLES, *HANDLER_ROLES, Role.DISTRICT_OFFICE, Role.BRANCH_SECRETARY}
)


class Channel(models.TextChoices):
    RESIDENT = "resident", _("resident")
    PASSER_BY = "passer_by", _("passer-by")
    PATROL = "patrol", _("grid patrol")
    PHONE = "phone", _("call taken down")
    HOTLINE = "hotline", _("hotline ticket")
    CADRE = "cadre", _("found by staff")


class Triage(models.TextChoices):
    """Who receives a task first."""

    COMMUNITY = "community", _("community")
    STREET = "street", _("street")


class WhistleKind(models.TextChoices):
    PUBLIC = "public", _("residents' demand")
    ENFORCEMENT = "enforcement", _("joint enforcement")
    PRIORITY = "priority", _("key work")
    EMERGENCY = "emergency", _("emergency")


class DeclineReason(models.TextChoices):
    """Why a report is not dispatched: the six classes of 北京市接诉即办工作条例, article 11."""

    EMERGENCY = "emergency", _("emergency: call 110, 119, 120 or 122")
    OTHER_CHANNEL = (
        "other_channel",
        _("belongs to a court, arbitration, petition or other procedure"),
    )
    REPEATED = "repeated", _("reported before, nothing new")
    SECRET = "secret", _("touches a secret or somebody's privacy")
    BEYOND_DUTIES = "beyond_duties", _("beyond public duties")
    UNLAWFUL = "unlawful", _("against the law or public morals")


class AssignmentRole(models.TextChoices):
    LEAD = "lead", _("lead")
    ASSIST = "assist", _("assist")


class AssignmentStatus(models.TextChoices):
    DISPATCHED = "dispatched", _("not reported in")
    REPORTED_IN = "reported_in", _("reported in")
    FINISHED = "finished", _("finished")
    REFUSED = "refused", pgettext_lazy("part of a department", "refused")
    ENDED = "ended", _("ended")


ACTIVE_ASSIGNMENT = frozenset({AssignmentStatus.DISPATCHED, AssignmentStatus.REPORTED_IN})


class Outcome(models.TextChoices):
    SOLVED = "solved", _("solved")
    PARTLY = "partly", _("partly solved")
    EXPLAINED = "explained", _("explained")


class Stars(models.IntegerChoices):
    """How satisfied a reporter is."""

    FIVE = 5, _("★★★★★ very satisfied")
    FOUR = 4, _("★★★★ satisfied")
    THREE = 3, _("★★★ so-so")
    TWO = 2, _("★★ dissatisfied")
    ONE = 1, _("★ very dissatisfied")


class Ending(models.TextChoices):
    """How a task came to be closed."""

    RATED = "rated", _("rated")
    NOT_RATED = "not_rated", _("not rated")
    NOBODY_TO_RATE = "nobody_to_rate", _("nobody to rate")
    MERGED = "merged", _("merged into another task")


class RequestKind(models.TextChoices):
    EXTENSION = "extension", _("more time")
    REFUSAL = "refusal", _("second refusal")


class GuestKind(models.TextChoices):
    """Who is invited to a joint visit on the spot (联合到场)."""

    DEPARTMENT = "department", _("department")
    STREET = "street", _("street")
    COMMUNITY = "community", _("community")
    GRID = "grid", _("grid worker")
    SECRETARY = "secretary", _("branch secretary")
    PROPERTY = "property", _("property firm")
    COMMITTEE = "committee", _("owners' committee")
    OTHER = "other", _("others")


# Those who come by an office at a place, and the level at which they are invited: None for the
# task's own place.
GUEST_ROLES: dict[GuestKind, frozenset[Role]] = {
    GuestKind.STREET: STREET_ROLES,
    GuestKind.COMMUNITY: COMMUNITY_ROLES,
    GuestKind.GRID: frozenset({Role.GRID_WORKER}),
    GuestKind.SECRETARY: frozenset({Role.BRANCH_SECRETARY}),
    GuestKind.PROPERTY: frozenset({Role.PROPERTY_STAFF}),
    GuestKind.COMMITTEE: frozenset({Role.OWNERS_COMMITTEE}),
}
GUEST_PLACES: dict[GuestKind, UnitKind | None] = {
    GuestKind.STREET: UnitKind.STREET,
    GuestKind.COMMUNITY: UnitKind.COMMUNITY,
    GuestKind.GRID: None,
    GuestKind.SECRETARY: None,
    GuestKind.PROPERTY: UnitKind.COMPOUND,
    GuestKind.COMMITTEE: UnitKind.COMPOUND,
}
# So many are invited at most.
MOST_GUESTS = 30


class LimitKind(models.TextChoices):
    """The limits of a task: of the community's and the street's part, then those of a dispatch."""

    ACCEPT = "accept", _("limit of acceptance")
    HANDLE = "handle", _("limit of handling")
    DISPATCH = "dispatch", _("limit of dispatching")
    REPORT_IN = "report_in", _("report-in limit")
    CONTACT = "contact", _("contact limit")
    RESOLVE = "resolve", _("limit of the work")


# Until departments are called; after that the limits of their dispatch run, in this order.
STAGE_LIMITS = (LimitKind.ACCEPT, LimitKind.HANDLE, LimitKind.DISPATCH)
DISPATCH_LIMITS = (LimitKind.REPORT_IN, LimitKind.CONTACT, LimitKind.RESOLVE)
# Which of the former runs in a state.
STAGES = {
    Status.SUBMITTED: LimitKind.ACCEPT,
    Status.HANDLING: LimitKind.HANDLE,
    Status.OFFERED: LimitKind.HANDLE,
    Status.TAKEN: LimitKind.HANDLE,
    Status.WHISTLED: LimitKind.DISPATCH,
}


class StageUrgency(models.TextChoices):
    """By what the limits of the community's and the street's part differ."""

    ORDINARY = "ordinary", _("ordinary")
    EMERGENCY = "emergency", _("emergency")


class LimitStep(models.IntegerChoices):
    """What happens by itself as a limit comes and passes, in this order."""

    REMIND = 1, _("the department is reminded")
    COMMUNITY = 2, _("the community is told")
    STREET = 3, _("the street is told")
    DISTRICT = 4, _("the district is told")


class Figure(models.TextChoices):
    """What is counted for the rates; each opens the list of its tasks."""

    REPORTED = "reported", _("reported")
    DUE = "due", _("contact due")
    IN_TIME = "in_time", _("contacted in time")
    RATED = "rated", _("rated")
    RESOLVED = "resolved", _("rated as resolved")
    SATISFIED = "satisfied", _("rated as satisfied")
    UNRATED = "unrated", _("not rated")
    REFUSED = "refused", _("refusals")
    # What a rate lacks: the list of those that are missing.
    MISSED = "missed", _("not contacted in time")
    UNRESOLVED = "unresolved", _("rated as not resolved")
    UNSATISFIED = "unsatisfied", _("rated as not satisfied")


# Each is a whole without its part; none is kept as a number of its own.
GAPS = (Figure.MISSED, Figure.UNRESOLVED, Figure.UNSATISFIED)


class PeriodSpan(models.TextChoices):
    """What a period is one of, or the beginning of one."""

    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")


class PeriodName(models.TextChoices):
    """The periods that figures are asked for by name."""

    WEEK = "week", _("this week")
    MONTH = "month", _("this month")
    LAST_MONTH = "last_month", _("last month")
    QUARTER = "quarter", _("this quarter")
    LAST_QUARTER = "last_quarter", _("last quarter")


class RateGrouping(models.TextChoices):
    """By what the rates are compared."""

    DEPARTMENT = "department", _("departments")
    STREET = "street", _("streets")
    COMMUNITY = "community", _("communities")
    CATEGORY = "category", _("kinds of problem")


class Light(models.TextChoices):
    GREEN = "green", _("in time")
    YELLOW = "yellow", _("nearly due")
    RED = "red", _("overdue")


class PatrolItem(models.TextChoices):
    """What a patrol looks at."""

    FIRE = "fire", _("fire lanes and extinguishers")
    BIKES = "bikes", _("charging of electric bicycles")
    GAS = "gas", _("gas and electricity in public parts")
    LIFTS = "lifts", _("lifts")
    WALLS = "walls", _("walls, windows and roofs")
    HYGIENE = "hygiene", _("hygiene and clutter")
    LAMPS = "lamps", _("lamps and paths")
    SAFETY = "safety", _("safety and order")


class MeasureState(models.TextChoices):
    """Where a measure of a campaign list (挂图作战) stands."""

    OPEN = "open", _("under way")
    SUBMITTED = "submitted", _("waiting to be closed")
    CLOSED = "closed", _("struck off")


class MeasureAction(models.TextChoices):
    """What can be done with a measure: the same names as buttons, API verbs and timeline entries."""

    ADD = "add", _("put on the list")
    CHANGE = "change", _("change the measure")
    REPORT = "report", _("report progress")
    SUBMIT = "submit", _("ask for closing")
    CLOSE = "close", _("strike off the list")
    SEND_BACK = "send-back", _("send back to work")
    REOPEN = "reopen", _("take up again")

    @property
    def permission(self) -> str:
        """The permission that this action needs, for `user.has_perm(permission, measure)`."""
        return f"tasks.{self.value.replace('-', '_')}_measure"


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    EXPORT_LEDGER = "tasks.export_ledger"
    GO_PATROL = "tasks.go_patrol"
    IMPORT_HOTLINE = "tasks.import_hotline"
    KEEP_CAMPAIGN = "tasks.keep_campaign"
    OPEN_CAMPAIGN = "tasks.open_campaign"
    OPEN_FEEDBACK_ROUND = "tasks.open_feedback_round"
    REVEAL_CONTACT = "tasks.reveal_contact"
    TAKE_CALL = "tasks.take_call"
    VIEW_CAMPAIGN = "tasks.view_campaign"
    VIEW_MEASURE = "tasks.view_measure"
    VIEW_TASK = "tasks.view_task"
