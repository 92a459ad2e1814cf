"""The roll on pages: reading it, what is unclear, who votes for a flat, what changed since."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.values import phones
from orgs.web.pages import use_case_button, use_case_page
from orgs.web.paging import key_of
from residents.deliberation.models import VoterChoice
from residents.deliberation.polls import queries
from residents.deliberation.polls.forms import desk as forms
from residents.deliberation.polls.roll import rolls
from residents.deliberation.polls.views import shared
from residents.models import Belonging

if TYPE_CHECKING:
    from orgs.models import User

ROLL_PAGE = 100


@require_safe
@login_required
def roll_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The roll: all of it for who watches the poll (the unclear first), one's own rows for others."""
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    watches = queries.watches(user, poll)
    entries = queries.entries(user, poll)
    after = key_of(request.GET.get("after")) or 0
    rows = list(entries.filter(number__gt=after)[: ROLL_PAGE + 1])
    reader = queries.NameReader.of(user, poll)
    context = {
        "now": timezone.now(),
        "poll": poll,
        "trail": shared.trail(poll, _("The roll")),
        "watches": watches,
        "at_desk": user.has_perm("deliberation.desk_poll", poll),
        "rows": [(row, reader.name(row)) for row in rows[:ROLL_PAGE]],
        "next": f"?after={rows[ROLL_PAGE - 1].number}" if len(rows) > ROLL_PAGE else "",
        "unclear": list(entries.exclude(doubt="").filter(decision="")[:200]) if watches else [],
        "changed": list(rolls.changed_owners(poll)[:200]) if watches and poll.opened_at else [],
    }
    return render(request, "deliberation/polls/roll.html", context)


@login_required
def decide_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Writes down how an unclear entry was decided."""
    poll = shared.desk_poll(request, pk)
    row = shared.entry_or_404(request, poll, entry)
    back = reverse("deliberation:poll_roll", args=[poll.pk])
    return use_case_page(
        request,
        forms.DecideEntryForm,
        partial(rolls.decide, entry=row),
        heading=_("Entry %(number)d: %(doubt)s")
        % {"number": row.number, "doubt": row.get_doubt_display()},
        done=_("The decision stands on the roll."),
        back=back,
        trail=shared.trail(poll, _("Unclear entry")),
    )


@require_POST
@login_required
def entry_act(request: HttpRequest, pk: int, entry: int, action: str) -> HttpResponse:
    """One click with an entry: its own part is taken by the lift; its unused vote passes on."""
    poll = shared.desk_poll(request, pk)
    row = shared.entry_or_404(request, poll, entry)
    if action == "veto":
        call = partial(rolls.mark_veto, entry=row, has_veto=not row.has_veto)
    else:
        call = partial(rolls.pass_to_buyer, entry=row)
    return use_case_button(
        request,
        call,
        done=_("It is written down."),
        back=reverse("deliberation:poll_roll", args=[poll.pk]),
    )


@login_required
def choose_voter(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Writes down whom the co-owners of a flat chose to vote."""
    poll = shared.desk_poll(request, pk)
    row, user = shared.entry_or_404(request, poll, entry), signed_in(request)
    owners = {f"{one.household_id}:{one.person_id}": one for one in rolls.possible_voters(row)}
    in_full = queries.NameReader.of(user, poll).in_full

    def call(choice: str, separate: bool, by: "User", now: datetime) -> VoterChoice:
        chosen = owners[choice]
        return rolls.choose_voter(
            poll=poll, household=chosen.household, person=chosen.person, separate=separate,
            by=by, now=now,
        )  # fmt: skip

    def label(one: Belonging) -> str:
        name = one.person.name if in_full else phones.mask_name(one.person.name)
        return f"{one.household.building.name} {one.household.door} · {name} · {one.get_relation_display()}"

    return use_case_page(
        request,
        partial(forms.VoterForm, choices=[(key, label(one)) for key, one in owners.items()]),
        call,
        heading=_("Who votes for entry %(number)d") % {"number": row.number},
        done=_("It is written down; the roll is drawn up anew."),
        back=reverse("deliberation:poll_roll", args=[poll.pk]),
        trail=shared.trail(poll, _("Choose the voter")),
    )
