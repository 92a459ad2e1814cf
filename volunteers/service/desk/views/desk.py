"""The secretary's desk: months under review, appeals, adjustments, the branch's rule."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError, NotAllowed
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key
from orgs.web.refusals import audit_refusal
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
        "keeps": row.state == MonthState.REVIEW and user.has_perm(Permission.REVIEW_MONTHS, row),
        "ends": months.review_ends(row.month),
        "letters": list(row.letters.select_related("employer").order_by("employer", "revision")),
    }
    return render(request, "service/desk/month.html", context)


@require_POST
@login_required
def rate_clean(request: HttpRequest, pk: int) -> HttpResponse:
    """Approves all clean records together."""
    row = _find_month(request, pk)
    try:
        rated = months.rate_clean(month=row, by=signed_in(request), now=timezone.now())
    except NotAllowed:
        raise
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
    else:
        done = ngettext("%(count)d member rated good.", "%(count)d members rated good.", rated)
        messages.success(request, done % {"count": rated})
    return redirect("service:month", row.pk)


@require_POST
@login_required
def close_month(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the month; the letters go out by themselves."""
    row = _find_month(request, pk)
    try:
        months.close(month=row, by=signed_in(request), now=timezone.now())
    except NotAllowed:
        raise
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Closed; the letters to the organisations go out."))
    return redirect("service:month", row.pk)


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
        done=_("Rated; the member and the sending organisation read it when the month is closed."),
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


@login_required
def relief(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants days on which a member owes less."""
    row = _member(request, pk, Permission.KEEP_REPORTINS)
    return use_case_page(
        request,
        ReliefForm,
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
    try:
        adjustments.decide(adjustment=row, granted=granted, by=user, now=timezone.now())
    except NotAllowed:
        raise
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Booked.") if granted else _("Refused; nothing was booked."))
    return redirect("service:desk")


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
