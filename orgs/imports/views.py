"""Pages of rosters: those of a unit, sending a file, looking through an import, fetching."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import Decision, ImportState, Verdict
from orgs.imports import imports, previews, progress
from orgs.imports.forms import RosterFileForm, RowFilter
from orgs.imports.imports import visible_import
from orgs.imports.rosters import UNIT, Roster, roster_of, rosters_for, unit_rosters
from orgs.imports.worker import DUE_STATES
from orgs.models import LedgerImport, LedgerRow, Unit, User
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code
from orgs.web.pages import Trail, dated, use_case_button, use_case_page, workbook
from orgs.web.paging import Page, key_of, page_by_key
from orgs.web.refusals import SaidOnNextPage
from orgs.web.throttling import count_upload

PAGE = 50
SHOWN = 10
WRITING = (ImportState.APPLYING, ImportState.UNDOING)


@require_safe
@login_required
def rosters_of_unit(request: HttpRequest, code: str) -> HttpResponse:
    """The rosters that somebody keeps for a unit: template, import, export, past imports."""
    user, unit = signed_in(request), _unit(code)
    kept = rosters_for(user, unit)
    readable = [roster for roster in unit_rosters() if roster.may_export(user, unit)]
    if not kept and not readable:
        raise PermissionDenied
    past = (
        LedgerImport.objects.visible_to(user)
        .filter(lies_in(unit, "unit"), ledger__in=[roster.code for roster in kept])
        .select_related("unit", "sent_by")
    )
    rosters = [roster for roster in unit_rosters() if roster in kept or roster in readable]
    context = {
        "unit": unit,
        "rosters": [(roster, roster in kept, roster in readable) for roster in rosters],
        "page": page_by_key(request, past),
        "names": {roster.code: roster.name for roster in unit_rosters()},
        "trail": [(unit.name, reverse("orgs:unit", args=[unit.code])), (_("Rosters"), "")],
        "now": timezone.now(),
    }
    return render(request, "orgs/imports/rosters.html", context)


@require_safe
@login_required
def unit_template(request: HttpRequest, code: str, roster: str) -> HttpResponseBase:
    """The sheet to fill in, for one unit."""
    return template(request, _unit_roster(roster), _unit(code))


def template(request: HttpRequest, roster: Roster, target: Any) -> HttpResponseBase:
    """The sheet to fill in."""
    from orgs.imports.workbooks import writer  # 15 MB, which only a process that writes one needs

    content = writer.template(roster=roster, target=target, by=signed_in(request))
    return workbook(content, _("%(title)s, to fill in") % {"title": roster.name})


@login_required
@require_http_methods(["GET", "POST"])
def unit_send(request: HttpRequest, code: str, roster: str) -> HttpResponse:
    """Sending a file for one unit."""
    unit, wanted = _unit(code), _unit_roster(roster)
    back = reverse("orgs:rosters", args=[unit.code])
    return send(
        request, wanted, unit,
        template_address=reverse("orgs:roster_template", args=[unit.code, wanted.code]),
        trail=[
            (unit.name, reverse("orgs:unit", args=[unit.code])), (_("Rosters"), back),
            (str(wanted.name), ""),
        ],
    )  # fmt: skip


def send(
    request: HttpRequest, roster: Roster, target: Any, *, template_address: str, trail: Trail
) -> HttpResponse:
    """Sending a file; its reader then shows what it would do."""
    user = signed_in(request)
    if not user.has_perm(roster.permission, target):
        raise PermissionDenied
    past = LedgerImport.objects.visible_to(user).filter(
        ledger=roster.code, **imports.kept_for(roster, target)
    )

    def upload(*, file: UploadedFile, by: User, now: datetime) -> LedgerImport:
        count_upload(request)
        roster.refuse_too_large(file.size or 0)
        return imports.upload(
            roster=roster, target=target, name=file.name or "", content=file.read(), by=by, now=now
        )

    return use_case_page(
        request,
        partial(RosterFileForm, limits=roster.limits),
        upload,
        back=trail[-2][1],
        then=lambda imported: reverse("orgs:import", args=[imported.pk]),
        refused_field="file",
        template="orgs/imports/send.html",
        roster=roster,
        unit=target if roster.subject == UNIT else None,
        template_address=template_address,
        trail=trail,
        past=past.order_by("-pk").select_related("unit", "sent_by")[:SHOWN],
        now=timezone.now(),
    )


@require_safe
@login_required
def export(request: HttpRequest, roster: str) -> HttpResponseBase:
    """What somebody sees of a roster, narrowed as the list that led here."""
    wanted, code = _unit_roster(roster), request.GET.get("unit", "")[:40]
    filters = {
        name: request.GET[name]
        for name, values in wanted.filters.items()
        if request.GET.get(name) in values
    }
    from orgs.imports.workbooks import writer  # 15 MB, which only a process that writes one needs

    content = writer.export(
        roster=wanted, unit=_unit(code) if code else None, filters=filters, by=signed_in(request),
        now=timezone.now(),
    )  # fmt: skip
    return workbook(content, dated(str(wanted.name)))


@never_cache
@require_safe
@login_required
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, then its rows by verdict, then what came of it."""
    user, now = signed_in(request), timezone.now()
    imported, roster = visible_import(signed_in(request), pk)
    form = RowFilter(request.GET, roster=roster)
    form.is_valid()
    verdict = form.cleaned_data.get("verdict") or _first_tab(imported)
    undecided = imports.undecided(imported) if imported.unsure else 0
    context = {
        "import": imported,
        "roster": roster,
        "links": roster.links(imported),
        "form": form,
        "verdict": verdict,
        "tabs": [(tab, getattr(imported, tab.value)) for tab in Verdict],
        "in_work": imported.state in DUE_STATES,
        "written": progress.rows_done(imported) if imported.state in WRITING else 0,
        "undecided": undecided,
        "faults": previews.faults(imported, roster)
        if verdict == Verdict.WRONG and imported.wrong and imported.state == ImportState.PREVIEW
        else [],
        "doubts": previews.doubts(imported, roster)
        if verdict == Verdict.UNSURE and undecided
        else [],
        "may_undo": imports.may_undo(imported, now),
        "sent_it": imported.sent_by_id == user.pk,
        "now": now,
        **_rows(request, imported, roster, verdict, form.cleaned_data),
    }
    page = "orgs/imports/import.html"
    part = "#import" if request.headers.get("HX-Request") == "true" else ""
    return render(request, page + part, context)


def _first_tab(imported: LedgerImport) -> str:
    """What needs somebody first: wrong, then undecided, then the others."""
    order = [Verdict.WRONG, Verdict.UNSURE, Verdict.CHANGED, Verdict.NEW, Verdict.UNCHANGED]
    return next(
        (verdict.value for verdict in order if getattr(imported, verdict.value)), Verdict.NEW.value
    )


def _rows(
    request: HttpRequest,
    imported: LedgerImport,
    roster: Roster,
    verdict: str,
    narrowed: dict[str, Any],
) -> dict[str, Any]:
    if imported.state != ImportState.PREVIEW:
        return {"page": None, "rows": []}
    rows: QuerySet[LedgerRow] = imported.rows.filter(verdict=verdict)
    if column := narrowed.get("column"):
        rows = rows.filter(problems__has_key=column)
    if verdict == Verdict.UNSURE and narrowed.get("open"):
        rows = rows.filter(decision="")
    page = _page_by_number(request, rows)
    return {"page": page, "rows": previews.shown(page.rows, roster, signed_in(request))}


def _page_by_number(request: HttpRequest, rows: QuerySet[LedgerRow]) -> Page:
    """Rows in the order of the file; the next page starts after the last row shown."""
    start = key_of(request.GET.get("after")) or 0
    shown = list(rows.filter(number__gt=start).order_by("number")[: PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    first = f"?{query.urlencode()}" if start else ""
    query["after"] = str(shown[PAGE - 1].number) if len(shown) > PAGE else ""
    return Page(shown[:PAGE], first, f"?{query.urlencode()}" if query["after"] else "")


@require_safe
@login_required
def to_correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file's rows as a workbook, the wrong ones first, to be corrected and sent again."""
    imported, roster = visible_import(signed_in(request), pk)
    from orgs.imports.workbooks import writer  # 15 MB, which only a process that writes one needs

    content = writer.to_correct(
        imported=imported, roster=roster, by=signed_in(request), now=timezone.now()
    )
    return workbook(content, dated(_("%(title)s, to correct") % {"title": roster.name}))


_STEPS: dict[str, tuple[Callable[..., LedgerImport], Any]] = {
    "apply": (imports.apply, ""),
    "discard": (imports.discard, gettext_lazy("The file and its rows are deleted.")),
    "undo": (imports.undo, ""),
}


@require_POST
@login_required
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Applies, discards or undoes an import."""
    imported, _roster = visible_import(signed_in(request), pk)
    if action not in _STEPS:
        raise Http404
    use_case, sentence = _STEPS[action]
    call = partial(use_case, imported=imported)
    back = reverse("orgs:import", args=[pk])
    return use_case_button(request, call, done=str(sentence), back=back)


@require_POST
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Says whom an unsure row means: `choice` is same:KEY, new or leave_out.

    Instead of it `alike` (same, new or leave_out) decides about all rows that wait with its doubt.
    """
    row = get_object_or_404(LedgerRow.objects.select_related("ledger_import"), pk=pk)
    visible_import(signed_in(request), row.ledger_import_id)
    alike = "alike" in request.POST
    choice = request.POST["alike"] if alike else request.POST.get("choice", "")
    word, _colon, key = choice[:30].partition(":")
    if word not in Decision.values:
        raise Http404
    chosen = key_of(key)
    done: list[LedgerRow] = []
    with SaidOnNextPage(request):
        done = imports.decide(
            row=row,
            decision=Decision(word),
            chosen=chosen,
            alike=alike,
            by=signed_in(request),
            now=timezone.now(),
        )
    address = reverse("orgs:import", args=[row.ledger_import_id])
    if alike:
        if done:
            sentence = ngettext(
                "%(count)d row is decided: %(decision)s.",
                "%(count)d rows are decided: %(decision)s.",
                len(done),
            )
            facts = {"count": len(done), "decision": Decision(word).label}
            messages.success(request, sentence % facts)
        return redirect(f"{address}?verdict=unsure&open=on")
    kept = {name: request.POST[name] for name in ("open", "column") if request.POST.get(name)}
    query = urlencode({"verdict": "unsure", "after": max(0, row.number - 1), **kept})
    return redirect(f"{address}?{query}#row-{row.number}")


def _unit(code: str) -> Unit:
    unit = unit_by_code(code[:40])
    if unit is None:
        raise Http404
    return unit


def _unit_roster(code: str) -> Roster:
    roster = roster_of(code)
    if roster not in unit_rosters():
        raise Http404
    return roster
