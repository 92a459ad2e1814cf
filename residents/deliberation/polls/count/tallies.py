"""The tally of a poll, from one aggregate over its ballots."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from residents.deliberation.enums import BallotState, Choice, PollMode, QuestionKind, Rule, Silence
from residents.deliberation.models import Ballot, Poll, RollEntry, Turnout
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.count import counting
from residents.deliberation.polls.count.counting import NOTHING, Outcome, Weight, total
from residents.deliberation.polls.count.rule_sheets import Sheet

COUNTED = Q(state=BallotState.LIVE)


@dataclass(frozen=True)
class Tally:
    """A whole poll counted, a question after the other."""

    sheet: Sheet
    of: Weight
    outcomes: dict[str, Outcome]
    # An official platform's, or the tellers', numbers: kept as they came.
    official: bool = False

    @property
    def passed(self) -> bool:
        """Whether every question passed."""
        return all(outcome.passed for outcome in self.outcomes.values())

    def as_dict(self) -> dict[str, Any]:
        """As it is kept and published: integers alone."""
        return {
            "rule": self.sheet.as_dict(),
            "passed": self.passed,
            "official": self.official,
            "questions": [
                {"id": key, **outcome_as_dict(outcome)} for key, outcome in self.outcomes.items()
            ],
        }


def outcome_as_dict(outcome: Outcome) -> dict[str, Any]:
    """One question: people and area side by side, both as the API gives them."""
    weights = {
        "total": outcome.total,
        "participating": outcome.participating,
        "for": outcome.for_,
        "against": outcome.against,
        "abstain": outcome.abstain,
    }
    return {
        "people": {name: weight.people for name, weight in weights.items()},
        "area": {name: weight.area for name, weight in weights.items()},
        "silent": {"people": outcome.silent.people, "area": outcome.silent.area},
        "options": [
            {"option": name, "people": weight.people, "area": weight.area,
             "chosen": name in outcome.chosen}
            for name, weight in outcome.options.items()
        ],
        "vetoes": outcome.vetoes,
        "quorum_met": outcome.quorum_met,
        "passed": outcome.passed,
    }  # fmt: skip


def roll_weight(poll: Poll) -> Weight:
    """All who are on the frozen roll."""
    return Weight(poll.roll_people or 0, poll.roll_area or 0)


def sheet_of(poll: Poll) -> Sheet:
    """The rule sheet that the poll was announced with."""
    assert poll.sheet is not None, "asked of announced polls"
    return Sheet.from_dict(poll.sheet)


def cast_groups(poll: Poll, state: Q = COUNTED) -> list[tuple[dict[str, Any], Weight]]:
    """What was cast, added up over ballots that say the same: one aggregate."""
    rows = (
        Ballot.objects.filter(state, poll=poll)
        .order_by()
        .values("choices")
        .annotate(people=Count("pk"), area=Sum("entry__area"))
        .values_list("choices", "people", "area")
    )
    return [(json.loads(choices), Weight(people, area or 0)) for choices, people, area in rows]


def delivered_silent(poll: Poll) -> Weight:
    """Who was handed a ballot, by the record, and cast nothing."""
    cast = Ballot.objects.filter(
        poll=poll, state__in=[BallotState.LIVE, BallotState.QUARANTINED]
    ).values("entry")
    rows = RollEntry.objects.filter(poll=poll, is_void=False, delivered_at__isnull=False)
    found = rows.exclude(pk__in=cast).aggregate(people=Count("pk"), area=Sum("area"))
    return Weight(found["people"], found["area"] or 0)


def participating(poll: Poll) -> Weight | None:
    """Who takes part so far: what may be seen while a poll runs. None: an official platform knows."""
    if poll.mode == PollMode.OFFICIAL_PLATFORM:
        return None
    if poll.rule == Rule.ELECTION:
        return Weight(Turnout.objects.filter(poll=poll).count())
    found = (
        Ballot.objects.filter(COUNTED, poll=poll)
        .order_by()
        .aggregate(people=Count("pk"), area=Sum("entry__area"))
    )
    return Weight(found["people"], found["area"] or 0)


def tally(poll: Poll, *, silence: Silence | None = None, with_disputed: bool = False) -> Tally:
    """Counts a poll as announced; with another rule of silence, or with the ballots in dispute, to
    see whether the outcome would be another.
    """
    settings = poll_settings.of(poll)
    if poll.is_held_elsewhere:
        assert poll.official is not None, "asked once the result is entered"
        return _official(poll)
    rule = silence if silence is not None else Silence(settings.silence)
    state = COUNTED | Q(state=BallotState.QUARANTINED) if with_disputed else COUNTED
    groups = cast_groups(poll, state)
    silent = NOTHING if rule == Silence.NO_PARTICIPATION else delivered_silent(poll)
    of, sheet = roll_weight(poll), sheet_of(poll)
    vetoes = _vetoes(poll) if sheet.has_veto else {}
    outcomes = {}
    for question in poll.questions:
        key = question["id"]
        if question["kind"] == QuestionKind.YES_NO:
            sides: dict[str, Weight] = {
                choice.value: total(weight for chosen, weight in groups if chosen[key] == choice)
                for choice in Choice
            }
            outcomes[key] = counting.count(
                sheet, of, sides, silence=rule, delivered_silent=silent, vetoes=vetoes.get(key, 0)
            )
        else:
            outcomes[key] = counting.count_options(
                sheet,
                of,
                [(chosen[key], weight) for chosen, weight in groups],
                question["options"],
                silence=rule,
                delivered_silent=silent,
            )
    return Tally(sheet, of, outcomes)


def veto_holders(poll: Poll) -> QuerySet[RollEntry]:
    """The voters whose own part is taken."""
    return RollEntry.objects.filter(poll=poll, has_veto=True, is_void=False).order_by("number")


def _vetoes(poll: Poll) -> dict[str, int]:
    """By question: how many whose own part is taken did not agree."""
    holders = veto_holders(poll).count()
    cast = Ballot.objects.filter(COUNTED, poll=poll, entry__has_veto=True)
    said = [json.loads(one) for one in cast.values_list("choices", flat=True)]
    return {
        question["id"]: holders - sum(one[question["id"]] == Choice.FOR for one in said)
        for question in poll.questions
    }


def _official(poll: Poll) -> Tally:
    """What an official platform counted, or the tellers of an election: judged by the same sheet."""
    sheet, of = sheet_of(poll), roll_weight(poll)
    holders = veto_holders(poll).count() if sheet.has_veto else 0
    outcomes = {}
    for row in poll.official or []:
        vetoes = holders - len(row.get("agreed", ()))
        weights = {name: Weight(*row[name]) for name in ("participating", *Choice.values)}
        quorum = counting.quorum_met(sheet, weights["participating"], of)
        settings = poll_settings.of(poll)
        votes = row.get("votes", {})
        options = {name: Weight(votes[name]) for name in settings.candidates if name in votes}
        chosen = counting.elected(
            {name: weight.people for name, weight in options.items()},
            weights["participating"].people,
            settings.seats,
            second_ballot=settings.second_ballot,
        )
        agreed = counting.agrees(sheet, weights[Choice.FOR], weights["participating"])
        outcomes[row["question"]] = Outcome(
            total=of,
            participating=weights["participating"],
            for_=weights[Choice.FOR],
            against=weights[Choice.AGAINST],
            abstain=weights[Choice.ABSTAIN],
            silent=NOTHING,
            quorum_met=quorum,
            passed=quorum and not vetoes and (bool(chosen) if options else agreed),
            vetoes=vetoes,
            options=options,
            chosen=chosen if quorum else [],
        )
    return Tally(sheet, of, outcomes, official=poll.mode == PollMode.OFFICIAL_PLATFORM)


@dataclass(frozen=True)
class WhatIf:
    """The same ballots counted by another rule of silence."""

    silence: Silence
    tally: Tally
    is_announced: bool


def what_if(poll: Poll) -> list[WhatIf]:
    """Strict and alternative counts side by side; only once for and against may be seen."""
    assert poll.is_counted, "for and against stay closed until voting is closed"
    announced = poll_settings.of(poll).silence
    return [WhatIf(rule, tally(poll, silence=rule), rule == announced) for rule in Silence]


def disputes_would_flip(poll: Poll) -> bool:
    """Whether the outcome would be another if the ballots in dispute counted."""
    without, with_ = tally(poll), tally(poll, with_disputed=True)
    return [one.passed for one in without.outcomes.values()] != [
        one.passed for one in with_.outcomes.values()
    ]
