"""Pages of activities: what is ahead, one of them, planning, signing up, the calendar and its address."""

from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import Unit, User
from orgs.units.queries import unit_for
from orgs.web.pages import trail, use_case_button, use_case_page
from orgs.web.paging import page_by_key
from orgs.web.throttling import count_guess
from orgs.workflow.views import ActView, open_steps, why_closed
from volunteers.service.activities import activities, calendar, queries, sign_ups
from volunteers.service.activities.forms import (
    DeskSignUpForm,
    LocatedActivityForm,
    SignUpForm,
    time_of,
)
from volunteers.service.activities.specification import SPECIFICATIONS
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.enums import ActivityAction, ActivityState, Permission
from volunteers.service.models import Activity, SignUp
from volunteers.service.reportins.participants import enter

VIEWS = ("ahead", "mine", "organised", "all")


@require_safe
@login_required
def activity_list(request: HttpRequest) -> HttpResponse:
    """What is ahead first; one's own, and what one organises."""
    user, now = signed_in(request), timezone.now()
    view = request.GET.get("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    rows, order = queries.activities(user), ("-starts_at",)
    if view == "ahead":
        rows, order = queries.ahead(rows, now), ("starts_at",)
    elif view == "mine":
        rows = queries.signed_up(rows, user)
    elif view == "organised":
        rows = queries.kept(rows, user)
    page = page_by_key(request, rows, order=order)
    keeps = user.has_perm(Permission.KEEP_ACTIVITIES)
    labels = {"ahead": _("Ahead"), "mine": _("I signed up")}
    if keeps:
        labels["organised"] = _("I organise")
    context = {
        "now": now,
        "page": page,
        "rows": page.rows,
        "view": view,
        "tabs": [*labels.items(), ("all", _("All"))],
        "places": list(Unit.objects.filter(pk__in=_places(user))[:6]) if keeps else [],
    }
    return render(request, "service/activities/list.html", context)


def _places(user: User) -> Any:
    """The units that somebody's positions are at, for the buttons that plan an activity there."""
    held = user.positions.filter(ends=None)
    own = set(held.values_list("unit", flat=True))
    covered = set(held.values_list("party_organisation__covers", flat=True))
    return {pk for pk in own | covered if pk}


@require_safe
@login_required
def month(request: HttpRequest) -> HttpResponse:
    """The activities of a month, by day."""
    user, now = signed_in(request), timezone.now()
    first = _month_of(request.GET.get("month", ""), timezone.localdate(now))
    following = (first + timedelta(days=32)).replace(day=1)
    rows = queries.in_span(user, _midnight(first), _midnight(following))
    days = groupby(rows, key=lambda row: max(timezone.localdate(row.starts_at), first))
    context = {
        "now": now,
        "first": first,
        "previous": f"{first - timedelta(days=1):%Y-%m}",
        "following": f"{following:%Y-%m}",
        "days": [(day, list(found)) for day, found in days],
    }
    return render(request, "service/activities/month.html", context)


def _month_of(text: str, today: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        return today.replace(day=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


@require_safe
@login_required
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity: what, when, where, what is dangerous; who signed up, for those who run it."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    keeps = bool(WORKFLOW.relations(row, user))
    own = queries.own_sign_up(row, user)
    is_open = row.state == ActivityState.PUBLISHED and now < row.ends_at
    context = {
        "now": now,
        "row": row,
        "spans": sign_ups.spans_of(row),
        "free": max(row.places - (getattr(row, "placed", 0) or 0), 0),
        "own": own,
        "may_sign_up": is_open and own is None,
        "may_check": own is not None and queries.is_open_for_check(row, now),
        "check_opens": row.starts_at - queries.CHECK_BEFORE
        if is_open and own and own.seat
        else None,
        "may_withdraw": is_open and own is not None,
        "keeps": keeps,
        "is_open": is_open,
        "has_begun": now >= row.starts_at,
        "may_edit": keeps and row.state == ActivityState.DRAFT,
        "sign_ups": list(queries.sign_ups(row)[:500]) if keeps else [],
        "buttons": open_steps(ActivityActView, row, user, now, "service:activity_act"),
        "why_not": why_closed(WORKFLOW, row, ActivityAction.PUBLISH, user, now)
        if row.state == ActivityState.DRAFT
        else "",
        "pictures": queries.pictures(row),
        "entries": [
            (entry, capfirst(str(ActivityAction(entry.action).label)))
            for entry in row.entries.select_related("by")
        ]
        if keeps
        else [],
        "trail": trail(row.unit, row.title),
    }
    return render(request, "service/activities/activity.html", context)


@login_required
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Plans an activity of a place."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_ACTIVITIES)
    heading = _("Plan an activity")
    return use_case_page(
        request,
        LocatedActivityForm,
        partial(activities.create, unit=unit),
        heading=heading,
        submit=_("Keep the draft"),
        done=_("The draft is kept; publish it when all is right."),
        back=reverse("service:activities"),
        then=_address,
        template="service/activities/form.html",
        trail=trail(unit, heading),
    )


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a draft."""
    row = _find(request, pk)
    if not WORKFLOW.relations(row, signed_in(request)):
        raise PermissionDenied
    shown = {
        name: getattr(row, name) for name in LocatedActivityForm.base_fields if hasattr(row, name)
    }
    return use_case_page(
        request,
        partial(LocatedActivityForm, initial=shown | time_of(row)),
        partial(activities.edit, activity=row),
        heading=_("Change the plan"),
        done=_("Changed."),
        back=_address(row),
        template="service/activities/form.html",
        trail=trail(row.unit, row.title),
    )


class ActivityActView(ActView):
    """One step with an activity."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> Activity:
        return _find(self.request, self.kwargs["pk"])

    def page_of(self, row: Activity) -> str:
        return _address(row)


@login_required
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs up with one tap; a year of birth is asked for only where it is needed and not known."""
    row = _find(request, pk)
    call = partial(sign_ups.sign_up, activity=row)
    if "born_year" in request.POST or request.method != "POST":
        return use_case_page(
            request,
            SignUpForm,
            call,
            heading=_("Sign up to “%(title)s”") % {"title": row.title},
            submit=_("Sign up"),
            done=_signed_up,
            back=_address(row),
        )
    return use_case_button(
        request,
        call,
        done=_signed_up,
        back=_address(row),
        asked_at={"age_unknown": reverse("service:activity_sign_up", args=[row.pk])},
    )


def _signed_up(result: sign_ups.SignedUp) -> str:
    if result.sign_up.seat:
        said = _("You have a place. You are reminded the day before.")
        if result.sign_up.activity.starts_at - timezone.now() < timedelta(days=1):
            said = _("You have a place.")
    else:
        said = _(
            "All places are taken: you are on the waiting list and are told if one comes free."
        )
    if result.close_to:
        warning = _("Mind the way: “%(title)s” lies less than half an hour from it.")
        said += " " + warning % {"title": result.close_to[0].title}
    return said


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives one's own place back with one tap."""
    row = _find(request, pk)
    own = queries.own_sign_up(row, signed_in(request))
    if own is None:
        raise Http404
    given_back = _("Given back; whoever waits longest has the place now.")
    return _end(request, own, given_back if own.seat else _("You wait no longer."))


@require_POST
@login_required
def sign_up_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk ends a sign-up for somebody."""
    seen = SignUp.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen.select_related("activity__unit"), pk=pk)
    return _end(request, row, _("The sign-up has ended."))


def _end(request: HttpRequest, row: SignUp, done: str) -> HttpResponse:
    call = partial(sign_ups.withdraw, sign_up=row)
    return use_case_button(request, call, done=done, back=_address(row.activity))


@login_required
def desk_sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk signs somebody up who comes in person; the same row is written."""
    row = _find(request, pk)
    if not signed_in(request).has_perm(Permission.KEEP_ACTIVITIES, row.unit):
        raise PermissionDenied
    return use_case_page(
        request,
        DeskSignUpForm,
        partial(_enter, activity=row),
        heading=_("Sign somebody up"),
        submit=_("Sign up"),
        done=_("Signed up."),
        back=_address(row),
    )


def _enter(
    *, activity: Activity, name: str, phone: str, born_year: int | None, by: User, now: datetime
) -> sign_ups.SignedUp:
    who = enter(name=name, phone=phone, place=activity.unit, by=by, now=now)
    return sign_ups.sign_up(activity=activity, participant=who, born_year=born_year, by=by, now=now)


# --- The calendar ------------------------------------------------------------------------------------


@login_required
def calendar_address(request: HttpRequest) -> HttpResponse:
    """The private address to which a calendar program subscribes: made anew, or revoked."""
    user, address = signed_in(request), ""
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            calendar.revoke_address(by=user, now=timezone.now())
            messages.success(request, _("Revoked: the old address answers no more."))
            return redirect("service:calendar_address")
        address = calendar.make_address(by=user, now=timezone.now())
    feed = user.calendar_feeds.filter(revoked_at=None).first()
    context = {"address": address, "feed": feed, "now": timezone.now()}
    response = render(request, "service/activities/calendar_address.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar under a private address; a guessed or revoked one is nothing, and is counted."""
    feed = calendar.feed_of(token)
    if feed is None:
        count_guess(request)
        raise Http404
    return _ics(calendar.calendar_of(feed.user), "activities")


@require_safe
@login_required
def calendar_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity for one's own calendar."""
    return _ics(calendar.file_of(_find(request, pk)), f"activity-{pk}")


def _ics(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.ics"',
            "Cache-Control": "private, no-cache",
            "Referrer-Policy": "no-referrer",
        },
    )


def _address(row: Activity) -> str:
    return reverse("service:activity", args=[row.pk])


def _find(request: HttpRequest, pk: int) -> Activity:
    user = signed_in(request)
    seen = Activity.objects.visible_to(user, one=True)
    row: Activity = get_object_or_404(
        queries.whole(seen, user).prefetch_related("intervals"), pk=pk
    )
    return row
