"""Pages of claims: the resident's three steps, my home, the community's desk, the letters."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import registry
from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.errors import DomainError
from orgs.models import Attachment, Unit
from orgs.units.queries import matching, unit_by_code
from orgs.values.names import compared
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from residents.claims import claims, door_codes, letter_runs
from residents.claims.forms import ClaimForm, CodeForm, RefuseForm
from residents.enums import ClaimState, LetterState, Permission, Relation
from residents.models import Claim, Household, LetterRun, LetterSheet
from residents.roll import queries
from residents.roll import rights as roll_rights
from residents.roll.households import door_part
from residents.roll.values import id_numbers

FOUND = 30


@require_safe
@login_required
def my_home(request: HttpRequest) -> HttpResponse:
    """Where I belong, what I claimed and how it stands, what I may confirm as an owner."""
    user = signed_in(request)
    own = Claim.objects.filter(user=user).select_related("household__building").order_by("-pk")
    homes = [
        (belonging, roll_rights.RIGHTS[Relation(belonging.relation)])
        for belonging in roll_rights.verified_belongings(user)
    ]
    to_confirm = (
        Claim.objects.filter(
            state=ClaimState.WAITING,
            household__in=[
                home.household_id for home, rights in homes if roll_rights.VOTE in rights
            ],
        )
        .exclude(user=user)
        .exclude(relation__in=[Relation.OWNER, Relation.CO_OWNER])
        .select_related("household__building")
    )
    belongings = [home for home, _rights in homes]
    context = {
        "claims": own[:FOUND],
        "homes": homes,
        "panels": called_panels(registry.Name.HOME_PANELS, belongings=belongings),
        "to_confirm": to_confirm,
        "code_form": CodeForm(),
        "refuse_form": RefuseForm(),
    }
    return render(request, "residents/claims/my_home.html", context)


@require_safe
@login_required
def claim_search(request: HttpRequest) -> HttpResponse:
    """First a compound, then a building, then a room; each a search that needs no script."""
    words = request.GET.get("q", "").strip()[:60]
    unit = unit_by_code(request.GET.get("unit", "")[:40])
    buildings: list[Unit] = []
    homes: list[Household] = []
    if unit is None:
        kinds = [UnitKind.COMPOUND]
        among = Unit.objects.filter(kind__in=kinds)
        buildings = list(matching(words, among).order_by("path_name")[:FOUND]) if words else []
    elif unit.kind == UnitKind.COMPOUND:
        among = matching(words, unit.children.all()) if words else unit.children.all()
        buildings = list(among.order_by("lft")[:200])
    elif unit.kind == UnitKind.BUILDING:
        homes = _rooms(unit, words)
    context = {"q": words, "unit": unit, "found": buildings, "homes": homes}
    return render(request, "residents/claims/search.html", context)


def _rooms(building: Unit, words: str) -> list[Household]:
    if not words:
        return []
    try:
        room = door_part(words, "room", 12)
    except DomainError:
        return []
    return list(Household.objects.filter(building=building, room=room).select_related("building"))


@login_required
@sensitive_post_parameters()
def claim_home(request: HttpRequest, code: str) -> HttpResponse:
    """The last step: how I belong to this home; the letter to the door leads here."""
    user = signed_in(request)
    household = queries.household_by_code(code, Household.objects.all())
    if household is None:
        raise Http404

    def claim(photo: Sequence[Attachment] = (), **body: Any) -> Claim:
        return claims.claim(household=household, papers=photo, **body)

    return use_case_page(
        request,
        partial(ClaimForm, initial={"name": user.name}, today=timezone.localdate()),
        claim,
        done=_("Your claim is sent. The community checks it."),
        back=reverse("residents:my_home"),
        template="residents/claims/home.html",
        household=household,
    )


@require_POST
@login_required
def enter_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of the letter verifies my claim."""
    user = signed_in(request)
    claim = get_object_or_404(Claim, pk=pk, user=user)
    door_codes.use(claim=claim, code=request.POST.get("code", "")[:20], by=user, now=timezone.now())
    messages.success(request, _("Your home is verified."))
    return redirect("residents:my_home")


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes my claim back."""
    claim = _visible(request, pk)
    claims.withdraw(claim=claim, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Your claim is withdrawn."))
    return redirect("residents:my_home")


# --- Deciding --------------------------------------------------------------------------------------


@require_safe
@login_required
def claim_desk(request: HttpRequest) -> HttpResponse:
    """What waits for the community, the newest first, with what the roll says."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_ROLL):
        raise PermissionDenied
    waiting = Claim.objects.visible_to(user).filter(state=ClaimState.WAITING)
    full = waiting.exclude(user=user).select_related("user")
    page = page_by_key(request, full.prefetch_related("papers", _members()))
    rows = [(row, _says_roll(row), id_numbers.mask(row.id_number)) for row in page.rows]
    context = {"page": page, "rows": rows, "form": RefuseForm()}
    return render(request, "residents/claims/desk.html", context)


def _members() -> Prefetch:
    today = queries.with_members(Household.objects.select_related("building"))
    return Prefetch("household", today)


def _says_roll(claim: Claim) -> str:
    """Whether the roll knows the claimant; needs what the desk has prefetched."""
    members = claim.household.members  # type: ignore[attr-defined]  # prefetched
    phone = claim.user.phone_index if claim.user.phone_verified else None
    name_key = compared(claim.name)
    for member in members:
        same_phone = bool(phone) and member.person.phone_index == phone
        if not same_phone and member.person.name_key != name_key:
            continue
        facts = {"relation": member.get_relation_display()}
        if member.person.name_key == name_key and same_phone:
            return _("Name and telephone stand on the roll: %(relation)s") % facts
        if same_phone:
            return _("The telephone stands on the roll under another name: %(relation)s") % facts
        return _("The name stands on the roll, the telephone does not: %(relation)s") % facts
    return _("The roll names other people.") if members else _("The roll names nobody here.")


@require_POST
@login_required
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Verifies a claim."""
    claims.verify(claim=_visible(request, pk), by=signed_in(request), now=timezone.now())
    messages.success(request, _("Verified; the person has the rights of this home now."))
    return _back(request)


@require_POST
@login_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuses a claim with a reason."""
    claims.refuse(
        claim=_visible(request, pk),
        reason=request.POST.get("reason", ""),
        by=signed_in(request),
        now=timezone.now(),
    )
    messages.success(request, _("Refused; the person reads the reason."))
    return _back(request)


def _visible(request: HttpRequest, pk: int) -> Claim:
    claim: Claim = get_object_or_404(Claim.objects.visible_to(signed_in(request), one=True), pk=pk)
    return claim


def _back(request: HttpRequest) -> HttpResponse:
    reads = signed_in(request).has_perm(Permission.VIEW_ROLL)
    return redirect("residents:claim_desk" if reads else "residents:my_home")


# --- Letters ---------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest, code: str) -> HttpResponse:
    """Letters to the doors: of one building at once (POST answers the PDF), of a larger unit ordered."""
    user, now = signed_in(request), timezone.now()
    unit = get_object_or_404(Unit, code=code)
    if not user.has_perm(Permission.KEEP_ROLL, unit):
        raise PermissionDenied
    if request.method == "POST" and unit.kind == UnitKind.BUILDING:
        letters = door_codes.letters(building=unit, by=user, now=now)
        return _pdf(letters, unit.code)
    if request.method == "POST":
        run = letter_runs.order(unit=unit, by=user, now=now)
        return redirect("residents:letter_run", pk=run.pk)
    homes = queries.households_of(unit, Household.objects.visible_to(user))
    runs = LetterRun.objects.visible_to(user).filter(unit=unit, expires_at__gt=now)
    context = {"unit": unit, "count": homes.count(), "runs": runs.order_by("-pk")[:FOUND]}
    return render(request, "residents/claims/letters.html", context)


@require_safe
@login_required
@never_cache
def letter_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an order of letters is, and the sheets that are ready."""
    seen = LetterRun.objects.visible_to(signed_in(request), one=True)
    run = get_object_or_404(seen.select_related("unit"), pk=pk)
    sheets = list(run.sheets.select_related("building").order_by("pk"))
    done = sum(sheet.state != LetterState.WAITING for sheet in sheets)
    context = {"run": run, "sheets": sheets, "done": done, "total": len(sheets)}
    page = "residents/claims/letter_run.html"
    return render(request, f"{page}#progress" if getattr(request, "htmx", None) else page, context)


@require_POST
@login_required
@never_cache
def letter_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One building's letters as a PDF."""
    user = signed_in(request)
    seen = LetterSheet.objects.visible_to(user, one=True).select_related("run", "building")
    sheet = get_object_or_404(seen, pk=pk)
    letters = letter_runs.fetch(sheet=sheet, by=user, now=timezone.now())
    return _pdf(letters, sheet.building.code)


def _pdf(letters: bytes, code: str) -> HttpResponse:
    disposition = content_disposition_header(True, f"{_('Letters to the doors')}-{code}.pdf")
    headers = {"Content-Disposition": str(disposition)}
    return HttpResponse(letters, content_type="application/pdf", headers=headers)
