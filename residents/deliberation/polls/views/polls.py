"""Polls: the list, one with what the reader may do, setting one up, every step, the planner."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.models import Unit, User
from orgs.scoping import reach_of
from orgs.units.queries import unit_by_code
from orgs.web.pages import use_case_page
from orgs.web.paging import key_of, page_by_key
from orgs.workflow.specification import first_of
from orgs.workflow.views import ActView
from residents.deliberation.enums import BallotState, Matter, PollAction, PollMode, PollState, Rule
from residents.deliberation.models import Ballot, Dispute, Poll, PollObjection, RollEntry, Topic
from residents.deliberation.models.polls import ORGANISERS
from residents.deliberation.polls import official_workbook, poll_settings, queries
from residents.deliberation.polls.box import casting, disputes, proxies
from residents.deliberation.polls.count import tallies
from residents.deliberation.polls.count.planner import plan
from residents.deliberation.polls.count.rule_sheets import MATTER_SENTENCES, Sheet
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.specification import SPECIFICATIONS
from residents.deliberation.polls.course.workflow import WORKFLOW, disputable_until, opens_from
from residents.deliberation.polls.forms import polls as forms
from residents.deliberation.polls.roll import objections, rolls
from residents.deliberation.polls.views import shared

# A street has a hundred at most; longer lists nobody looks through.
MOST_PLACES = 300


@require_safe
@login_required
def poll_list(request: HttpRequest) -> HttpResponse:
    """The polls in sight, newest first."""
    user = signed_in(request)
    page = page_by_key(request, queries.polls(user))
    context = {
        "now": timezone.now(),
        "page": page,
        "may_create": user.has_perm("deliberation.organise_poll"),
    }
    return render(request, "deliberation/polls/list.html", context)


@login_required
def poll_new(request: HttpRequest) -> HttpResponse:
    """Sets a poll up as a draft."""
    user, back = signed_in(request), reverse("deliberation:polls")
    if not user.has_perm("deliberation.organise_poll"):
        raise PermissionDenied
    topic = _topic(request)
    unit = topic.unit if topic else _place_of(request, user)
    if unit is None:
        context = {
            "heading": _("Prepare a poll"),
            "places": _places(user)[:MOST_PLACES],
            "trail": [(_("Votes"), back), (_("Prepare a poll"), "")],
        }
        return render(request, "deliberation/topics/where.html", context)
    return use_case_page(
        request,
        partial(forms.PollForm, unit=unit, topic=topic),
        partial(polls.create, unit=unit, topic=topic),
        place=unit,
        heading=_("Prepare a poll"),
        submit=_("Keep as a draft"),
        done=_("The draft is kept. Look at it once more, then announce it."),
        back=back,
        then=shared.address,
        template="deliberation/polls/form.html",
        trail=[(_("Votes"), back), (_("Prepare a poll"), "")],
    )


def _places(user: User) -> QuerySet[Unit]:
    """Where somebody prepares polls."""
    places = Unit.objects.filter(kind__in=[UnitKind.COMPOUND, UnitKind.COMMUNITY])
    return places.filter(reach_of(user).q("", ORGANISERS)).order_by("-level", "code")


def _place_of(request: HttpRequest, user: User) -> Unit | None:
    """Where the poll is to be held: as the address says, or the only place; None: it is to be chosen."""
    places = _places(user)
    if code := request.GET.get("unit", ""):
        unit = unit_by_code(code, places)
        if unit is None:
            raise Http404
        return unit
    first = list(places[:2])
    if not first:
        raise PermissionDenied
    return first[0] if len(first) == 1 else None


def _topic(request: HttpRequest) -> Topic | None:
    """The topic in sight that the poll is to decide, if the address names one."""
    key = key_of(request.GET.get("topic"))
    if key is None:
        return None
    seen = Topic.objects.visible_to(signed_in(request), one=True)
    topic: Topic = get_object_or_404(seen.select_related("unit"), pk=key)
    return topic


@require_safe
@login_required
def poll_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One poll: what is asked, one's own vote, how it stands, what one may do."""
    poll, user = shared.poll_or_404(request, pk), signed_in(request)
    options = WORKFLOW.options(poll, user)
    opened = [option.action for option in options if option.is_open]
    first = first_of(SPECIFICATIONS, options)
    watches = queries.watches(user, poll)
    mine = _mine(poll, user)
    # Whose entries were read needs not be asked for again; a proxy is a voter too.
    sees_turnout = poll.state != PollState.OPEN or bool(mine) or queries.sees_turnout(user, poll)
    sheet = Sheet.from_dict(poll.sheet) if poll.sheet else None
    context = {
        "now": timezone.now(),
        "poll": poll,
        "trail": shared.trail(poll),
        "steps": shared.states(poll),
        "sheet": sheet,
        "settings": poll_settings.of(poll),
        "matter": _(MATTER_SENTENCES[Matter(poll.matter)]) if poll.matter else "",
        "mine": mine,
        "watches": watches,
        "at_desk": user.has_perm("deliberation.desk_poll", poll),
        "held_elsewhere": poll.is_held_elsewhere,
        "first": _button(first, poll) if first else None,
        "others": [_button(action, poll) for action in opened if action != first],
        "closed_actions": [
            (capfirst(str(option.action.label)), option.refusal)
            for option in options
            if not option.is_open and option.action == _next(poll)
        ],
        "unclear": rolls.unclear(poll).count() if watches else 0,
        "participation": _participation(poll, sheet) if sees_turnout else [],
        "may_check": poll.opened_at and sees_turnout,
        "results": _results(poll, sheet),
        "disputable_until": disputable_until(poll) if poll.state == PollState.CLOSED else None,
        "objections": _objections(poll, user),
        "may_answer": objections.may_answer(user, poll),
        "may_object": objections.is_posted(poll, timezone.now())
        and (bool(mine) or objections.concerns(user, poll)),
        "disputes": _disputes(poll) if watches else [],
        "may_judge": watches and disputes.may_judge(user, poll),
        "may_edit": PollAction.EDIT in opened,
        "may_add_files": poll.is_held_elsewhere and PollAction.IMPORT_RESULT in opened,
        "has_workbook": official_workbook.is_for(poll) and poll.lacks_result,
        "result_files": list(poll.result_files.all()) if poll.is_held_elsewhere else [],
        "proxies": list(proxies.published(poll, user)[:500]) if poll.rule == Rule.ELECTION else [],
    }
    return render(request, "deliberation/polls/poll.html", context)


def _next(poll: Poll) -> PollAction | None:
    """The step that everybody waits for."""
    return {
        PollState.DRAFT: PollAction.ANNOUNCE,
        PollState.ANNOUNCED: PollAction.OPEN,
        PollState.OPEN: PollAction.CLOSE,
        PollState.CLOSED: PollAction.PUBLISH,
    }.get(PollState(poll.state))


def _button(action: PollAction, poll: Poll) -> dict[str, str]:
    url = reverse("deliberation:poll_act", args=[poll.pk, action.value])
    return {"label": capfirst(str(action.label)), "url": url}


def _mine(poll: Poll, user: User) -> list[dict[str, Any]]:
    """The reader's entries, and those for which they hold a proxy, with the ballot that counts."""
    if poll.state == PollState.DRAFT:
        return []
    entries = _entries(poll, user)
    states = [BallotState.LIVE, BallotState.QUARANTINED]
    ballots = Ballot.objects.filter(entry__in=entries, state__in=states).order_by("i")
    last = {ballot.entry_id: ballot for ballot in ballots}
    ways = casting.ways_of(entries, user)
    rows = [_row(entry, last.get(entry.pk), user, ways.get(entry.pk)) for entry in entries]
    if poll.state == PollState.ANNOUNCED:
        contested = objections.contested(entries)
        for row in rows:
            row["is_contested"] = row["entry"].pk in contested
    if poll.state == PollState.OPEN and not poll.is_held_elsewhere:
        now = timezone.now()
        for row in rows:
            row["may_cast"] = _may_cast(row, now)
    return rows


# What the page reads of an entry and of who votes for it: people have two dozen columns more.
_OF_ENTRY = (
    "poll", "number", "kind", "area", "is_void",
    "person__account", "person__guardian", "successor__account", "successor__guardian",
)  # fmt: skip


def _entries(poll: Poll, user: User) -> list[RollEntry]:
    """Those entries with their voters and parts. Guardians are read where somebody else is the voter:
    joined for everybody they would be a quarter of the page's work, on the day a result is out.
    """
    rows = rolls.mine(user, poll, held=True).select_related("person", "successor")
    entries = list(rows.only(*_OF_ENTRY).prefetch_related("parts"))
    for entry in entries:
        entry.poll = poll
    if not all(_is_voter(entry, user) for entry in entries):
        prefetch_related_objects(entries, "person__guardian", "successor__guardian")
    return entries


def _may_cast(row: dict[str, Any], now: datetime) -> bool:
    """Whether a ballot of the reader would be taken; a disputed one leaves the way open."""
    if row["way"] is None:
        return False
    ballot = row["ballot"]
    live = ballot if ballot and ballot.state == BallotState.LIVE else None
    return not casting.why_not_now(row["entry"], live, row["way"][0], now)


def _row(
    entry: RollEntry, ballot: Ballot | None, user: User, way: casting.Way | None
) -> dict[str, Any]:
    votes = way is not None and way[1] is None
    return {
        "entry": entry,
        "ballot": ballot,
        "way": way,
        "is_voter": _is_voter(entry, user),
        # As opening.own_ballot answers: a co-owner who is not the voter reads and disputes nothing.
        "may_read": ballot is not None and (votes or ballot.by_id == user.pk),
        "may_dispute": ballot is not None and votes,
        "is_contested": False,
    }


def _is_voter(entry: RollEntry, user: User) -> bool:
    voter = entry.successor or entry.person
    return bool(voter and voter.account_id == user.pk)


def _participation(poll: Poll, sheet: Sheet | None) -> list[shared.Bar]:
    if poll.state != PollState.OPEN or sheet is None:
        return []
    voted = tallies.participating(poll)
    if voted is None:
        return []
    return shared.bars(sheet, voted, tallies.roll_weight(poll), sheet.participation)


def _results(poll: Poll, sheet: Sheet | None) -> list[shared.QuestionResult]:
    """Once voting is closed; before that nobody sees anything of it."""
    if not poll.is_counted or sheet is None:
        return []
    kept = poll.result or tallies.tally(poll).as_dict()
    return shared.question_results(poll, sheet, kept["questions"])


def _objections(poll: Poll, user: User) -> list[tuple[PollObjection, str]]:
    """The latest objections in sight, each with the name as the reader may see it."""
    latest = list(objections.in_sight(user, poll).order_by("-pk")[:50])
    in_full = objections.may_answer(user, poll)
    # Nearly always there are none: joined, the people would be read into every page.
    prefetch_related_objects(latest, "person", *(["entry"] if in_full else []))
    return [
        (objection, objections.objector(objection, user, in_full=in_full)) for objection in latest
    ]


def _disputes(poll: Poll) -> list[Dispute]:
    found = Dispute.objects.filter(ballot__poll=poll).select_related("ballot")
    return list(found.order_by("-pk")[:50])


class PollActView(ActView):
    """One step with a poll."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    template_name = "deliberation/polls/act.html"

    def get_object(self) -> Poll:
        return shared.poll_or_404(self.request, self.kwargs["pk"])

    def page_of(self, row: Poll) -> str:
        return shared.address(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(poll=self.object, **kwargs)
        opens = opens_from(self.object, timezone.now())
        return context | {
            "trail": shared.trail(self.object, context["heading"]),
            "opens_at": opens,
            "settings": poll_settings.of(self.object),
            "opens_later": opens != self.object.opens_at,
        }


@require_safe
@login_required
def plan_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are missing to take part, and at which doors to knock; never how votes stand."""
    poll = shared.watched_poll(request, pk)
    if poll.state != PollState.OPEN or poll.mode == PollMode.OFFICIAL_PLATFORM:
        return redirect(shared.address(poll))
    turnout = plan(poll)
    sheet = tallies.sheet_of(poll)
    context = {
        "poll": poll,
        "trail": shared.trail(poll, _("Who is missing")),
        "plan": turnout,
        "sheet": sheet,
        "bars": shared.bars(sheet, turnout.participating, turnout.of, sheet.participation),
    }
    return render(request, "deliberation/polls/plan.html", context)


@require_safe
@login_required
def what_if_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The same ballots by the three rules of silence side by side, once voting is closed."""
    poll = shared.watched_poll(request, pk)
    sheet = tallies.sheet_of(poll)
    if not poll.is_counted or poll.official is not None or sheet.is_plain:
        return redirect(shared.address(poll))
    context = {
        "poll": poll,
        "trail": shared.trail(poll, _("What if")),
        "counts": [
            (count, shared.question_results(poll, sheet, count.tally.as_dict()["questions"]))
            for count in tallies.what_if(poll)
        ],
        "flips": tallies.disputes_would_flip(poll),
    }
    return render(request, "deliberation/polls/what_if.html", context)
