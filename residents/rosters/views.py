"""Pages of ledgers: those of a unit, sending a file, looking through an import, fetching."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
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
from orgs.errors import DomainError
from orgs.models import Unit, User
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code
from orgs.web.pages import dated, to_fill_in, workbook
from orgs.web.paging import Page, key_of, page_by_key
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.throttling import count_upload
from residents.enums import Decision, HouseholdState, ImportState, Relation, Verdict
from residents.models import LedgerImport, LedgerRow
from residents.rosters import imports, previews, progress, workbook_reader, workbook_writer
from residents.rosters.forms import LedgerFileForm, RowFilter
from residents.rosters.registry import Ledger, all_ledgers, ledger_of, ledgers_for
from residents.rosters.worker import DUE_STATES

PAGE = 50
WRITING = (ImportState.APPLYING, ImportState.UNDOING)
# What an export may be narrowed by: the lists' own filters.
FILTERS = {"state": HouseholdState.values, "relation": Relation.values}


@require_safe
@login_required
def unit_ledgers(request: HttpRequest, code: str) -> HttpResponse:
    """The ledgers that somebody keeps for a unit: template, import, export, past imports."""
    user, unit = signed_in(request), _unit(code)
    ledgers = ledgers_for(user, unit)
    readable = [one for one in all_ledgers() if one.may_export(user, unit)]
    if not ledgers and not readable:
        raise PermissionDenied
    past = (
        LedgerImport.objects.visible_to(user)
        .filter(
            lies_in(unit, "unit"),
            ledger__in=[one.code for one in ledgers],
        )
        .select_related("unit", "sent_by")
    )
    rows = [one for one in all_ledgers() if one in ledgers or one in readable]
    context = {
        "unit": unit,
        "ledgers": [(one, one in ledgers, one in readable) for one in rows],
        "page": page_by_key(request, past),
        "names": {one.code: one.name for one in all_ledgers()},
        "trail": [(unit.name, reverse("orgs:unit", args=[unit.code])), (_("Ledgers"), "")],
        "now": timezone.now(),
    }
    return render(request, "residents/rosters/list.html", context)


@require_safe
@login_required
def template(request: HttpRequest, code: str, ledger: str) -> HttpResponseBase:
    """The sheet to fill in, for one unit."""
    unit, wanted = _unit(code), _ledger(ledger)
    content = workbook_writer.template(ledger=wanted, unit=unit, by=signed_in(request))
    return workbook(content, to_fill_in(str(wanted.name)))


@login_required
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, code: str, ledger: str) -> HttpResponse:
    """Sending a file; its reader then shows what it would do."""
    user, unit, wanted = signed_in(request), _unit(code), _ledger(ledger)
    if not user.has_perm(wanted.permission, unit):
        raise PermissionDenied
    form = LedgerFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            count_upload(request)
            workbook_reader.refuse_too_large(file.size)
            made = imports.upload(
                ledger=wanted, unit=unit, name=file.name, content=file.read(), by=user,
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as refusal:
            refuse(request, form, refusal, field="file")
        else:
            return redirect("residents:ledger_import", made.pk)
    back = reverse("residents:ledgers", args=[unit.code])
    context = {
        "form": form,
        "ledger": wanted,
        "unit": unit,
        "back": back,
        "trail": [(unit.name, reverse("orgs:unit", args=[unit.code])), (_("Ledgers"), back), (wanted.name, "")],
    }  # fmt: skip
    return render(
        request, "residents/rosters/send.html", context, status=400 if form.errors else 200
    )


@require_safe
@login_required
def export(request: HttpRequest, ledger: str) -> HttpResponseBase:
    """What somebody sees of a ledger, narrowed as the list that led here."""
    wanted, code = _ledger(ledger), request.GET.get("unit", "")[:40]
    unit = _unit(code) if code else None
    filters = {
        name: request.GET[name] for name in FILTERS if request.GET.get(name) in FILTERS[name]
    }
    made = workbook_writer.export(
        ledger=wanted, unit=unit, filters=filters, by=signed_in(request), now=timezone.now()
    )
    return workbook(made, dated(str(wanted.name)))


@never_cache
@require_safe
@login_required
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, then its rows by verdict, then what came of it."""
    user, now = signed_in(request), timezone.now()
    found, ledger = _visible(request, pk)
    form = RowFilter(request.GET, ledger=ledger)
    form.is_valid()
    verdict = form.cleaned_data.get("verdict") or _first_tab(found)
    undecided = imports.undecided(found) if found.unsure else 0
    context = {
        "import": found,
        "ledger": ledger,
        "form": form,
        "verdict": verdict,
        "tabs": [(one, getattr(found, one.value)) for one in Verdict],
        "in_work": found.state in DUE_STATES,
        "written": progress.told(found) if found.state in WRITING else 0,
        "undecided": undecided,
        "doubts": previews.doubts(found, ledger) if verdict == Verdict.UNSURE and undecided else [],
        "may_undo": imports.may_undo(found, now),
        "sent_it": found.sent_by_id == user.pk,
        "back": reverse("residents:ledgers", args=[found.unit.code]),
        "now": now,
        **_rows(request, found, ledger, verdict, form.cleaned_data),
    }
    page = "residents/rosters/import.html"
    part = "#import" if request.headers.get("HX-Request") == "true" else ""
    return render(request, page + part, context)


def _first_tab(found: LedgerImport) -> str:
    """What needs somebody first: wrong, then undecided, then the others."""
    order = [Verdict.WRONG, Verdict.UNSURE, Verdict.CHANGED, Verdict.NEW, Verdict.UNCHANGED]
    return next((one.value for one in order if getattr(found, one.value)), Verdict.NEW.value)


def _rows(
    request: HttpRequest,
    found: LedgerImport,
    ledger: Ledger,
    verdict: str,
    narrowed: dict[str, Any],
) -> dict[str, Any]:
    if found.state != ImportState.PREVIEW:
        return {"page": None, "rows": []}
    rows: QuerySet[LedgerRow] = found.rows.filter(verdict=verdict)
    if column := narrowed.get("column"):
        rows = rows.filter(problems__has_key=column)
    if verdict == Verdict.UNSURE and narrowed.get("open"):
        rows = rows.filter(decision="")
    page = _page_by_number(request, rows)
    return {"page": page, "rows": previews.shown(page.rows, ledger, signed_in(request))}


def _page_by_number(request: HttpRequest, rows: QuerySet[LedgerRow]) -> Page:
    """Rows in the order of the file; the next page starts after the last row shown."""
    start = key_of(request.GET.get("after")) or 0
    found = list(rows.filter(number__gt=start).order_by("number")[: PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    first = f"?{query.urlencode()}" if start else ""
    query["after"] = str(found[PAGE - 1].number) if len(found) > PAGE else ""
    return Page(found[:PAGE], first, f"?{query.urlencode()}" if query["after"] else "")


@require_safe
@login_required
def to_correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file's rows as a workbook, the wrong ones first, to be corrected and sent again."""
    found, ledger = _visible(request, pk)
    made = workbook_writer.to_correct(
        found=found, ledger=ledger, by=signed_in(request), now=timezone.now()
    )
    return workbook(made, dated(_("%(title)s, to correct") % {"title": ledger.name}))


_STEPS: dict[str, tuple[Callable[..., LedgerImport], Any]] = {
    "apply": (imports.apply, ""),
    "discard": (imports.discard, gettext_lazy("The file and its rows are deleted.")),
    "undo": (imports.undo, ""),
}


@require_POST
@login_required
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Applies, discards or undoes an import."""
    found, _ledger_of_it = _visible(request, pk)
    if action not in _STEPS:
        raise Http404
    use_case, sentence = _STEPS[action]
    _tried(request, lambda by, now: use_case(found=found, by=by, now=now), sentence)
    return redirect("residents:ledger_import", pk)


@require_POST
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Says whom an unsure row means: `choice` is same:KEY, new or leave_out.

    Instead of it `alike` (same, new or leave_out) decides about all rows that wait with its doubt.
    """
    row = get_object_or_404(LedgerRow.objects.select_related("ledger_import"), pk=pk)
    _visible(request, row.ledger_import_id)
    alike = "alike" in request.POST
    said = request.POST["alike"] if alike else request.POST.get("choice", "")
    word, _colon, key = said[:30].partition(":")
    if word not in Decision.values:
        raise Http404
    chosen = key_of(key)
    done = _tried(
        request,
        lambda by, now: imports.decide(
            row=row, decision=Decision(word), chosen=chosen, alike=alike, by=by, now=now
        ),
        "",
    )
    address = reverse("residents:ledger_import", args=[row.ledger_import_id])
    if alike:
        if done:
            told = ngettext(
                "%(count)d row is decided: %(decision)s.",
                "%(count)d rows are decided: %(decision)s.",
                len(done),
            )
            facts = {"count": len(done), "decision": Decision(word).label}
            messages.success(request, told % facts)
        return redirect(f"{address}?verdict=unsure&open=on")
    kept = {name: request.POST[name] for name in ("open", "column") if request.POST.get(name)}
    query = urlencode({"verdict": "unsure", "after": max(0, row.number - 1), **kept})
    return redirect(f"{address}?{query}#row-{row.number}")


def _tried(request: HttpRequest, act: Callable[[User, datetime], Any], sentence: str) -> Any:
    """The answer of one call; a refusal is said on the next page, and the answer is None."""
    try:
        done = act(signed_in(request), timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        messages.error(request, refusal.message)
        return None
    if sentence:
        messages.success(request, sentence)
    return done


def _visible(request: HttpRequest, pk: int) -> tuple[LedgerImport, Ledger]:
    """An import in sight whose ledger one keeps; 404 for others."""
    user = signed_in(request)
    seen = LedgerImport.objects.visible_to(user, one=True).select_related(
        "unit", "sent_by", "applied_by", "ended_by"
    )
    found = get_object_or_404(seen, pk=pk)
    ledger = _ledger(found.ledger)
    if not user.has_perm(ledger.permission, found.unit):
        raise Http404
    return found, ledger


def _unit(code: str) -> Unit:
    found = unit_by_code(code[:40])
    if found is None:
        raise Http404
    return found


def _ledger(code: str) -> Ledger:
    found = ledger_of(code)
    if found is None:
        raise Http404
    return found
