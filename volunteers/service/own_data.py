"""What service keeps of an account: for the copy of its own data, and for how long it is needed."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.models import Person
from volunteers.service.enums import OPEN_REPORT_INS
from volunteers.service.models import (
    Appeal,
    Attendance,
    CheckEvent,
    Credit,
    FamilyBond,
    LongDay,
    MinutesEntry,
    MonthResult,
    Participant,
    PointsEntry,
    PostClaim,
    Redemption,
    ReportIn,
    Ring,
    ServiceOrder,
    SignUp,
)

if TYPE_CHECKING:
    from orgs.models import User

# As the page on personal data says.
KEPT = timedelta(days=3 * 365)

# Name in the copy -> what it is called, its model, whose it is, and its columns.
_PARTS: dict[str, tuple[Any, Any, str, tuple[str, ...]]] = {
    "service_participant": (
        _("me as a participant of service"), Participant, "account",
        ("name", "place__name", "born_year", "skills", "shows_name_since", "entered_at"),
    ),
    "report_ins": (
        _("my report-ins"), ReportIn, "participant__account",
        ("unit__name", "kind", "employer__name", "platform", "state", "reported_at", "ended_at"),
    ),
    "service_posts": (
        _("posts that I claimed"), PostClaim, "participant__account",
        ("post__title", "state", "starts", "ends", "reason"),
    ),
    "family_bonds": (
        _("family bonds"), FamilyBond, "participant__account", ("note", "starts", "ends"),
    ),
    "activity_sign_ups": (
        _("activities that I signed up for"), SignUp, "participant__account",
        ("activity__title", "state", "at"),
    ),
    "activity_check_ins": (
        _("my check-ins and check-outs"), CheckEvent, "participant__account",
        ("activity__title", "direction", "source", "state", "at", "verdict"),
    ),
    "activity_attendance": (
        _("my attendance"), Attendance, "participant__account",
        ("activity__title", "state", "review", "minutes"),
    ),
    "service_credits": (
        _("what I was credited"), Credit, "participant__account",
        ("month", "minutes_kind", "minutes", "points", "approved_at", "reason"),
    ),
    "service_long_days": (
        _("what waited because a day got long"), LongDay, "participant__account",
        ("text", "starts_at", "ends_at", "approved", "reason"),
    ),
    "service_minutes": (
        _("entries of my minutes"), MinutesEntry, "account__participant__account",
        ("i", "amount", "kind", "month", "text", "at", "hash"),
    ),
    "service_points": (
        _("entries of my points"), PointsEntry, "account__participant__account",
        ("i", "amount", "kind", "month", "text", "at", "hash"),
    ),
    "service_months": (
        _("my months of service"), MonthResult, "participant__account",
        ("month__month", "activities", "duty_minutes", "voluntary_minutes", "met", "rating"),
    ),
    "service_appeals": (
        _("my appeals"), Appeal, "participant__account", ("reason", "at", "state", "decision"),
    ),
    "service_rewards": (
        _("what I exchanged points for"), Redemption, "participant__account",
        ("reward__name", "points", "state", "held_at"),
    ),
    "service_orders": (
        _("services that I ordered"), ServiceOrder, "ordered_by",
        ("item__name", "text", "state", "ordered_at", "stars", "rating_text"),
    ),
    "service_rings": (
        _("my rings for help"), Ring, "rung_by", ("matter", "state", "rung_at", "done_at"),
    ),
}  # fmt: skip


def own_data(user: "User") -> dict[str, Any]:
    """What somebody did, was credited, asked for and exchanged."""
    return {
        name: list(model.objects.filter(**{whose: user}).order_by("pk").values(*columns))
        for name, (_label, model, whose, columns) in _PARTS.items()
    }


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same of a person of the roll: what was asked for by others, too, if it was for them."""
    return {
        name: list(
            model.objects.filter(**{_of_person(whose): person}).order_by("pk").values(*columns)
        )
        for name, (_label, model, whose, columns) in _PARTS.items()
    }


def _of_person(whose: str) -> str:
    if whose in ("ordered_by", "rung_by"):
        return "person"
    return f"{whose.removesuffix('account')}person"


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which model they are."""
    return {name: (label, model) for name, (label, model, _whose, _columns) in _PARTS.items()}


def people_still_needed() -> QuerySet[Any]:
    """Whom retention leaves alone: who is reported in, or was credited within three years."""
    recent = Credit.objects.filter(approved_at__gt=timezone.now() - KEPT).order_by()
    serving = ReportIn.objects.filter(state__in=OPEN_REPORT_INS).order_by()
    needed = Participant.objects.filter(
        Q(pk__in=recent.values("participant")) | Q(pk__in=serving.values("participant")),
        person__isnull=False,
    )
    return needed.order_by().values("person")
