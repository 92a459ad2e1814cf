"""The desk: the roll with what is unclear, paper ballots, deliveries, proxies, costs."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError, NotAllowed, Refused
from orgs.models import User
from orgs.web.pages import store_files, use_case_button, use_case_page
from orgs.web.refusals import refuse
from orgs.web.unsent.forms import never_kept
from residents.deliberation.enums import (
    BallotState,
    Channel,
    PollObjectionKind,
    PollState,
    Rule,
    VoterKind,
)
from residents.deliberation.models import PaperBallot, Poll, Proxy, RollEntry
from residents.deliberation.polls import queries
from residents.deliberation.polls.box import casting, disputes, opening, paper, proxies
from residents.deliberation.polls.count import costs as cost_list
from residents.deliberation.polls.forms import desk as forms
from residents.deliberation.polls.roll import objections, rolls
from residents.deliberation.polls.views import shared


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Where paper comes in: the number of the entry, what waits, what differs."""
    poll = shared.desk_poll(request, pk)
    form = forms.EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = rolls.find(poll, form.cleaned_data["number"])
        except Refused as error:
            form.add_error("number", error.message)
        else:
            return redirect("deliberation:poll_desk_entry", poll.pk, found.pk)
    waiting = PaperBallot.objects.filter(poll=poll, state=PaperBallot.State.FIRST)
    context = {
        "now": timezone.now(),
        "poll": poll,
        "trail": shared.trail(poll, _("Paper desk")),
        "form": form,
        "waiting": list(waiting.select_related("entry", "first_by").order_by("pk")[:100]),
        "differing": _differing(poll),
        "cast": PaperBallot.objects.filter(poll=poll, state=PaperBallot.State.CAST).count(),
        "proxies": list(
            Proxy.objects.filter(poll=poll, revoked_at=None).select_related("entry")[:200]
        ),
    }
    status = 400 if form.errors else 200
    return render(request, "deliberation/polls/desk.html", context, status=status)


def _differing(poll: Poll) -> list[PaperBallot]:
    found = PaperBallot.objects.filter(poll=poll, state=PaperBallot.State.MISMATCH)
    return list(found.select_related("entry", "first_by", "second_by").order_by("pk")[:100])


def _entry_at_desk(request: HttpRequest, pk: int, entry: int) -> tuple[Poll, RollEntry]:
    """An entry at the desk, which the desk sees whoever's it is."""
    poll = shared.desk_poll(request, pk)
    found = RollEntry.objects.select_related("poll__unit", "person", "successor")
    return poll, get_object_or_404(found, pk=entry, poll=poll, is_void=False)


@never_kept
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk_entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """One entry at the desk: its paper ballot; what the other person entered is not shown."""
    poll, row = _entry_at_desk(request, pk, entry)
    user = signed_in(request)
    form = forms.PaperForm(request.POST or None, request.FILES or None, poll=poll)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        body = store_files(request, form)
        if body is not None:
            try:
                return _enter(request, form, row, body, user)
            except NotAllowed:
                raise
            except DomainError as error:
                refuse(request, form, error)
                status = error.status
    papers = PaperBallot.objects.filter(entry=row).select_related("ballot")
    live = casting.live_ballot(row)
    found = papers.order_by("-pk").first()
    # What was entered once before voting closed is entered the second time afterwards too.
    waits = poll.is_counted and found is not None and found.state == PaperBallot.State.FIRST
    context = {
        "now": timezone.now(),
        "poll": poll,
        "entry": row,
        "parts": list(row.parts.all()),
        "name": queries.NameReader.of(user, poll).name(row),
        "trail": shared.trail(poll, _("Entry %(number)d") % {"number": row.number}),
        "form": form,
        "answers": [form[f"q{question['id']}"] for question in poll.questions],
        "takes_paper": (poll.state == PollState.OPEN or waits)
        and not (found and _is_final(found))
        and not (poll.is_secret or poll.is_held_elsewhere),
        "is_election": poll.rule == Rule.ELECTION and poll.state == PollState.OPEN,
        "turned_out": hasattr(row, "turnout"),
        "paper": found,
        "deliveries": list(row.deliveries.select_related("by")),
        "proxy": row.proxies.filter(revoked_at=None).first(),
        "may_object": poll.is_counted or poll.rule == Rule.LIFT,
        "may_dispute": live is not None
        and poll.state != PollState.PUBLISHED
        and disputes.is_desks(live),
    }
    return render(request, "deliberation/polls/desk_entry.html", context, status=status)


def _is_final(row: PaperBallot) -> bool:
    """Whether no other paper is entered after this one."""
    if row.ballot is None:
        return row.state == PaperBallot.State.MISMATCH
    return (row.ballot.state, row.ballot.channel) == (BallotState.LIVE, Channel.PAPER)


def _enter(
    request: HttpRequest,
    form: forms.PaperForm,
    row: RollEntry,
    body: dict[str, Any],
    user: User,
) -> HttpResponse:
    entered = paper.enter(
        entry=row,
        choices=form.choices,
        by=user,
        now=timezone.now(),
        scan=body["scan"],
        by_proxy=body["by_proxy"],
    )
    state = PaperBallot.State(entered.state)
    if state == PaperBallot.State.MISMATCH:
        messages.warning(
            request, _("The two entries of this ballot differ: a third person looks at it.")
        )
    else:
        messages.success(request, _SENTENCES[state]())
    return redirect("deliberation:poll_desk", row.poll_id)


_SENTENCES = {
    PaperBallot.State.FIRST: lambda: _("Entered. Somebody else enters it a second time."),
    PaperBallot.State.CAST: lambda: _("Both entries agree: the ballot is in the box."),
    PaperBallot.State.REFUSED: lambda: _("The voter's other ballot counts, as announced."),
}


@login_required
def deliver(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Writes down how a ballot or notice reached a voter."""
    poll, row = _entry_at_desk(request, pk, entry)
    back = reverse("deliberation:poll_desk_entry", args=[poll.pk, row.pk])
    return use_case_page(
        request,
        forms.DeliveryForm,
        partial(rolls.deliver, entry=row),
        heading=_("Delivery to entry %(number)d") % {"number": row.number},
        done=_("The delivery is written down."),
        back=back,
        trail=shared.trail(poll, _("Delivery")),
    )


@login_required
def give_proxy(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Enters a written power of attorney."""
    poll, row = _entry_at_desk(request, pk, entry)
    back = reverse("deliberation:poll_desk_entry", args=[poll.pk, row.pk])

    def call(holder: str, **body: Any) -> Proxy:
        named = proxies.holder_named(row, holder, column="number")
        return proxies.give(entry=row, holder=named, **body)

    return use_case_page(
        request,
        forms.ProxyForm,
        call,
        heading=_("Proxy of entry %(number)d") % {"number": row.number},
        done=_("The proxy is entered; it counts once it is cast."),
        back=back,
        trail=shared.trail(poll, _("Proxy")),
    )


@require_POST
@login_required
def revoke_proxy(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Takes a power of attorney back that was not used."""
    poll, row = _entry_at_desk(request, pk, entry)
    held = row.proxies.filter(revoked_at=None).select_related("poll__unit")
    proxy = get_object_or_404(held)
    return use_case_button(
        request,
        partial(proxies.revoke, proxy=proxy),
        done=_("The proxy is taken back."),
        back=reverse("deliberation:poll_desk_entry", args=[poll.pk, row.pk]),
    )


@require_POST
@login_required
def turn_out(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Writes down that somebody voted in an election."""
    poll, row = _entry_at_desk(request, pk, entry)
    return use_case_button(
        request,
        partial(proxies.record_turnout, entry=row, by_proxy="by_proxy" in request.POST),
        done=_("Turnout is written down."),
        back=reverse("deliberation:poll_desk", args=[poll.pk]),
    )


# --- What a voter says at the desk -----------------------------------------------------------------


def _said_at_desk(
    request: HttpRequest, poll: Poll, row: RollEntry, form: Any, call: Any, heading: str, done: str
) -> HttpResponse:
    return use_case_page(
        request,
        form,
        call,
        heading=heading,
        done=done,
        back=reverse("deliberation:poll_desk_entry", args=[poll.pk, row.pk]),
        trail=shared.trail(poll, heading),
    )


@login_required
def contest_for(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Enters what a voter says is wrong with their row of the roll."""
    poll, row = _entry_at_desk(request, pk, entry)
    return _said_at_desk(
        request, poll, row,
        forms.HouseholdReasonForm if row.kind == VoterKind.HOUSEHOLD else forms.ReasonForm,
        partial(objections.contest, entry=row, at_desk=True),
        _("The voter of entry %(number)d says something is wrong") % {"number": row.number},
        _("It is on record for the voter; the answer comes before voting opens."),
    )  # fmt: skip


@login_required
def object_for(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Enters a voter's objection to the result, or to a lift, under the voter's name."""
    poll, row = _entry_at_desk(request, pk, entry)
    kind = PollObjectionKind.LIFT if poll.rule == Rule.LIFT else PollObjectionKind.RESULT
    return _said_at_desk(
        request, poll, row,
        forms.HouseholdObjectionForm if row.kind == VoterKind.HOUSEHOLD else forms.ObjectionForm,
        partial(objections.object_to, poll=poll, kind=kind, voter=row),
        _("Objection of entry %(number)d") % {"number": row.number},
        _("It is on record under the voter's name; the answer appears on the vote's page."),
    )  # fmt: skip


@login_required
def dispute_for(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Enters that a voter says of the ballot in their name that it was not theirs."""
    poll, row = _entry_at_desk(request, pk, entry)
    ballot = casting.live_ballot(row)
    if ballot is None:
        messages.warning(request, _("No ballot counts for this entry."))
        return redirect("deliberation:poll_desk_entry", poll.pk, row.pk)
    return _said_at_desk(
        request, poll, row, forms.DisputeForm,
        partial(disputes.dispute, ballot=ballot, at_desk=True),
        _("The voter of entry %(number)d says: this was not me") % {"number": row.number},
        _("The ballot is set aside; the street or a supervisor looks into it."),
    )  # fmt: skip


@never_kept
@login_required
def settle(request: HttpRequest, pk: int, paper_pk: int) -> HttpResponse:
    """A third person says what a paper shows on which two differ."""
    poll = shared.desk_poll(request, pk)
    differing = PaperBallot.objects.filter(poll=poll, state=PaperBallot.State.MISMATCH)
    row = get_object_or_404(differing.select_related("poll__unit", "entry", "scan"), pk=paper_pk)
    if signed_in(request).pk in (row.first_by_id, row.second_by_id):
        raise PermissionDenied

    def call(**body: Any) -> PaperBallot:
        body.pop("seen", None)
        choices = {question["id"]: body.pop(f"q{question['id']}") for question in poll.questions}
        return paper.settle(paper=row, choices=choices, **body)

    differences = [
        (text, opening.words(first), opening.words(second))
        for text, first, second in paper.differences(row)
    ]
    return use_case_page(
        request,
        partial(forms.SettlePaperForm, poll=poll),
        call,
        heading=_("Paper ballot of entry %(number)d") % {"number": row.entry.number},
        submit=_("This is what the paper says"),
        done=_("The ballot is in the box as you read it."),
        back=reverse("deliberation:poll_desk", args=[poll.pk]),
        trail=shared.trail(poll, _("Two entries differ")),
        template="deliberation/polls/settle.html",
        paper=row,
        differences=differences,
    )


# --- Costs -----------------------------------------------------------------------------------------


@require_safe
@login_required
def costs(request: HttpRequest, pk: int) -> HttpResponse:
    """What each flat pays of an amount; of a lift only those who agreed pay, and own it."""
    poll = shared.watched_poll(request, pk)
    form = forms.CostForm(request.GET or None)
    rows: list[cost_list.CostRow] = []
    problem = ""
    if form.is_valid():
        rows, problem = cost_list.rows(poll, **form.cleaned_data)
    context = {
        "poll": poll,
        "trail": shared.trail(poll, _("Share the costs")),
        "form": form,
        "rows": rows,
        "problem": problem,
        "total": cost_list.in_yuan(sum(row.amount for row in rows)),
    }
    return render(request, "deliberation/polls/costs.html", context)
