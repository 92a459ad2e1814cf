"""The secretary's desk: months under review, appeals, adjustments, the branch's rule."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import Refused
from orgs.web.pages import row_for, use_case_button, use_case_page
from orgs.web.paging import page_by_key
from volunteers.service.accounts import adjustments
from volunteers.service.accounts.queries import adjustments_to_decide
from volunteers.service.desk import queries
from volunteers.service.duty import appeals, months, rules
from volunteers.service.duty.forms import (
    AdjustmentForm,
    DecideForm,
    RateForm,
    ReliefForm,
    RuleForm,
)
from volunteers.service.duty.standing import standing
from volunteers.service.enums import (
    Ledger,
    MinutesKind,
    MonthState,
    Permission,
)
from volunteers.service.models import (
    Adjustment,
    Appeal,
    MonthResult,
    Participant,
    ServiceMonth,
)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the branch: months under review, appeals, adjustments, free posts."""
    user, now = signed_in(request), timezone.now()
    if not user.has_perm(Permission.VIEW_SERVICE):
        raise PermissionDenied
    months: Any = queries.months(user)
    found = list(months.order_by("waits", "-month", "branch")[: queries.MOST])
    context = {
        "now": now,
        "review": [row for row in found if row.state == MonthState.REVIEW],
        "older": [row for row in found if row.state != MonthState.REVIEW],
        "appeals": list(queries.appeals(user)[: queries.MOST]),
        "adjustments": list(adjustments_to_decide(user)[: queries.MOST]),
        "vacancies": list(queries.vacancies(user, timezone.localdate(now))[: queries.MOST]),
    }
    return render(request, "service/desk/desk.html", context)


def _find_month(request: HttpRequest, pk: int) -> ServiceMonth:
    seen = queries.months(signed_in(request))
    row: ServiceMonth = get_object_or_404(seen, pk=pk)
    return row


@require_safe
@login_required
def month(request: HttpRequest, pk: int) -> HttpResponse:
    """One month of a branch: exceptions first, clean records approved together."""
    user = signed_in(request)
    row = _find_month(request, pk)
    reviews = user.has_perm(Permission.REVIEW_MONTHS, row)
    short = queries.results(row).filter(met=False)
    page = page_by_key(
        request, queries.results(row).filter(met=True), order=("participant__name_key",)
    )
    context = {
        "now": timezone.now(),
        "row": row,
        "short": list(short[:200]),
        "page": page,
        "rows": page.rows,
        "reviews": reviews,
        "keeps": row.state == MonthState.REVIEW and reviews,
        "month": row.month,
        "waiting": queries.attendances_waiting(row) if row.state == MonthState.REVIEW else 0,
        "ends": months.review_ends(row.month),
        "letters": list(row.letters.select_related("employer").order_by("employer", "revision")),
    }
    return render(request, "service/desk/month.html", context)


@require_safe
@login_required
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands behind the figures of one member's month."""
    row = row_for(
        request,
        MonthResult,
        pk,
        Permission.REVIEW_MONTHS,
        *("month__branch", "participant"),
        at="month",
    )
    now = timezone.now()
    month_name = date_format(row.month.month, "YEAR_MONTH_FORMAT")
    back = (f"{row.month.branch} · {month_name}", reverse("service:month", args=[row.month_id]))
    context = {
        "now": now,
        "row": row,
        "month": standing(row.participant, row.month.month, now, most=200),
        "trail": [back, (row.participant.name, "")],
    }
    return render(request, "service/desk/behind.html", context)


@require_POST
@login_required
def rate_clean(request: HttpRequest, pk: int) -> HttpResponse:
    """Approves all clean records together."""
    row = _find_month(request, pk)

    def done(rated: int) -> str:
        said = ngettext("%(count)d member rated good.", "%(count)d members rated good.", rated)
        return said % {"count": rated}

    call = partial(months.rate_clean, month=row)
    return use_case_button(request, call, done=done, back=reverse("service:month", args=[row.pk]))


@require_POST
@login_required
def close_month(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the month; the letters go out by themselves."""
    row = _find_month(request, pk)
    return use_case_button(
        request,
        partial(months.close, month=row),
        done=_("Closed; the letters to the organisations go out."),
        back=reverse("service:month", args=[row.pk]),
    )


@login_required
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Rates one member's month."""
    row = row_for(
        request,
        MonthResult,
        pk,
        Permission.REVIEW_MONTHS,
        *("month__branch", "participant"),
        at="month",
    )
    return use_case_page(
        request,
        partial(RateForm, initial={"rating": row.rating, "text": row.rating_text}),
        partial(months.rate, result=row),
        heading=_("%(name)s in %(month)s")
        % {
            "name": row.participant.name,
            "month": date_format(row.month.month, "YEAR_MONTH_FORMAT"),
        },
        submit=_("Rate"),
        done=_(
            "Rated; the member reads it at once, the sending organisation in the letter of the month."
        ),
        back=reverse("service:month", args=[row.month_id]),
    )


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides one appeal."""
    row = row_for(request, Appeal, pk, Permission.DECIDE_APPEALS, "unit", "participant", at="unit")
    return use_case_page(
        request,
        DecideForm,
        partial(appeals.decide, appeal=row),
        heading=_("Appeal of %(name)s: %(reason)s")
        % {"name": row.participant.name, "reason": row.reason},
        submit=pgettext("appeal", "Decide"),
        done=_("Decided; the member reads it."),
        back=reverse("service:desk"),
    )


def _member(request: HttpRequest, pk: int, permission: Permission) -> Participant:
    row: Participant = row_for(request, Participant, pk, permission, "place", at="place")
    return row


def _days_of(month: str) -> dict[str, date]:
    """The first and last day of the month that is under review, for the form; else today, as it says."""
    try:
        first = months.parse(month)
    except Refused:
        return {}
    return {
        "starts": first,
        "ends": (first + timedelta(days=32)).replace(day=1) - timedelta(days=1),
    }


@login_required
def relief(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants days on which a member owes less."""
    row = _member(request, pk, Permission.KEEP_REPORTINS)
    return use_case_page(
        request,
        partial(ReliefForm, initial=_days_of(request.GET.get("month", ""))),
        partial(rules.grant_relief, participant=row),
        heading=_("%(name)s owes less for some days") % {"name": row.name},
        submit=_("Grant"),
        done=_("Granted; the month is counted with it."),
        back=reverse("service:desk"),
    )


@login_required
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a correction of somebody's account."""
    row = _member(request, pk, Permission.ADJUST_ACCOUNTS)
    return use_case_page(
        request,
        AdjustmentForm,
        partial(_ask, row),
        heading=_("Adjust an account of %(name)s") % {"name": row.name},
        submit=_("Ask"),
        done=_("Asked; a second person books it."),
        back=reverse("service:desk"),
    )


def _ask(participant: Participant, *, what: str, **words: Any) -> Adjustment:
    is_points = what == Ledger.POINTS
    return adjustments.ask(
        participant=participant,
        ledger=Ledger.POINTS if is_points else Ledger.MINUTES,
        minutes_kind=None if is_points else MinutesKind(what),
        **words,
    )


@require_POST
@login_required
def decide_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person books an adjustment, or refuses it."""
    user = signed_in(request)
    row = get_object_or_404(Adjustment.objects.visible_to(user, one=True), pk=pk)
    granted = request.POST.get("granted") == "1"
    return use_case_button(
        request,
        partial(adjustments.decide, adjustment=row, granted=granted),
        done=_("Booked.") if granted else _("Refused; nothing was booked."),
        back=reverse("service:desk"),
    )


@login_required
def set_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets what a branch's members owe, from a month on."""
    row = _find_month(request, pk)
    if not request.user.has_perm(Permission.KEEP_DUTY, row.branch):
        raise PermissionDenied
    return use_case_page(
        request,
        RuleForm,
        partial(rules.set_rule, branch=row.branch),
        heading=_("Monthly duty of %(branch)s") % {"branch": row.branch},
        submit=_("Set"),
        done=_("Set; months that are closed keep the rule they were counted by."),
        back=reverse("service:month", args=[row.pk]),
    )
