"""Who was there, what has to be looked at, and what is decided about it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import trail, use_case_button, use_case_page
from orgs.web.paging import page_by_key
from volunteers.service.accounts import long_days
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.attendance import (
    queries,
    reviews,
    samples,
)
from volunteers.service.attendance.forms import REASONS, AnswerForm, FlagForm, RejectForm
from volunteers.service.attendance.views.reach import run_or_review
from volunteers.service.enums import (
    ActivityAction,
    Permission,
)
from volunteers.service.models import Attendance, Flag, LongDay, ServedQuestion
from volunteers.service.orders import contacts
from volunteers.service.orders.contact_page import contact_fields, reveal_on


@require_safe
@login_required
def attendance_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was there: clean ones together, exceptions with the reason."""
    row, user, now = run_or_review(request, pk), signed_in(request), timezone.now()
    people = queries.people_of(row)
    rows = [person.attendance for person in people if person.attendance]
    context = {
        "row": row,
        "now": now,
        "people": people,
        "missing": sum(one.review == "missing_out" for one in rows),
        "waiting": sum(one.review in reviews.TO_REVIEW for one in rows),
        "may_close": WORKFLOW.is_open(row, ActivityAction.HOLD, user, now),
        "reviews": user.has_perm(Permission.REVIEW_ATTENDANCE, row.unit),
        "is_over": now >= row.ends_at,
        "reasons": REASONS,
        "trail": trail(row.unit, row.title),
    }
    return render(request, "service/attendance/attendance.html", context)


@require_POST
@login_required
def confirm_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """All who forgot to check out, with one tap."""
    row = run_or_review(request, pk)
    call = partial(reviews.confirm_missing, activity=row)
    back = reverse("service:attendance", args=[pk])
    return use_case_button(request, call, done=_confirmed, back=back)


def _confirmed(number: int) -> str:
    return ngettext("%(n)d person confirmed.", "%(n)d people confirmed.", number) % {"n": number}


@require_safe
@login_required
def to_review(request: HttpRequest) -> HttpResponse:
    """What has to be looked at: exceptions one by one, those alike ticked together; open flags."""
    user = signed_in(request)
    if not user.has_perm(Permission.REVIEW_ATTENDANCE):
        raise PermissionDenied
    page = page_by_key(request, queries.to_review(user))
    waiting: list[Any] = list(queries.long_days(user)[:50])
    # What only the street decides is a sentence for the others, and no button.
    for row in page.rows:
        row.above = reviews.is_above(row, user)
    for one in waiting:
        one.above = long_days.is_above(one, one.longest, user)
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": page.rows,
        "reasons": REASONS,
        "long_days": waiting,
        "flags": list(queries.open_flags(user)[:50]),
        "answers": queries.answers_by_organiser(user),
        "to_ring": list(queries.to_ring(user)[:50]),
    }
    return render(request, "service/attendance/to_review.html", context)


@require_POST
@login_required
def approve_ticked(request: HttpRequest) -> HttpResponse:
    """Approves those ticked; what this person may not decide stays for others."""
    keys = [int(key) for key in request.POST.getlist("pk") if key.isdecimal()][:200]
    rows = Attendance.objects.visible_to(signed_in(request)).filter(pk__in=keys)
    call = partial(reviews.approve_all, rows=rows)
    back = reverse("service:attendance_review")
    return use_case_button(request, call, done=_confirmed, back=back)


@login_required
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Does not credit one attendance, with a reason."""
    seen = Attendance.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen.select_related("activity__unit", "participant"), pk=pk)
    if not signed_in(request).has_perm(Permission.REVIEW_ATTENDANCE, row.activity.unit):
        raise PermissionDenied
    return use_case_page(
        request,
        RejectForm,
        partial(reviews.reject, attendance_row=row),
        heading=_("Do not credit %(name)s?") % {"name": row.participant.name},
        submit=_("Do not credit"),
        done=_("Not credited; the member reads the reason and may appeal."),
        back=reverse("service:attendance_review"),
    )


def _long_day(request: HttpRequest, pk: int) -> LongDay:
    seen = LongDay.objects.visible_to(signed_in(request), one=True)
    row: LongDay = get_object_or_404(seen.select_related("unit", "participant"), pk=pk)
    if not signed_in(request).has_perm(Permission.REVIEW_ATTENDANCE, row.unit):
        raise PermissionDenied
    return row


@require_POST
@login_required
def approve_long_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Credits time that makes a day long, with one tap."""
    call = partial(long_days.approve, long_day=_long_day(request, pk))
    back = reverse("service:attendance_review")
    return use_case_button(request, call, done=_confirmed(1), back=back)


@login_required
def refuse_long_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Does not credit time that makes a day long, with a reason."""
    row = _long_day(request, pk)
    return use_case_page(
        request,
        RejectForm,
        partial(long_days.refuse, long_day=row),
        heading=_("Do not credit %(name)s?") % {"name": row.participant.name},
        submit=_("Do not credit"),
        done=_("Not credited; the member reads the reason and may appeal."),
        back=reverse("service:attendance_review"),
    )


@login_required
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides a flag by name, with a reason; it deducts nothing."""
    seen = Flag.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen.select_related("unit", "activity", "participant"), pk=pk)
    if not signed_in(request).has_perm(Permission.REVIEW_ATTENDANCE, row.unit):
        raise PermissionDenied
    return use_case_page(
        request,
        FlagForm,
        partial(reviews.decide_flag, flag=row),
        heading=str(row.get_kind_display()),
        submit=pgettext("appeal", "Decide"),
        done=_("Decided; nothing was deducted by the flag."),
        back=reverse("service:attendance_review"),
    )


def _question(request: HttpRequest, pk: int) -> ServedQuestion:
    """A question for who answers it, or asks it by telephone. Raises Http404."""
    rows = ServedQuestion.objects.select_related(
        *("participant__person", "unit", "organiser", "credit__participant"),
        "credit__attendance__activity",
    )
    row = get_object_or_404(rows, pk=pk)
    if not samples.may_answer(row, signed_in(request)):
        raise Http404
    return row


@login_required
def served(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever was served says whether it was as written; or the desk, which rang them up."""
    row = _question(request, pk)
    back = reverse("home" if row.participant.account_key else "service:attendance_review")
    if row.answer and request.method == "GET":
        messages.info(request, _("This is answered already."))
        return redirect(back)
    what = row.credit.attendance.activity.title if row.credit.attendance else _("help at home")
    return use_case_page(
        request,
        AnswerForm,
        partial(samples.answer, question=row),
        heading=_("%(name)s, %(what)s, %(minutes)d minutes")
        % {
            "name": row.credit.participant.name,
            "what": what,
            "minutes": row.credit.minutes,
        },
        submit=_("Answer"),
        done=_("Thank you. Nobody is rated by it; it is looked at."),
        back=back,
        template="service/attendance/served.html",
        row=row,
        rings=contacts.may_reveal(row, signed_in(request)),
    )


@login_required
@never_cache
def served_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The telephone of somebody without an account whom the desk asks, for a purpose that is kept."""
    row = _question(request, pk)
    if request.method == "POST":
        return reveal_on(_contact_page, request, row)
    return _contact_page(request, row)


def _contact_page(
    request: HttpRequest, row: ServedQuestion, *, status: int = 200, **more: Any
) -> HttpResponse:
    fields = contact_fields(row, signed_in(request), "service:served_contact")
    context = {"row": row} | fields | more
    return render(request, "service/attendance/served_contact.html", context, status=status)
