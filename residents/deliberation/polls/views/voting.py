"""Voters' pages: the ballot, what was cast, disputing it, contesting a row, objections, the board."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.api.problems import early_problem
from orgs.errors import DomainError, NotAllowed
from orgs.models import User
from orgs.values import qr
from orgs.web.pages import use_case_page
from orgs.web.paging import key_of
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.unsent.forms import never_kept
from residents.deliberation.enums import (
    BallotState,
    ChangePolicy,
    PollObjectionKind,
    PollState,
    Rule,
)
from residents.deliberation.models import Ballot, Dispute, Poll, PollObjection, RollEntry
from residents.deliberation.polls import poll_settings, queries, questions
from residents.deliberation.polls.box import casting, chain, disputes, opening
from residents.deliberation.polls.count import tallies
from residents.deliberation.polls.forms import desk as forms
from residents.deliberation.polls.roll import objections, rolls
from residents.deliberation.polls.views import shared

# Ballots of the chain on its page, and how many later ones stand above a number that is looked for.
SHOWN, AROUND = 20, 3


@never_kept
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def vote(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """The ballot of one entry: one screen, one act. It is never refreshed while it is filled."""
    poll, user, now = shared.poll_or_404(request, pk), signed_in(request), timezone.now()
    row = shared.entry_or_404(request, poll, entry)
    way = casting.way_of(row, user)
    if way is None:
        raise PermissionDenied
    if poll.state != PollState.OPEN or poll.is_held_elsewhere:
        if request.method == "POST":
            messages.warning(request, _not_now(poll))
        return redirect(shared.address(poll))
    live, status = casting.live_ballot(row), 200
    # Not before a cast, which asks the same under the lock.
    if request.method != "POST" and (refusal := casting.why_not_now(row, live, way[0], now)):
        messages.warning(request, refusal)
        return redirect(shared.address(poll))
    is_stale = False
    if request.method == "POST":
        form, status = forms.BallotForm(request.POST, poll=poll), 400
        if form.is_valid():
            try:
                seen = form.cleaned_data["seen"]
                ballot = casting.cast(entry=row, choices=form.choices, by=user, now=now, seen=seen)
            except NotAllowed:
                raise
            except DomainError as error:
                # A second tap on the button: the vote is in.
                if error.code == "stale" and (same := _same_ballot(row, form.choices, user)):
                    return redirect("deliberation:poll_receipt", poll.pk, same.i)
                refuse(request, form, error)
                status = error.status
                if error.code == "stale" and not casting.why_not_now(row, live, way[0], now):
                    # The next tap is meant: it comes after the ballot that this page now names.
                    form.data = shown = request.POST.copy()
                    shown["seen"] = str(live.i if live else 0)
                    is_stale = True
            else:
                return redirect("deliberation:poll_receipt", poll.pk, ballot.i)
    else:
        if way[1] is None:
            rolls.opened_online(row, user, now)
        form = forms.BallotForm(poll=poll, initial=_initial(poll, live))
    context = {
        "poll": poll,
        "entry": row,
        "form": form,
        "answers": [form[f"q{question['id']}"] for question in poll.questions],
        "proxy": way[1],
        "is_change": live is not None,
        "is_stale": is_stale,
        "is_final": poll_settings.of(poll).change_policy == ChangePolicy.NONE,
        "back": shared.address(poll),
    }
    return render(request, "deliberation/polls/vote.html", context, status=status)


def _not_now(poll: Poll) -> str:
    if poll.is_held_elsewhere:
        return _("This is not voted on here.")
    is_over = poll.state in (PollState.CLOSED, PollState.PUBLISHED)
    return _("Voting is closed.") if is_over else _("Voting has not opened.")


def _same_ballot(entry: RollEntry, choices: Any, user: User) -> Ballot | None:
    """The ballot that counts, if the user cast it and it says the same; none of a secret poll, which
    would tell who asks what was chosen.
    """
    live, poll = casting.live_ballot(entry), entry.poll
    if live is None or live.by_id != user.pk or poll.is_secret:
        return None
    chosen = questions.choices(poll.questions, choices)
    return live if live.choices == chain.canonical(chosen) else None


def _initial(poll: Any, live: Ballot | None) -> dict[str, Any]:
    """What was chosen before; a secret poll shows it to nobody, not even here."""
    values: dict[str, Any] = {"seen": live.i if live else 0}
    if live is not None and not poll.is_secret:
        for key, choice in json.loads(live.choices).items():
            question = poll.question(key)
            single = isinstance(choice, list) and question["kind"] == "single"
            values[f"q{key}"] = (choice or [""])[0] if single else choice
    return values


@require_safe
@login_required
def receipt(request: HttpRequest, pk: int, i: int) -> HttpResponse:
    """The vote is in the box; how to check it is folded away underneath."""
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    ballot = opening.own_ballot(poll, i, user)
    if ballot is None:
        raise Http404
    given = casting.receipt_of(ballot, is_secret=poll.is_secret)
    text = json.dumps(
        {"poll": poll.pk, "i": given.i, "hash": given.hash, "nonce": given.nonce},
        separators=(",", ":"),
    )
    context = {
        "now": timezone.now(),
        "poll": poll,
        "ballot": ballot,
        "receipt": given,
        "code": qr.svg(text),
        "chosen": [] if poll.is_secret else opening.in_words(poll, ballot),
        "may_change": _may_change(poll, ballot, user),
        "back": shared.address(poll),
        "trail": shared.trail(poll, _("My vote")),
    }
    return render(request, "deliberation/polls/receipt.html", context)


def _may_change(poll: Poll, ballot: Ballot, user: User) -> bool:
    if poll.state != PollState.OPEN or ballot.state != BallotState.LIVE:
        return False
    way = casting.way_of(ballot.entry, user)
    return way is not None and not casting.why_not_now(ballot.entry, ballot, way[0], timezone.now())


@login_required
def dispute(request: HttpRequest, pk: int, i: int) -> HttpResponse:
    """“This was not me”."""
    poll = shared.poll_or_404(request, pk)
    ballot = opening.own_ballot(poll, i, signed_in(request), as_voter=True)
    if ballot is None:
        raise Http404
    days = poll_settings.of(poll).dispute_days
    return use_case_page(
        request,
        forms.ReasonForm,
        partial(disputes.dispute, ballot=ballot),
        heading=_("This was not me"),
        submit=_("Set this ballot aside"),
        done=_("The ballot is set aside; it is looked into within %(days)d days.") % {"days": days},
        back=shared.address(poll),
        trail=shared.trail(poll, _("This was not me")),
        template="deliberation/polls/dispute_new.html",
        days=days,
    )


@login_required
def decide_dispute(request: HttpRequest, pk: int, i: int) -> HttpResponse:
    """The street or a supervisor decides whether a disputed ballot counts."""
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    if not disputes.may_judge(user, poll):
        if queries.watches(user, poll):
            raise PermissionDenied
        raise Http404
    row = get_object_or_404(
        Dispute.objects.select_related(
            "paper", "ballot__entry__person", "ballot__entry__successor"
        ),
        ballot__poll=poll,
        ballot__i=i,
    )
    return use_case_page(
        request,
        forms.DecideDisputeForm,
        partial(disputes.decide, dispute=row),
        heading=_("Ballot %(number)d in dispute") % {"number": i},
        submit=pgettext("what is contested", "Decide"),
        done=_("Decided; it stands on the record."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("Ballot in dispute")),
        template="deliberation/polls/dispute.html",
        dispute=row,
        name=queries.NameReader.of(user, poll).name(row.ballot.entry),
        # Nobody learns how votes stand before voting is closed.
        flips=tallies.disputes_would_flip(poll) if poll.is_counted else None,
        now=timezone.now(),
    )


# --- The roll as a voter sees it, objections -------------------------------------------------------


@login_required
def contest(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Contests an entry of the roll before it is frozen."""
    poll = shared.poll_or_404(request, pk)
    row = shared.entry_or_404(request, poll, entry)
    return use_case_page(
        request,
        forms.ReasonForm,
        partial(objections.contest, entry=row),
        heading=_("Something is wrong with my row"),
        submit=_("Send"),
        done=_("Thank you. You are told what came of it before voting opens."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("Something is wrong with my row")),
    )


@login_required
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Objects to the result, or to a lift, under one's name."""
    poll = shared.poll_or_404(request, pk)
    if not objections.concerns(signed_in(request), poll):
        raise PermissionDenied
    kind = PollObjectionKind.LIFT if poll.rule == Rule.LIFT else PollObjectionKind.RESULT
    return use_case_page(
        request,
        forms.ObjectionForm,
        partial(objections.object_to, poll=poll, kind=kind),
        heading=_("Object"),
        submit=_("Send under my name"),
        done=_("Your objection is on record with your name; the answer appears on this page."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("Object")),
    )


@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Settles an objection, or leaves it on the record."""
    seen = PollObjection.objects.visible_to(signed_in(request), one=True)
    objection = get_object_or_404(seen.select_related("poll__unit", "entry"), pk=pk)
    poll = objection.poll
    if not objections.may_answer(signed_in(request), poll):
        raise PermissionDenied
    return use_case_page(
        request,
        forms.AnswerForm,
        partial(objections.answer, objection=objection),
        heading=_("Answer an objection"),
        submit=_("Answer"),
        done=_("The answer stands beside the objection."),
        back=shared.address(poll),
        trail=shared.trail(poll, _("Answer an objection")),
        template="deliberation/polls/answer.html",
        objection=objection,
        now=timezone.now(),
    )


# --- The board -------------------------------------------------------------------------------------


@require_safe
@login_required
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """How to check the count: the chain, its checkpoints, the files, what they do not prove.

    `?i=` shows the ballots around a number: on a busy day one's own is soon not among the latest.
    """
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    if poll.opened_at is None:
        return redirect(shared.address(poll))
    queries.must_see_box(user, poll)
    number, ballots = key_of(request.GET.get("i", "")), poll.ballots.order_by("-i")
    if number:
        ballots = ballots.filter(i__lte=number + AROUND)
    context = {
        "now": timezone.now(),
        "poll": poll,
        "trail": shared.trail(poll, _("Check the count")),
        "box": poll.box,
        "last": list(ballots[:SHOWN]),
        "number": number,
        "checkpoints": list(poll.checkpoints.order_by("-id")[:30]),
        "may_open": poll.is_counted
        and not poll.is_secret
        and (queries.in_electorate(user, poll) or queries.supervises(user, poll)),
    }
    return render(request, "deliberation/polls/board.html", context)


@require_safe
@login_required
def board_file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The board, or (for the electorate, after closing) what the ballots say, as files.

    What is refused is a problem with its sentence, as of the API: whoever fetches JSON reads no page.
    """
    read = opening.board if name == "board" else opening.openings
    try:
        poll = shared.poll_or_404(request, pk)
        content = read(poll, signed_in(request))
    except (DomainError, Http404) as error:
        audit_refusal(request, error)
        if isinstance(error, Http404):
            return early_problem(404, _("Not found, or not for you to see."))
        # Of a secret poll there is no such file, and never will be.
        status = 404 if error.code == "secret" else error.status
        return early_problem(status, error.message, error.code)
    answer_ = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    answer_["Content-Disposition"] = f'attachment; filename="{name}-{poll.pk}.json"'
    return answer_
