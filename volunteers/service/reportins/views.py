"""Pages of report-ins: one's own, the desk's list, every step, certificates, pairings."""

from datetime import datetime
from functools import partial
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
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.models import Unit, User
from orgs.scoping import reach_of
from orgs.units.queries import unit_for
from orgs.values import qr
from orgs.values.phones import mask_name
from orgs.web.pages import row_for, trail, use_case_page
from orgs.web.paging import page_by_key
from orgs.web.throttling import count_guess
from orgs.workflow.views import ActView, open_steps
from volunteers.service.enums import Permission, ReportInState, ServantKind, Skill
from volunteers.service.models import DoubleReport, Pairing, Participant, ReportIn
from volunteers.service.models.base import employed_by
from volunteers.service.reportins import certificates, pairings, participants, queries, reportins
from volunteers.service.reportins.forms import (
    EndForm,
    EnterForm,
    PairingForm,
    PeriodForm,
    ReportForm,
    SkillsForm,
)
from volunteers.service.reportins.participants import enter as enter_participant
from volunteers.service.reportins.specification import SPECIFICATIONS
from volunteers.service.reportins.workflow import WORKFLOW

# What the list offers: who waits, who is reported in, everybody.
VIEWS = {"waiting": ReportInState.REPORTED, "confirmed": ReportInState.CONFIRMED, "all": None}


@login_required
def report(request: HttpRequest) -> HttpResponse:
    """Reports oneself in; who is reported in already reads where."""
    user = signed_in(request)
    own = queries.mine(user)
    if request.method != "POST" and own is not None and own.is_open:
        return redirect("service:report_in", own.pk)
    home = user.home
    start = home.parent if home is not None and home.kind == UnitKind.BUILDING else home
    initial = {"unit": start.path_name} if start is not None else {}
    return use_case_page(
        request,
        partial(ReportForm, initial=initial, home=start),
        reportins.report,
        heading=_("Report in where you live"),
        submit=_("Report in"),
        done=_("Reported in. Your certificate is ready; the branch confirms it."),
        back=reverse("home"),
        then=_address,
        template="service/reportins/report.html",
        home=start,
    )


@login_required
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """The desk reports somebody in who comes in person; the same rows are written."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_REPORTINS)
    if unit.kind != UnitKind.COMPOUND:
        raise Http404
    return use_case_page(
        request,
        EnterForm,
        partial(_enter, unit=unit),
        heading=_("Report somebody in"),
        submit=_("Report in"),
        done=_("Reported in; print the certificate if it is wanted."),
        back=reverse("service:report_ins"),
        then=_address,
        trail=trail(unit, _("Report somebody in")),
    )


def _enter(*, name: str, phone: str, unit: Unit, by: User, now: datetime, **words: Any) -> ReportIn:
    who: Participant = enter_participant(name=name, phone=phone, place=unit, by=by, now=now)
    return reportins.report(unit=unit, participant=who, by=by, now=now, **words)


def _address(row: ReportIn) -> str:
    return reverse("service:report_in", args=[row.pk])


@require_safe
@login_required
def report_ins(request: HttpRequest) -> HttpResponse:
    """The desk's list: who waits for the branch comes first, confirmed together with one button."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_SERVICE):
        raise PermissionDenied
    view = request.GET.get("view", "waiting")
    view = view if view in VIEWS else "waiting"
    rows = queries.report_ins(user)
    if VIEWS[view]:
        rows = rows.filter(state=VIEWS[view])
    if (kind := request.GET.get("kind", "")) in ServantKind.values:
        rows = rows.filter(kind=kind)
    page = page_by_key(request, rows)
    labels = {
        "waiting": _("To confirm"),
        "confirmed": capfirst(str(ReportInState.CONFIRMED.label)),
        "all": _("All"),
    }
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": page.rows,
        "on_roster": queries.on_roster(page.rows),
        "view": view,
        "tabs": list(labels.items()),
        "keeps": user.has_perm(Permission.KEEP_REPORTINS),
    }
    return render(request, "service/reportins/list.html", context)


@require_POST
@login_required
def confirm_all(request: HttpRequest) -> HttpResponse:
    """Confirms those that were ticked, all of them or none."""
    user = signed_in(request)
    keys = [int(key) for key in request.POST.getlist("pk") if key.isdecimal() and len(key) < 19]
    seen = ReportIn.objects.visible_to(user).filter(pk__in=keys, state=ReportInState.REPORTED)
    rows = list(seen.order_by("pk"))
    reportins.confirm_all(report_ins=rows, by=user, now=timezone.now())
    done = ngettext("%(count)d report-in confirmed.", "%(count)d report-ins confirmed.", len(rows))
    messages.success(request, done % {"count": len(rows)})
    return redirect("service:report_ins")


@require_safe
@login_required
def report_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One report-in: where it stands, its certificate, its story, what the reader may do."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    address = certificates.address_of(row.certificate)
    context = {
        "now": now,
        "row": row,
        "is_mine": row.participant.account_id == user.pk,
        "entries": [(entry, capfirst(str(_label(entry.action)))) for entry in _entries(row)],
        "buttons": open_steps(ReportInActView, row, user, now, "service:report_in_act"),
        "code": qr.svg(address),
        "reports": list(row.reports.select_related("to").order_by("-period")),
        "skills": [Skill(one).label for one in row.participant.skills if one in Skill.values],
        "keeps": user.has_perm(Permission.KEEP_REPORTINS, row.participant.place),
        "may_report": pairings.may_report(row, user) and row.is_open and row.employer,
    }
    context["speaks_for"] = context["keeps"] and row.participant.account_key is None
    return render(request, "service/reportins/report_in.html", context)


def _entries(row: ReportIn) -> Any:
    return row.entries.select_related("by").order_by("-pk")


def _label(action: str) -> str:
    return next(str(one.label) for one in SPECIFICATIONS if one.value == action)


@login_required
def skills(request: HttpRequest, pk: int) -> HttpResponse:
    """The branch enters what somebody who reported in can do."""
    row = _find(request, pk)
    if not request.user.has_perm(Permission.KEEP_REPORTINS, row.participant.place):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(SkillsForm, initial={"skills": row.participant.skills}),
        partial(participants.set_skills, participant=row.participant),
        heading=_("Skills of %(name)s") % {"name": row.participant.name},
        done=_("Entered."),
        back=_address(row),
    )


class ReportInActView(ActView):
    """One step with a report-in."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> ReportIn:
        return _find(self.request, self.kwargs["pk"])

    def page_of(self, row: ReportIn) -> str:
        return _address(row)


def _find(request: HttpRequest, pk: int) -> ReportIn:
    seen = ReportIn.objects.visible_to(signed_in(request), one=True)
    row: ReportIn = get_object_or_404(queries.whole(seen), pk=pk)
    return row


# --- Certificates ----------------------------------------------------------------------------------


@require_safe
@login_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate for the printer, with the code that verifies it."""
    row = _find(request, pk)
    address = certificates.address_of(row.certificate)
    context = {"row": row, "address": address, "code": qr.svg(address), "now": timezone.now()}
    return render(request, "service/reportins/certificate.html", context)


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What a certificate truly says, for whoever holds it; the name is masked. 404: there is none."""
    found = queries.certificate(number)
    if found is None:
        count_guess(request)
        return render(request, "service/reportins/no_certificate.html", status=404)
    context = {
        "row": found,
        "name": mask_name(str(found.payload.get("name", ""))),
        "kind": _kind(found.payload.get("as", "")),
        "holds": found.revoked_at is None and certificates.is_intact(found),
        "report_in": getattr(found, "report_in", None),
        "now": timezone.now(),
    }
    return render(request, "service/reportins/verify.html", context)


def _kind(value: str) -> str:
    return str(ServantKind(value).label) if value in ServantKind.values else ""


# --- Pairings --------------------------------------------------------------------------------------


@require_safe
@login_required
def pairing_list(request: HttpRequest) -> HttpResponse:
    """The pairings in sight, with what was reported."""
    user = signed_in(request)
    rows = queries.pairings(user).prefetch_related("reports")
    page = page_by_key(request, rows)
    communities = [
        unit
        for unit in Unit.objects.filter(kind=UnitKind.COMMUNITY, pk__in=_kept(user))[:50]
        if user.has_perm(Permission.KEEP_PAIRINGS, unit)
    ]
    context = {
        "page": page,
        "rows": page.rows,
        "communities": communities,
        "keeps": user.has_perm(Permission.KEEP_PAIRINGS),
        "own": set(employed_by(user).values_list("party_organisation", flat=True)),
        "now": timezone.now(),
    }
    return render(request, "service/reportins/pairings.html", context)


def _kept(user: User) -> Any:
    return Unit.objects.filter(reach_of(user).q("")).order_by().values("pk")


@login_required
def pair(request: HttpRequest, code: str) -> HttpResponse:
    """Pairs an organisation with a community."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_PAIRINGS)
    return use_case_page(
        request,
        PairingForm,
        partial(pairings.pair, unit=unit),
        heading=_("Pair an organisation with %(unit)s") % {"unit": unit.short_name},
        submit=_("Pair"),
        done=_("Paired; the organisation reads what was agreed."),
        back=reverse("service:pairings"),
    )


@login_required
def end_pairing(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a pairing."""
    row = row_for(request, Pairing, pk, Permission.KEEP_PAIRINGS, "unit", "organisation", at="unit")
    return use_case_page(
        request,
        partial(EndForm, initial={"on": timezone.localdate()}),
        partial(pairings.end_pairing, pairing=row),
        heading=_("End the pairing with %(organisation)s") % {"organisation": row.organisation},
        submit=_("End"),
        done=_("The pairing has ended; it stays as history."),
        back=reverse("service:pairings"),
    )


# --- The two reports (双报告) ------------------------------------------------------------------------


@require_safe
@login_required
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports in sight, newest first; whoever they go to acknowledges them."""
    user = signed_in(request)
    page = page_by_key(request, queries.double_reports(user))
    context = {
        "page": page,
        "rows": page.rows,
        "own": set(employed_by(user).values_list("party_organisation", flat=True)),
        "now": timezone.now(),
    }
    return render(request, "service/reportins/reports.html", context)


@login_required
def member_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The member's half-yearly report to the own branch."""
    row = _find(request, pk)
    if not pairings.may_report(row, signed_in(request)):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(PeriodForm, periods=queries.halves(timezone.localdate())),
        partial(pairings.report_of_member, report_in=row),
        heading=_("Half-yearly report to %(organisation)s") % {"organisation": row.employer},
        submit=_("Send"),
        done=_("Sent; the organisation acknowledges it."),
        back=_address(row),
    )


@login_required
def unit_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's yearly report to its superior."""
    user = signed_in(request)
    seen = Pairing.objects.visible_to(user, one=True)
    row = get_object_or_404(seen.select_related("organisation__parent", "unit"), pk=pk)
    if not employed_by(user).filter(party_organisation=row.organisation_id).exists():
        raise PermissionDenied
    return use_case_page(
        request,
        partial(PeriodForm, periods=queries.years(timezone.localdate())),
        partial(pairings.report_of_unit, pairing=row),
        heading=_("Yearly report on %(unit)s") % {"unit": row.unit.short_name},
        submit=_("Send"),
        done=_("Sent; the superior organisation acknowledges it."),
        back=reverse("service:pairings"),
    )


@require_POST
@login_required
def report_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """The organisation acknowledges a report."""
    seen = DoubleReport.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen, pk=pk)
    pairings.receive(report=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Acknowledged; whoever reported sees it."))
    return redirect("service:double_reports")
