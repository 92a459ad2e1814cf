"""What the pages of polls share: finding the poll, the way to it, thresholds as pictures."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.accounts.sign_in import signed_in
from orgs.templatetags.portal import Step, square_metres
from orgs.web.pages import Trail
from residents.deliberation.enums import PollMode, PollState
from residents.deliberation.models import Poll, RollEntry
from residents.deliberation.polls import queries, questions
from residents.deliberation.polls.count.counting import Weight
from residents.deliberation.polls.count.rule_sheets import Sheet, Threshold


def poll_or_404(request: HttpRequest, pk: int) -> Poll:
    """The poll of a page, in sight. Raises Http404."""
    return queries.poll_for(signed_in(request), pk)


def watched_poll(request: HttpRequest, pk: int) -> Poll:
    """A poll whose whole roll the reader watches. Raises Http404, PermissionDenied."""
    poll = poll_or_404(request, pk)
    if not signed_in(request).has_perm("deliberation.watch_poll", poll):
        raise PermissionDenied
    return poll


def desk_poll(request: HttpRequest, pk: int) -> Poll:
    """A poll at whose desk the reader works. Raises Http404, PermissionDenied."""
    poll = poll_or_404(request, pk)
    if not signed_in(request).has_perm("deliberation.desk_poll", poll):
        raise PermissionDenied
    return poll


def entry_or_404(request: HttpRequest, poll: Poll, pk: int) -> RollEntry:
    """An entry of a poll's roll, in sight. Raises Http404."""
    return queries.entry_for(signed_in(request), poll, pk)


def address(poll: Poll) -> str:
    """The page of a poll."""
    return reverse("deliberation:poll", args=[poll.pk])


def trail(poll: Poll, *last: str) -> Trail:
    """The way to a poll, and perhaps to a page of it."""
    start = [(_("Votes"), reverse("deliberation:polls"))]
    if not last:
        return [*start, (poll.title, "")]
    return [*start, (poll.title, address(poll)), (last[0], "")]


def states(poll: Poll) -> list[Step]:
    """The course of a poll as steps."""
    order = list(PollState)
    here = order.index(PollState(poll.state))
    times = [poll.created_at, poll.announced_at, poll.opened_at, poll.closed_at, poll.published_at]

    def state(place: int) -> str:
        if place < here or poll.state == PollState.PUBLISHED:
            return "done"
        return "now" if place == here else "todo"

    return [Step(str(one.label), state(place), times[place]) for place, one in enumerate(order)]


# --- Thresholds as pictures ------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A number against a line (0: none) that it must pass; shares in per mille for the picture."""

    label: str
    text: str
    value: int
    line: int
    is_met: bool


def bars(sheet: Sheet, weight: Weight, of: Weight, threshold: Threshold) -> list[Bar]:
    """People, and area where it counts, against a threshold."""
    found = [_bar(_("number of people"), weight.people, of.people, threshold, str)]
    if sheet.by_area:
        found.append(_bar(_("area"), weight.area, of.area, threshold, square_metres))
    return found


def _bar(label: str, number: int, whole: int, threshold: Threshold, show: Any) -> Bar:
    if not threshold.part:
        words = {"number": show(number), "whole": show(whole)}
        text = _("%(number)s of %(whole)s") % words
        return Bar(label, text, min(1000, 1000 * number // whole) if whole else 0, 0, True)
    least = threshold.least(whole)
    met = threshold.is_met(number, whole)
    words = {
        "number": show(number), "whole": show(whole), "least": show(least),
        "verdict": _("reached") if met else _("not reached"),
    }  # fmt: skip
    return Bar(
        label=label,
        text=_("%(number)s of %(whole)s; at least %(least)s needed: %(verdict)s") % words,
        value=min(1000, 1000 * number // whole) if whole else 0,
        line=1000 * threshold.part // threshold.whole,
        is_met=met,
    )


@dataclass(frozen=True)
class QuestionResult:
    """One question as the page shows it."""

    text: str
    passed: bool
    # What an opinion came to, in words: it neither passes nor fails.
    opinion: str
    quorum_met: bool
    participation: list[Bar]
    consent: list[Bar]
    rows: list[tuple[str, int, int]]
    options: list[dict[str, Any]]
    silent: Weight
    vetoes: int


def question_results(poll: Poll, sheet: Sheet, rows: list[dict[str, Any]]) -> list[QuestionResult]:
    """The kept or computed tally, a question after the other."""
    texts = {question["id"]: question["text"] for question in poll.questions}

    def weight(row: dict[str, Any], name: str) -> Weight:
        return Weight(row["people"][name], row["area"][name])

    found = []
    for row in rows:
        of, part = weight(row, "total"), weight(row, "participating")
        sides = [
            (_("for"), "for"), (_("against"), "against"), (_("abstained"), "abstain"),
            (_("took part"), "participating"), (_("on the roll"), "total"),
        ]  # fmt: skip
        found.append(
            QuestionResult(
                text=texts[row["id"]],
                passed=row["passed"],
                opinion=questions.opinion(row) if poll.mode == PollMode.ADVISORY else "",
                quorum_met=row["quorum_met"],
                participation=bars(sheet, part, of, sheet.participation),
                consent=[]
                if row["options"]
                else bars(sheet, weight(row, "for"), part, sheet.consent),
                rows=[
                    (label, row["people"][name], row["area"][name])
                    for label, name in sides
                    if not row["options"] or name in ("abstain", "participating", "total")
                ],
                options=row["options"],
                silent=Weight(row["silent"]["people"], row["silent"]["area"]),
                vetoes=row["vetoes"],
            )
        )
    return found
