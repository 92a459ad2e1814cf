"""The questions of a poll: checked when it is set up, and the choices that answer them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.values.text import listed
from residents.deliberation.enums import Choice, PollMode, QuestionKind

MAX_QUESTIONS, MAX_OPTIONS = 12, 30
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_ID = 300, 80, 20


def read(given: Any, *, mode: PollMode) -> list[dict[str, Any]]:
    """The questions in their stored form. Raises Refused for what cannot be voted on.

    A statutory poll asks for, against or abstain: a choice without “against” was set aside in court.
    """
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_QUESTIONS:
        raise _wrong(_("Ask one to %(most)d questions.") % {"most": MAX_QUESTIONS})
    questions = [_question(one, number) for number, one in enumerate(given, start=1)]
    if len({one["id"] for one in questions}) < len(questions):
        raise _wrong(_("Each question needs an id of its own."))
    if mode != PollMode.ADVISORY and any(one["kind"] != QuestionKind.YES_NO for one in questions):
        raise Refused(
            _("A statutory poll asks for, against or abstain; ask about each candidate alone."),
            code="against_missing",
            field="questions",
        )
    return questions


def _question(given: Any, number: int) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(_("A question has a text and a kind."))
    text, kind = given.get("text"), given.get("kind", QuestionKind.YES_NO.value)
    key = str(given.get("id") or number)
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_QUESTION:
        raise _wrong(_("A question has a text of at most %(most)d characters.") % {"most": 300})
    if kind not in QuestionKind.values:
        raise _wrong(_("“%(value)s” is not known.") % {"value": str(kind)[:40]})
    if len(key) > LONGEST_ID:
        raise _wrong(_("The id of a question is short."))
    question: dict[str, Any] = {"id": key, "text": text.strip(), "kind": kind}
    if kind == QuestionKind.YES_NO:
        return question
    options = given.get("options")
    if (
        not isinstance(options, list)
        or not 2 <= len(options) <= MAX_OPTIONS
        or not all(isinstance(one, str) and 0 < len(one) <= LONGEST_OPTION for one in options)
        or len(set(options)) < len(options)
    ):
        raise _wrong(_("Offer at least two different options."))
    most = 1 if kind == QuestionKind.SINGLE else given.get("max", len(options))
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= len(options):
        raise _wrong(_("At most so many options can be chosen as there are."))
    return question | {"options": options, "max": most}


def choices(questions: Sequence[Mapping[str, Any]], given: Any) -> dict[str, str | list[str]]:
    """What was chosen, in the form that is hashed: every question answered, none twice.

    Raises Refused with the question that is wrong.
    """
    if not isinstance(given, dict) or set(given) - {one["id"] for one in questions}:
        raise Refused(_("Something was answered that was not asked."), field="choices")
    return {one["id"]: _choice(one, given.get(one["id"])) for one in questions}


def _choice(question: Mapping[str, Any], given: Any) -> str | list[str]:
    if question["kind"] == QuestionKind.YES_NO:
        if not isinstance(given, str) or given not in Choice.values:
            raise _unanswered(question)
        return given
    if given == Choice.ABSTAIN:
        given = []
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise _unanswered(question)
    if set(given) - set(question["options"]) or len(set(given)) < len(given):
        raise _unanswered(question)
    if len(given) > question["max"]:
        sentence = _("“%(question)s”: choose at most %(most)d.")
        raise Refused(
            sentence % {"question": question["text"][:60], "most": question["max"]},
            code="too_many",
            field="choices",
        )
    return [option for option in question["options"] if option in given]


def _unanswered(question: Mapping[str, Any]) -> Refused:
    sentence = _("Choose an answer to “%(question)s”.")
    return Refused(
        sentence % {"question": question["text"][:60]}, code="unanswered", field="choices"
    )


def _wrong(sentence: str) -> Refused:
    return Refused(sentence, code="bad_questions", field="questions")


def opinion(row: Mapping[str, Any]) -> str:
    """What an advisory poll came to, of one question's tally, in words: it neither passes nor fails."""
    people = row["people"]
    if not people["participating"]:
        return _("nobody took part")
    if options := row["options"]:
        most = max(option["people"] for option in options)
        names = [option["option"] for option in options if most and option["people"] == most]
        if not names:
            return _("everybody abstained")
        return _("most people chose: %(names)s") % {"names": listed(names)}
    if people["for"] == people["against"]:
        return _("as many for it as against it")
    if people["for"] > people["against"]:
        return _("more for it than against it")
    return _("more against it than for it")
