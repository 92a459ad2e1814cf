"""The numbers of an official platform, read from its workbook: one row for each question.

Previewed like every import, then entered through `polls.import_result`, which refuses what cannot be.
It is not taken back: the result that was entered is published as it is.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from orgs.enums import Verdict
from orgs.errors import Refused
from orgs.imports.rosters import SMALL, Column, Links, Roster, Row, Run
from orgs.imports.workbooks import cells, spreadsheets
from orgs.models import LedgerImport
from orgs.values.sentences import gettext as _
from residents.deliberation.enums import PollAction, PollMode, Rule
from residents.deliberation.models import Poll
from residents.deliberation.polls.count import official_result, tallies
from residents.deliberation.polls.course import polls

MOST_PEOPLE = 1_000_000
_square_metres = cells.hundredths(Decimal(10**8))


def _area(value: Any) -> int:
    """Square metres in whole hundredths; nobody has none."""
    if spreadsheets.text(value) in ("0", "0.0", "0.00"):
        return 0
    area: int = _square_metres(value)
    return area


def _questions(poll: Poll | None) -> Sequence[str]:
    return [question["text"] for question in poll.questions] if poll else []


_PEOPLE = gettext_lazy("needed; how many voters")
_NOBODY = gettext_lazy("how many voters; empty: none")
_AREA = gettext_lazy("in square metres; needed where area counts")
# Column -> the side of the result, and whether it is people (0) or area (1).
_SIDES: dict[str, tuple[str, int]] = {}


def _side(name: str, word: str, *others: str, required: bool = False) -> tuple[Column, Column]:
    """The two columns of a side."""
    people, area = f"{name}_people", f"{name}_area"
    _SIDES.update({people: (name, 0), area: (name, 1)})
    return (
        Column(
            people, f"{word}人数", cells.whole(0, MOST_PEOPLE),
            tuple(f"{one}人数" for one in others), required=required,
            note=_PEOPLE if required else _NOBODY,
        ),
        Column(
            area, f"{word}面积", _area, tuple(f"{one}面积" for one in others), note=_AREA,
        ),
    )  # fmt: skip


COLUMNS = (
    Column(
        "question", "表决事项", cells.plain(300), ("议题", "表决议题", "事项"), required=True,
        offers=_questions, note=gettext_lazy("needed; word for word, or its number in the poll"),
    ),
    *_side("participating", "参与", "参加表决", "已投票", "参会", required=True),
    *_side("for", "同意", "赞成", required=True),
    *_side("against", "反对", "不同意"),
    *_side("abstain", "弃权"),
    Column(
        "agreed", "须本人同意的票号", cells.plain(500),
        note=gettext_lazy("of a lift: the numbers on the roll of those whose own part is taken and who agreed"),
    ),
)  # fmt: skip


def plan(rows: list[Row], run: Run) -> None:
    """Each question once, with numbers that are possible on this roll."""
    poll: Poll = run.target
    keys = {spreadsheets.text(question["text"]): question["id"] for question in poll.questions}
    keys |= {question["id"]: question["id"] for question in poll.questions}
    holders = {one.number: one.pk for one in tallies.veto_holders(poll)}
    for row in rows:
        key = keys.get(row.get("question"))
        if key is None:
            row.wrong("question", _("This is not asked in this poll."))
            continue
        first = run.seen.setdefault(key, row.number)
        if first != row.number:
            row.wrong("question", _("Row %(row)d has this question too.") % {"row": first})
            continue
        try:
            row.plan = official_result.row(
                poll, key, _sides(row) | _agreed(row, holders), set(holders.values())
            )
            row.verdict = Verdict.NEW
        except Refused as refusal:
            row.wrong("", refusal.message)
    _refuse_whole(poll, rows, run)


def _sides(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {name: [0, 0] for name in official_result.SIDES}
    for column, (name, place) in _SIDES.items():
        found[name][place] = row.get(column, 0)
    return found


def _agreed(row: Row, holders: dict[int, int]) -> dict[str, list[int]]:
    """The entries of a roll by the numbers that a cell names. Raises Refused."""
    written = row.get("agreed").replace("，", "、").replace(",", "、").split("、")
    numbers = [one.strip() for one in written if one.strip()]
    if not all(one.isdecimal() and int(one) in holders for one in numbers):
        raise Refused(_("Only entries whose own part is taken are named here."))
    return {"agreed": [holders[int(one)] for one in numbers]}


def _refuse_whole(poll: Poll, rows: list[Row], run: Run) -> None:
    """What stands against the file as a whole is said at its last row."""
    if poll.official is not None:
        rows[-1].wrong("", _("The official result was entered already."))
    missing = [one["text"] for one in poll.questions if one["id"] not in run.seen]
    if missing:
        sentence = _("The result of this question is missing: %(question)s")
        rows[-1].wrong("", sentence % {"question": missing[0]})


def write(rows: list[Row], run: Run) -> None:
    """Enters the result as a whole."""
    polls.import_result(
        poll=run.target, official=[row.plan for row in rows], by=run.by, now=run.now
    )


def links(imported: LedgerImport) -> Links:
    """Addresses around an import."""
    poll = reverse("deliberation:poll", args=[imported.subject_id])
    return Links(
        back=poll,
        send=reverse("deliberation:poll_result_file", args=[imported.subject_id]),
        results=[("checklist", gettext_lazy("To the poll"), poll)],
    )


def is_for(poll: Poll) -> bool:
    """Whether the numbers of a poll come as a workbook; the votes of an election are read out."""
    return poll.mode == PollMode.OFFICIAL_PLATFORM and poll.rule != Rule.ELECTION


OFFICIAL_RESULT = Roster(
    code="official-result",
    name=gettext_lazy("result of the official platform"),
    about=gettext_lazy(
        "One row for each question. Before anything is entered you see what the file says; "
        "once entered it is not changed any more."
    ),
    columns=COLUMNS,
    permission=PollAction.IMPORT_RESULT.permission,
    plan=plan,
    write=write,
    links=links,
    subject="deliberation.Poll",
    limits=SMALL,
    applied_as="deliberation.import-result",
    undoable=False,
)
