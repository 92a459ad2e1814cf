"""A month of a branch: open while it runs, under review when it is over, closed and locked.

Whatever is credited later for a closed month is booked on the day it is approved, for the month that
it belongs to; the result is counted anew and the letter corrected by itself.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Position
from orgs.notifications.notifications import NewNotice, notify
from orgs.values.days import in_force
from volunteers.service.duty import counting, letters
from volunteers.service.duty.notifications import CLOSED, REVIEW
from volunteers.service.duty.rules import begin, month_of, next_month
from volunteers.service.enums import MonthRating, MonthState, Permission, ServantKind
from volunteers.service.models import Credit, MonthResult, ReportIn, ServiceMonth
from volunteers.service.reportins.same_person import own_keys, refuse_own_case

if TYPE_CHECKING:
    from orgs.models import User

# So long a branch looks through a month that is over; then it is closed by itself.
REVIEW_DAYS = 10
# Branches that are counted together, in one transaction.
BATCH = 100


def first_month() -> date | None:
    """The month of the first member's report-in; None where nobody has reported in."""
    first = ReportIn.objects.filter(kind=ServantKind.MEMBER, confirmed_at__isnull=False).aggregate(
        first=Min("reported_at")
    )["first"]
    return month_of(first) if first else None


def advance(now: datetime) -> tuple[int, int]:
    """Brings every branch's months where they should be, oldest first; how many reviewed and closed.

    Run twice, late, or after a crash half-way it changes nothing that was done: each batch of
    branches is one transaction, and only what is behind is looked for.
    """
    reviewed = closed = 0
    month, this_month = first_month(), month_of(now)
    while month is not None and month < this_month:
        reviewed += review_month(month, now)
        if now >= review_ends(month):
            closed += close_month(month, now)
        month = next_month(month)
    return reviewed, closed


def review_ends(month: date) -> datetime:
    """When a month is closed by itself."""
    return begin(next_month(month) + timedelta(days=REVIEW_DAYS))


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def review_month(month: date, now: datetime) -> int:
    """Counts a month that is over for the branches where it is still open; how many."""
    members = ReportIn.objects.filter(
        kind=ServantKind.MEMBER,
        confirmed_at__isnull=False,
        reported_at__lt=begin(next_month(month)),
    )
    known = ServiceMonth.objects.filter(month=month, branch=OuterRef("branch"))
    behind = members.exclude(Exists(known.exclude(state=MonthState.OPEN)))
    keys = list(behind.order_by("branch").values_list("branch", flat=True).distinct())
    for batch in _batches(keys):
        with transaction.atomic():
            ServiceMonth.objects.bulk_create(
                [ServiceMonth(branch_id=branch, month=month) for branch in batch],
                ignore_conflicts=True,
            )
            rows = _locked(month, batch, MonthState.OPEN)
            if rows:
                counting.count(rows, now)
                _set(rows, state=MonthState.REVIEW, reviewed_from=now)
                _ask_to_rate(rows, now)
    return len(keys)


def _ask_to_rate(rows: Sequence[ServiceMonth], now: datetime) -> None:
    """Tells the secretaries that their month waits, with how many members need a call."""
    short = dict(
        MonthResult.objects.filter(month__in=rows, met=False)
        .order_by()
        .values_list("month")
        .annotate(number=Count("pk"))
    )
    months = {row.branch_id: row for row in rows}
    held = Position.objects.filter(
        in_force(timezone.localdate(now)),
        role=Role.BRANCH_SECRETARY,
        party_organisation__in=months,
    )
    notices = []
    for branch, user in held.order_by().values_list("party_organisation", "user").distinct():
        row = months[branch]
        data = {"month": f"{row.month:%Y-%m}", "short": short.get(row.pk, 0)}
        link = reverse("service:month", args=[row.pk])
        notices.append(NewNotice(REVIEW, f"service-month:{row.pk}", user, link, data))
    notify(notices, now=now)


def close_month(month: date, now: datetime, *, branches: Sequence[int] | None = None) -> int:
    """Closes the months under review, after a last count, and writes the letters; how many."""
    waiting = ServiceMonth.objects.filter(month=month, state=MonthState.REVIEW)
    if branches is not None:
        waiting = waiting.filter(branch__in=branches)
    keys = list(waiting.order_by("branch").values_list("branch", flat=True))
    for batch in _batches(keys):
        with transaction.atomic():
            rows = _locked(month, batch, MonthState.REVIEW)
            if rows:
                _close(rows, None, now)
    return len(keys)


def _locked(month: date, branches: Sequence[int], state: MonthState) -> list[ServiceMonth]:
    rows = ServiceMonth.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(month=month, branch__in=branches, state=state)
    return list(found.select_related("branch").order_by("pk"))


def _set(rows: Sequence[ServiceMonth], **values: object) -> None:
    ServiceMonth.objects.filter(pk__in=[row.pk for row in rows]).update(**values)


def _close(rows: Sequence[ServiceMonth], by: "User | None", now: datetime) -> None:
    counting.count(rows, now)
    _set(rows, state=MonthState.CLOSED, closed_by=by, closed_at=now)
    letters.write(rows, now)
    _tell_members(rows, now)


def _tell_members(rows: Sequence[ServiceMonth], now: datetime) -> None:
    """How the month ended, to each member with an account; a later correction comes by the letter."""
    results = MonthResult.objects.filter(
        month__in=[row.pk for row in rows], participant__account__isnull=False
    ).order_by("pk")
    told = results.values_list("month", "participant__account", "met")
    months = {row.pk: f"{row.month:%Y-%m}" for row in rows}
    notify(
        [
            NewNotice(
                CLOSED,
                f"service-my-month:{month}:{account}",
                account,
                f"{reverse('service:mine')}?month={months[month]}",
                {"month": months[month], "met": met},
            )
            for month, account, met in told
        ],
        now=now,
    )


def close(*, month: ServiceMonth, by: "User", now: datetime) -> ServiceMonth:
    """The branch closes its month when it has looked through. Raises NotAllowed, WrongState."""
    if not by.has_perm(Permission.REVIEW_MONTHS, month):
        raise NotAllowed(_("You do not keep this branch."))
    with transaction.atomic():
        rows = _locked(month.month, [month.branch_id], MonthState.REVIEW)
        if not rows:
            message = _("Only a month under review is closed.")
            raise WrongState(message, code="not_under_review")
        _close(rows, by, now)
        audit.record("service.close-month", by=by, obj=month, now=now)
    month.refresh_from_db()
    return month


@transaction.atomic
def rate(
    *, result: MonthResult, rating: MonthRating, text: str = "", by: "User", now: datetime
) -> MonthResult:
    """The branch's words about a member's month, while it is under review.

    Raises NotAllowed (`own_case` for one's own month), WrongState (`not_under_review`).
    """
    row: MonthResult = (
        MonthResult.objects.select_for_update(no_key=True, of=("self",))
        .select_related("month__branch", "participant")
        .get(pk=result.pk)
    )
    if not by.has_perm(Permission.REVIEW_MONTHS, row.month):
        raise NotAllowed(_("You do not keep this branch."))
    refuse_own_case(row.participant, by)
    if row.month.state != MonthState.REVIEW:
        raise WrongState(_("This month is not under review."), code="not_under_review")
    row.rating, row.rating_text = rating, text.strip()[:300]
    row.rated_by, row.rated_at = by, now
    row.save(update_fields=["rating", "rating_text", "rated_by", "rated_at"])
    audit.record("service.rate-month", by=by, obj=row, detail={"rating": rating}, now=now)
    return row


@transaction.atomic
def rate_clean(*, month: ServiceMonth, by: "User", now: datetime) -> int:
    """Rates all members who did what they owed, and were not rated yet, as good; how many.

    Whoever presses the button is left out. Raises NotAllowed, WrongState (`not_under_review`).
    """
    if not by.has_perm(Permission.REVIEW_MONTHS, month):
        raise NotAllowed(_("You do not keep this branch."))
    rows = _locked(month.month, [month.branch_id], MonthState.REVIEW)
    if not rows:
        raise WrongState(_("This month is not under review."), code="not_under_review")
    clean = MonthResult.objects.filter(month=month, met=True, rating="").exclude(
        participant__in=own_keys(by)
    )
    rated = clean.update(rating=MonthRating.GOOD, rated_by=by, rated_at=now)
    if rated:
        detail = {"rated": rated}
        audit.record("service.rate-clean-months", by=by, obj=month, detail=detail, now=now)
    return rated


def recount_corrected(now: datetime) -> int:
    """Counts closed months anew where something was approved after the last count; how many months.

    The rows stay locked against everything else; the letters are corrected with them.
    """
    later = Credit.objects.filter(
        participant=OuterRef("participant"),
        month=OuterRef("month__month"),
        is_latest=True,
        approved_at__gt=OuterRef("month__counted_at"),
    )
    stale = MonthResult.objects.filter(Exists(later), month__state=MonthState.CLOSED)
    keys = list(stale.order_by("month").values_list("month", flat=True).distinct())
    for key in keys:
        with transaction.atomic():
            rows = list(
                ServiceMonth.objects.select_for_update(no_key=True, of=("self",))
                .select_related("branch")
                .filter(pk=key)
            )
            counting.count(rows, now)
            letters.write(rows, now)
    return len(keys)


def parse(text: str) -> date:
    """A month written as 2026-03. Raises Refused (`bad_month`)."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        message = _("Write a month like 2026-03.")
        raise Refused(message, code="bad_month", field="month") from None


def close_by_hand(month: date, now: datetime) -> tuple[int, int]:
    """Everything older, then this month, for all branches; how many were reviewed and closed.

    Raises WrongState (`month_not_over`).
    """
    if month >= month_of(now):
        raise WrongState(_("This month is not over."), code="month_not_over")
    reviewed = closed = 0
    at = min(first_month() or month, month)
    while at <= month:
        reviewed += review_month(at, now)
        closed += close_month(at, now)
        at = next_month(at)
    return reviewed, closed
