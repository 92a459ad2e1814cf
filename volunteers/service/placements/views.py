"""Pages of bonds with families, teams sent to communities, and the pool of secretaries-to-be."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.scoping import reach_of
from orgs.units.queries import unit_for
from orgs.web.pages import row_for, use_case_page
from volunteers.service.enums import APPOINTERS, Permission
from volunteers.service.models import SecretaryCandidate, WorkTeam, WorkTeamMember
from volunteers.service.placements import bonds, candidates, queries, work_teams
from volunteers.service.placements.forms import (
    BondForm,
    DayForm,
    ProposeForm,
    RemoveForm,
    SendForm,
    TeamForm,
    TermForm,
)


@require_safe
@login_required
def placements(request: HttpRequest) -> HttpResponse:
    """Which member looks after which family, and which teams are where."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_SERVICE):
        raise PermissionDenied
    keeps = user.has_perm(Permission.KEEP_REPORTINS)
    context = {
        "now": timezone.now(),
        "bonds": list(queries.bonds(user)[:200]),
        "teams": list(queries.teams(user)[:50]),
        "keeps": keeps,
        "communities": queries.places(user, Permission.KEEP_PAIRINGS, UnitKind.COMMUNITY),
    }
    return render(request, "service/placements/placements.html", context)


def _today() -> dict[str, Any]:
    return {"starts": timezone.localdate()}


@login_required
def bond_add(request: HttpRequest) -> HttpResponse:
    """A member takes a family to the heart."""
    user = signed_in(request)
    if not user.has_perm(Permission.KEEP_REPORTINS):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(BondForm, user=user, initial=_today()),
        bonds.bond,
        heading=_("A member looks after a family"),
        submit=_("Write down"),
        done=_("Written down; the family's orders and rings reach this member first."),
        back=reverse("service:placements"),
        refused_field="household",
    )


@login_required
def bond_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a bond."""
    seen = queries.bonds(signed_in(request))
    row = get_object_or_404(seen, pk=pk)
    return use_case_page(
        request,
        partial(DayForm, initial={"on": timezone.localdate()}),
        partial(bonds.end_bond, bond_row=row),
        heading=_("%(name)s no longer looks after the family") % {"name": row.participant.name},
        submit=_("End"),
        done=_("Ended; it stays as history."),
        back=reverse("service:placements"),
    )


@login_required
def team_add(request: HttpRequest, code: str) -> HttpResponse:
    """Sets up a team at a community."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_PAIRINGS)
    return use_case_page(
        request,
        partial(TeamForm, initial=_today()),
        partial(work_teams.found, unit=unit),
        heading=_("A team is sent to %(unit)s") % {"unit": unit.short_name},
        submit=_("Set up"),
        done=_("The team is set up; add who is sent."),
        back=reverse("service:placements"),
    )


def _team(request: HttpRequest, pk: int) -> WorkTeam:
    row: WorkTeam = row_for(request, WorkTeam, pk, Permission.KEEP_PAIRINGS, "unit", at="unit")
    return row


@login_required
def team_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is sent to a team."""
    team = _team(request, pk)
    return use_case_page(
        request,
        partial(SendForm, user=signed_in(request), initial=_today()),
        partial(work_teams.send, team=team),
        heading=_("Who is sent to “%(team)s”") % {"team": team.name},
        submit=_("Send"),
        done=_("In the team."),
        back=reverse("service:placements"),
    )


@login_required
def team_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's time in a team ends."""
    member = row_for(
        request, WorkTeamMember, pk, Permission.KEEP_PAIRINGS, "team__unit", "participant",
        at="team__unit",
    )  # fmt: skip
    return use_case_page(
        request,
        partial(DayForm, initial={"on": timezone.localdate()}),
        partial(work_teams.rotate, member=member),
        heading=_("%(name)s leaves the team") % {"name": member.participant.name},
        submit=_("End"),
        done=_("Ended; it stays as history."),
        back=reverse("service:placements"),
    )


@login_required
def team_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a team."""
    team = _team(request, pk)
    return use_case_page(
        request,
        partial(DayForm, initial={"on": timezone.localdate()}),
        partial(work_teams.end, team=team),
        heading=_("End the team “%(team)s”") % {"team": team.name},
        submit=_("End"),
        done=_("Ended; it stays as history."),
        back=reverse("service:placements"),
    )


# --- The pool --------------------------------------------------------------------------------------


def _appoints(request: HttpRequest) -> bool:
    return bool(reach_of(signed_in(request)).roles & APPOINTERS)


@require_safe
@login_required
def pool(request: HttpRequest) -> HttpResponse:
    """The pool: whoever appoints sees it whole, others what they proposed, or that they are meant."""
    user = signed_in(request)
    rows = list(queries.candidates(user)[:100])
    proposes = user.has_perm(Permission.PROPOSE_SECRETARIES)
    if not rows and not proposes and not _appoints(request):
        raise PermissionDenied
    context = {
        "now": timezone.now(),
        "rows": rows,
        "appoints": _appoints(request),
        "compounds": queries.places(user, Permission.PROPOSE_SECRETARIES, UnitKind.COMPOUND)
        if proposes
        else [],
    }
    return render(request, "service/placements/pool.html", context)


@login_required
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Branch or community proposes a member."""
    user = signed_in(request)
    unit = unit_for(user, code, Permission.PROPOSE_SECRETARIES)
    return use_case_page(
        request,
        partial(ProposeForm, user=user),
        partial(candidates.propose, unit=unit),
        heading=_("Propose a secretary-to-be for %(unit)s") % {"unit": unit.short_name},
        submit=_("Propose"),
        done=_("Proposed; the other side proposes too, and the member is asked."),
        back=reverse("service:pool"),
    )


def _candidate(request: HttpRequest, pk: int) -> SecretaryCandidate:
    row: SecretaryCandidate = get_object_or_404(queries.candidates(signed_in(request)), pk=pk)
    return row


@require_POST
@login_required
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is meant agrees."""
    row = _candidate(request, pk)
    candidates.consent(candidate=row, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Thank you. You may take it back at any time."))
    return redirect("service:pool")


@login_required
def enlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever appoints takes somebody into the pool."""
    row = _candidate(request, pk)
    if not _appoints(request):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(TermForm, initial=_today()),
        partial(candidates.enlist, candidate=row),
        heading=_("Take %(name)s into the pool") % {"name": row.participant.name},
        submit=_("Take in"),
        done=_("In the pool."),
        back=reverse("service:pool"),
    )


@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the pool."""
    row = _candidate(request, pk)
    own = row.participant.account_id == signed_in(request).pk
    if not own and not _appoints(request):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(RemoveForm),
        partial(candidates.remove, candidate=row),
        heading=_("Take %(name)s out of the pool") % {"name": row.participant.name},
        submit=_("Take out"),
        done=_("Out of the pool."),
        back=reverse("service:pool"),
    )
