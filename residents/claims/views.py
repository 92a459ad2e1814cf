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
from django.utils import formats, timezone
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
from orgs.units.queries import unit_by_code
from orgs.values.names import compared
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from orgs.web.panels import called_panels
from orgs.web.refusals import audit_refusal
from residents.claims import claims, door_codes, door_letters, finding, leaving, letter_runs
from residents.claims.forms import ClaimForm, CodeForm, LeaveForm, RefuseForm
from residents.enums import OWNING, ClaimState, LetterState, Permission, Relation
from residents.models import Claim, Household, LetterRun, LetterSheet
from residents.privacy import unmasking
from residents.roll import queries
from residents.roll import rights as roll_rights
from residents.roll.values import id_numbers

FOUND = 30


@require_safe
@login_required
def my_home(request: HttpRequest) -> HttpResponse:
    """Where I belong, what I claimed and how it stands, what I may confirm as an owner."""
    return _my_home(request)


def _my_home(
    request: HttpRequest, wrong: dict[int, tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    """The page; `wrong` has, by claim, the code that was entered and what was wrong with it."""
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
    mine = list(own[:FOUND])
    waiting = [claim for claim in mine if claim.state == ClaimState.WAITING]
    phones = door_letters.community_phones(claim.household.building for claim in waiting)
    context = {
        "claims": mine,
        "own_claims": [_own_claim(claim, wrong or {}, phones) for claim in mine],
        "homes": homes,
        "panels": called_panels(registry.Name.HOME_PANELS, belongings=belongings),
        "to_confirm": to_confirm,
        "relations": (),
        "now": timezone.now(),
        "code_form": CodeForm(),
        "refuse_form": RefuseForm(),
    }
    return render(request, "residents/claims/my_home.html", context, status=status)


def _own_claim(
    claim: Claim, wrong: dict[int, tuple[str, str]], phones: dict[int, str]
) -> dict[str, Any]:
    """A claim as its claimant reads it: when it is checked, whom to call, what was wrong with a code."""
    code, error = wrong.get(claim.pk, ("", ""))
    return {
        "claim": claim,
        "due": claims.due(claim.made_at),
        "phone": phones.get(claim.household.building_id, ""),
        "code": code,
        "error": error,
    }


@require_safe
@login_required
def claim_search(request: HttpRequest) -> HttpResponse:
    """First a compound, then a building, then a door; whatever was typed of it leads on at once."""
    words = request.GET.get("q", "").strip()[:60]
    unit = unit_by_code(request.GET.get("unit", "")[:40])
    if unit and unit.kind not in (UnitKind.COMPOUND, UnitKind.BUILDING):
        raise Http404
    found = finding.find(words, unit)
    context = {
        "q": words,
        "unit": unit,
        "found": found.units,
        "doors": found.doors,
        "names_no_place": unit is None and not finding.read(words).place,
    }
    return render(request, "residents/claims/search.html", context)


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

    invited = request.GET.get("as", "")
    initial = {"name": user.name} | ({"relation": invited} if invited in Relation.values else {})
    return use_case_page(
        request,
        partial(ClaimForm, initial=initial, today=timezone.localdate()),
        claim,
        done=_("Your claim is sent. The community checks it by %(day)s.")
        % {"day": formats.date_format(claims.due(timezone.now()), "MONTH_DAY_FORMAT")},
        is_second=claims.has_somebody(household, user),
        phone=door_letters.community_phone(household.building),
        back=reverse("residents:my_home"),
        template="residents/claims/home.html",
        household=household,
    )


@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """“I moved away”, “the flat is sold”: one's own belonging ends."""
    own = roll_rights.verified_belongings(signed_in(request))
    belonging = get_object_or_404(own, pk=pk)
    return use_case_page(
        request,
        partial(LeaveForm, owns=Relation(belonging.relation) in OWNING),
        partial(leaving.leave, belonging=belonging),
        heading=_("I belong to %(home)s no longer") % {"home": belonging.household},
        submit=_("Yes, end it today"),
        done=_("Ended. The history stays with the community, which is told."),
        back=reverse("residents:my_home"),
    )


@require_safe
@login_required
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """What an owner sends to the family: an address that leads to the claim, and its picture."""
    user = signed_in(request)
    belonging = get_object_or_404(roll_rights.verified_belongings(user), pk=pk)
    if Relation(belonging.relation) not in OWNING:
        raise Http404
    household = belonging.household
    path = reverse("residents:claim_home", args=[household.code])
    links = [
        (relation.label, request.build_absolute_uri(f"{path}?as={relation.value}"))
        for relation in (Relation.FAMILY, Relation.CO_OWNER, Relation.TENANT)
    ]
    context = {"household": household, "links": links}
    return render(request, "residents/claims/invite.html", context)


@login_required
def enter_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of the letter verifies my claim; whoever opens the address again finds the form."""
    if request.method != "POST":
        return redirect("residents:my_home")
    user = signed_in(request)
    claim = get_object_or_404(Claim, pk=pk, user=user)
    code = request.POST.get("code", "")[:20]
    try:
        door_codes.use(claim=claim, code=code, by=user, now=timezone.now())
    except DomainError as refusal:
        audit_refusal(request, refusal)
        wrong = {claim.pk: (code, refusal.message)}
        return _my_home(request, wrong, status=refusal.status)
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
    context = {"page": page, "rows": rows, "form": RefuseForm(), "relations": Relation.choices}
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


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos of papers of a claim, once they were opened (POST), which is recorded."""
    claim, user, now = _visible(request, pk), signed_in(request), timezone.now()
    if not unmasking.may_open_papers(user, claim):
        raise PermissionDenied
    if request.method == "POST":
        unmasking.record_papers(claim=claim, by=user, now=now)
        return redirect("residents:claim_papers", pk=pk)
    is_open = unmasking.papers_are_open(claim, user, now)
    context = {"claim": claim, "papers": claim.papers.all() if is_open else ()}
    return render(request, "residents/claims/papers.html", context)


@require_POST
@login_required
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Verifies a claim, perhaps as another relation, or with a change of the owner."""
    relation = request.POST.get("relation", "")
    claims.verify(
        claim=_visible(request, pk),
        relation=Relation(relation) if relation in Relation.values else None,
        changes_owner=bool(request.POST.get("changes_owner")),
        by=signed_in(request),
        now=timezone.now(),
    )
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
    context["phone"] = door_letters.community_phone(unit)
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
