"""Pages of proxy help: rings, teams, pairs, consents."""

from functools import partial
from typing import Any

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.units.queries import unit_for
from orgs.web.pages import row_for, trail, use_case_page
from orgs.web.paging import page_by_key
from orgs.workflow.views import ActView, open_steps
from volunteers.service.enums import Permission, RingState
from volunteers.service.models import CloudPair, ProxyConsent, ProxyTeam, ProxyTeamMember, Ring
from volunteers.service.orders.around import ORDER_PLACES
from volunteers.service.orders.contact_page import contact_fields, reveal_on
from volunteers.service.orders.queries import places_of
from volunteers.service.proxies import consents, forms, queries, rings, teams
from volunteers.service.proxies.specification import SPECIFICATIONS
from volunteers.service.proxies.workflow import WORKFLOW, bound_until, sentence

TAGS = {
    RingState.RINGING: "tag-amber",
    RingState.RETURNED: "tag-red",
    RingState.TAKEN: "tag-blue",
    RingState.DONE: "tag-green",
}


@require_safe
@login_required
def ring_list(request: HttpRequest) -> HttpResponse:
    """One's own rings; for teams and bound members those to answer; for the desk all that are open."""
    user = signed_in(request)
    tabs = _tabs(user)
    view = request.GET.get("view", next(iter(tabs)))
    view = view if view in tabs else next(iter(tabs))
    page = page_by_key(request, _rows(view, user))
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": [(row, TAGS.get(RingState(row.state), "")) for row in page.rows],
        "view": view,
        "tabs": list(tabs.items()),
    }
    return render(request, "service/proxies/list.html", context)


def _tabs(user: User) -> dict[str, str]:
    tabs: dict[str, str] = {}
    if user.has_perm(Permission.HELP_RESIDENTS):
        tabs |= {"open": _("Under way"), "all": _("All")}
    if queries.helps(user) or queries.to_answer(user).exists():
        tabs |= {"answer": _("To answer"), "taken": _("Taken by me")}
    return tabs | {"mine": _("My rings")}


def _rows(view: str, user: User) -> QuerySet[Ring]:
    rows = {
        "open": queries.open_rings,
        "all": queries.rings,
        "answer": queries.to_answer,
        "taken": queries.taken_by,
        "mine": queries.rung_by,
    }
    return rows[view](user)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Rings for help for oneself."""
    user = signed_in(request)
    places = places_of(user)
    initial = {"unit": places[0].code if places else ""}
    return use_case_page(
        request,
        partial(forms.RingForm, places=places, initial=initial),
        rings.ring,
        heading=_("Ring for help"),
        submit=_("Ring"),
        done=_("It rings: the member bound to your home hears it first, then the team."),
        back=reverse("service:rings"),
        then=address_of,
        template="service/proxies/add.html",
        places=places,
    )


@login_required
def add_for(request: HttpRequest, code: str) -> HttpResponse:
    """The desk rings for somebody who comes or calls."""
    user = signed_in(request)
    unit = unit_for(user, code, Permission.HELP_RESIDENTS)
    if unit.kind not in ORDER_PLACES:
        raise Http404
    heading = _("Ring for help for somebody")
    return use_case_page(
        request,
        partial(forms.DeskRingForm, user=user),
        partial(rings.ring, unit=unit),
        heading=heading,
        submit=_("Ring"),
        done=_("It rings; how the person agreed is kept with it."),
        back=reverse("service:rings"),
        then=address_of,
        trail=trail(unit, heading),
    )


def address_of(row: Ring) -> str:
    """The page of a ring."""
    return reverse("service:ring", args=[row.pk])


@require_safe
@login_required
def ring(request: HttpRequest, pk: int) -> HttpResponse:
    """One ring: where it stands, what the reader may know and do."""
    return _page(request, _find(request, pk))


@require_POST
@never_cache
@login_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the contact in clear, once, for a purpose that is kept."""
    return reveal_on(_page, request, _find(request, pk))


def _page(request: HttpRequest, row: Ring, *, status: int = 200, **more: Any) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    sees_words = queries.sees_words(row, user)
    buttons = open_steps(RingActView, row, user, now, "service:ring_act")
    until = bound_until(row)
    entries = row.entries.select_related("by").order_by("-pk") if sees_words else []
    context = {
        "now": now,
        "row": row,
        "tag": TAGS.get(RingState(row.state), ""),
        "sees_words": sees_words,
        "bound_alone": until if until and until > now else None,
        "entries": [(entry, _label(entry.action), sentence(entry)) for entry in entries],
        "buttons": [one for one in buttons if not one["is_next"]],
        "next_buttons": [one for one in buttons if one["is_next"]],
        **contact_fields(row, user, "service:ring_reveal"),
        "trail": [(_("Proxy help"), reverse("service:rings")), (row.matter[:20], "")],
    } | more
    return render(request, "service/proxies/ring.html", context, status=status)


def _label(action: str) -> str:
    return capfirst(next(str(one.label) for one in SPECIFICATIONS if one.value == action))


class RingActView(ActView):
    """One step with a ring."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "components/form_page.html"

    def get_object(self) -> Ring:
        return _find(self.request, self.kwargs["pk"])

    def page_of(self, row: Ring) -> str:
        return address_of(row)


def _find(request: HttpRequest, pk: int) -> Ring:
    seen = Ring.objects.visible_to(signed_in(request), one=True)
    row: Ring = get_object_or_404(queries.whole(seen), pk=pk)
    return row


# --- Teams, pairs, consents ----------------------------------------------------------------------------


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Teams, pairs and consents of one's places, and how much went without a trip (零跑、一次办)."""
    user = signed_in(request)
    if not user.has_perm(Permission.HELP_RESIDENTS):
        raise PermissionDenied
    keeps = user.has_perm(Permission.KEEP_TEAMS)
    context = {
        "now": timezone.now(),
        "teams": list(queries.teams(user)[:100]),
        "pairs": list(queries.pairs(user)[:100]),
        "consents": list(queries.consents(user)[:100]),
        "counted": rings.counted(Ring.objects.visible_to(user)),
        "keeps": keeps,
        "weekdays": dict(forms.WEEKDAYS),
    }
    return render(request, "service/proxies/desk.html", context)


@login_required
def team_add(request: HttpRequest, code: str) -> HttpResponse:
    """Sets up the team of a place."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_TEAMS)
    heading = _("Set up a team of proxy help")
    return use_case_page(
        request,
        forms.TeamForm,
        partial(teams.found, unit=unit),
        heading=heading,
        submit=_("Set up"),
        done=_("The team is set up; add its members."),
        back=reverse("service:proxy_desk"),
        trail=trail(unit, heading),
    )


@login_required
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes somebody into a team."""
    team = row_for(request, ProxyTeam, pk, Permission.KEEP_TEAMS, "unit", at="unit")
    return use_case_page(
        request,
        forms.MemberForm,
        partial(teams.add_member, team=team),
        heading=_("Who joins “%(team)s”") % {"team": team.name},
        submit=_("Add"),
        done=_("In the team; rings of its place come to the phone."),
        back=reverse("service:proxy_desk"),
    )


@login_required
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends that somebody is in a team."""
    member = row_for(
        request, ProxyTeamMember, pk, Permission.KEEP_TEAMS, "team__unit", "participant",
        at="team__unit",
    )  # fmt: skip
    return use_case_page(
        request,
        django_forms.Form,
        partial(teams.end_member, member=member),
        heading=_("%(name)s leaves the team") % {"name": member.participant.name},
        submit=_("End"),
        done=_("Ended; the history is kept."),
        back=reverse("service:proxy_desk"),
    )


@login_required
def pair_add(request: HttpRequest, code: str) -> HttpResponse:
    """Pairs a volunteer with a government helper."""
    unit = unit_for(signed_in(request), code, Permission.KEEP_TEAMS)
    heading = _("Pair a volunteer with a government helper")
    return use_case_page(
        request,
        forms.PairForm,
        partial(teams.pair, unit=unit),
        heading=heading,
        submit=_("Pair"),
        done=_("Paired; the volunteer can ask the helper along."),
        back=reverse("service:proxy_desk"),
        trail=trail(unit, heading),
    )


@login_required
def pair_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a pair."""
    row = row_for(request, CloudPair, pk, Permission.KEEP_TEAMS, "unit", at="unit")
    return use_case_page(
        request,
        django_forms.Form,
        partial(teams.end_pair, pair=row),
        heading=_("The pair ends"),
        submit=_("End"),
        done=_("Ended; the history is kept."),
        back=reverse("service:proxy_desk"),
    )


@login_required
def consent_add(request: HttpRequest) -> HttpResponse:
    """Records that somebody lets another act for them."""
    user = signed_in(request)
    if not user.has_perm(Permission.HELP_RESIDENTS):
        raise PermissionDenied
    return use_case_page(
        request,
        partial(forms.ConsentForm, user=user),
        consents.record,
        heading=_("Somebody agrees to be helped"),
        submit=_("Record"),
        done=_("Recorded; until that day the helper orders and rings for them."),
        back=reverse("service:proxy_desk"),
    )


@login_required
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a consent at once."""
    seen = ProxyConsent.objects.visible_to(signed_in(request), one=True)
    row = get_object_or_404(seen.select_related("person"), pk=pk)
    return use_case_page(
        request,
        django_forms.Form,
        partial(consents.withdraw, consent=row),
        heading=_("Withdraw the consent?"),
        submit=_("Withdraw"),
        done=_("Withdrawn; nobody acts under it any more."),
        back=reverse("service:rings"),
    )
