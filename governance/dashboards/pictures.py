"""What a dashboard shows: every number with the address of the list that it counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.dashboards import queries
from governance.dashboards.counting.standing import STAGES
from governance.dashboards.enums import OF_UNITS, BoardKind, Part
from governance.dashboards.models import Board, DutyMonth
from residents.enums import Coverage
from tasks.enums import Figure
from tasks.rates import links, rates, trends
from tasks.rates.periods import Period
from tasks.rates.rates import SUMMED, Rates

# What jobs count every few minutes is said to be old after so long.
OLD_AFTER = timedelta(minutes=20)
# A small picture: so wide for each part of the period, so high for the most of all units.
BAR, HEIGHT = 5, 24


@dataclass(frozen=True)
class Number:
    """A number with its list; `tone` is its colour, `icon` its sign on a card."""

    label: str
    count: int
    url: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Compared:
    """One unit beside others: what is open, its rates, how much was reported in each part of the period."""

    board: Board
    url: str
    open: Number | None
    late: Number | None
    # In per mille, each with the list of what it lacks.
    rates: list[tuple[int | None, str]]
    reported: Number
    counts: list[int]
    bars: str = ""


@dataclass
class Picture:
    """All of one dashboard."""

    board: Board
    period: Period
    as_of: dict[Part, datetime]
    is_old: bool
    now: list[Number]
    stages: list[Number]
    # What was counted in the period, all together.
    whole: Rates
    cards: list[dict[str, Any]]
    counted: list[tuple[str, int, str]]
    lines: list[tuple[trends.Line, list[tuple[int, str]]]]
    chart: dict[str, Any]
    topics: list[Number]
    spots: list[tuple[Any, int, str]]
    spot_period: Period | None
    coverage: list[tuple[str, int | None, Number, Number]]
    duty: list[tuple[DutyMonth, Number, Number]]
    compared: list[Compared] = field(default_factory=list)


def board_url(board: Board, page: str = "board") -> str:
    """The address of a dashboard, or of a page that belongs to it."""
    return reverse(f"dashboards:{page}", args=[board.kind, board.code])


def picture(
    board: Board, period: Period, figures: tuple[Rates, Rates], now: datetime, *, covers: bool
) -> Picture:
    """What one dashboard shows of a period with its `figures`; `covers`: with coverages too.

    A fixed number of statements, whatever lies below.
    """
    as_of = queries.as_of()
    whole, before = figures
    lines = trends.lines_of(queries.reported(board, period), period)
    counted_at = as_of.get(Part.NOW)
    spots = queries.spots(board)
    is_place = board.kind != BoardKind.DEPARTMENT
    return Picture(
        board=board,
        period=period,
        as_of=as_of,
        is_old=counted_at is None or now - counted_at > OLD_AFTER,
        now=open_now(board),
        stages=_stages(board),
        whole=whole,
        cards=_cards(board, period, whole, before),
        counted=links.figures(_SHOWN, whole, period, _place(board), is_place),
        lines=[(line, links.line_links(line, period, _place(board))) for line in lines]
        if is_place
        else [],
        chart=links.charts(lines, period),
        topics=_topics(board) if is_place else [],
        spots=[
            (spot.unit, spot.reported, links.reports_url(Period(spot.since, spot.until), spot.unit))
            for spot in spots
        ],
        spot_period=Period(spots[0].since, spots[0].until) if spots else None,
        coverage=_coverage(board, as_of, now) if covers and is_place else [],
        duty=_duty(board) if is_place else [],
    )


_SHOWN = (Figure.REPORTED, Figure.DUE, Figure.RATED, Figure.UNRATED, Figure.REFUSED)


def _place(board: Board) -> dict[str, str]:
    """A dashboard as the list of tasks names it where figures are concerned."""
    if board.kind == BoardKind.DEPARTMENT:
        return {"lead": board.code}
    return {"unit" if board.kind in OF_UNITS else "district": board.code}


def _tasks(board: Board, **query: str) -> str:
    place = {"at_work": board.code} if board.kind == BoardKind.DEPARTMENT else _place(board)
    return f"{reverse('tasks:list')}?{urlencode(query | place)}"


# --- What is open and red --------------------------------------------------------------------------


def open_now(board: Board) -> list[Number]:
    """The four large numbers."""
    return [
        Number(_("Open"), board.open, _tasks(board, tab="open"), "blue", "checklist"),
        Number(_("Overdue"), board.late, _tasks(board, tab="late"), "red", "alert-triangle"),
        Number(
            _("Nearly due"),
            board.soon,
            _tasks(board, tab="open", light="yellow"),
            "amber",
            "clock-exclamation",
        ),
        Number(_("Emergencies"), board.urgent, _tasks(board, tab="urgent"), "red", "urgent"),
    ]


def _stages(board: Board) -> list[Number]:
    """Where the open ones stand."""
    with_departments = Number(
        _("With departments"), board.departments, _tasks(board, tab="departments")
    )
    if board.kind == BoardKind.DEPARTMENT:
        return [with_departments]
    return [
        Number(_("Submitted"), board.submitted, _tasks(board, tab="", status="submitted")),
        Number(_("Whistled"), board.whistled, _tasks(board, tab="whistled")),
        with_departments,
        Number(_("Waiting for a rating"), board.rating, _tasks(board, tab="rating")),
    ]


# --- Rates -----------------------------------------------------------------------------------------


def _cards(board: Board, period: Period, whole: Rates, before: Rates) -> list[dict[str, Any]]:
    """Each rate with the period before; the counts of both open their lists, so does what is missing."""
    place = _place(board)
    return [
        {
            "rate": rate,
            "now": links.counted(rate, whole, period, place),
            "before": links.counted(rate, before, period.before, place),
            "gap": Number(
                str(rate.gap.label),
                getattr(whole, rate.gap),
                links.list_url(period, rate.gap, place),
            ),
        }
        for rate in rates.against(whole, before)
    ]


# --- Deliberation, coverage, duty --------------------------------------------------------------------


def _topics(board: Board) -> list[Number]:
    """Topics under way by stage, those that are late last."""

    def listed(**query: str) -> str:
        return f"{reverse('deliberation:topics')}?{urlencode(query | _place(board))}"

    return [
        *(
            Number(str(stage.label), getattr(board, stage.value), listed(stage=stage.value))
            for stage in STAGES
        ),
        Number(_("overdue"), board.topics_late, listed(late="1"), "red"),
    ]


def _coverage(
    board: Board, as_of: dict[Part, datetime], now: datetime
) -> list[tuple[str, int | None, Number, Number]]:
    """Each coverage: its share in per mille, how many compounds have it and how many lack it."""
    found = queries.coverage(board, timezone.localdate(as_of.get(Part.COVERAGE, now)))
    if found is None:
        return []

    def listed(what: str, has: str) -> str:
        query = {"what": what, "has": has} | _place(board)
        return f"{reverse('residents:coverage_compounds')}?{urlencode(query)}"

    shown = [(kind.value, str(kind.label), found.having[kind]) for kind in Coverage]
    shown.append(("all_five", _("all five"), found.all_five))
    return [
        (
            label,
            found.share(count),
            Number(_("covered"), count, listed(what, "1")),
            Number(_("not covered"), found.compounds - count, listed(what, "0")),
        )
        for what, label, count in shown
    ]


def _duty(board: Board) -> list[tuple[DutyMonth, Number, Number]]:
    """Months with who did and who missed the duty, the last one first."""

    def listed(month: date, met: str) -> str:
        query = urlencode({"month": f"{month:%Y-%m}", "met": met})
        return f"{board_url(board, 'duty')}?{query}"

    return [
        (
            row,
            Number(_("did their duty"), row.met, listed(row.month, "1")),
            Number(_("missed it"), row.members - row.met, listed(row.month, "0")),
        )
        for row in queries.duty(board)
    ]


# --- Units compared ----------------------------------------------------------------------------------


def compared(board: Board, children: list[Board], period: Period) -> list[Compared]:
    """Some units below a dashboard side by side, in the order in which they come; one statement.

    The small pictures share one scale: what looks higher is more.
    """
    days = queries.days_below(board, children, period)
    parts = period.parts
    length = parts[0].days
    by = _place(board) if board.kind == BoardKind.DEPARTMENT else {}
    rows = []
    for child in children:
        counts, sums = [0] * len(parts), Counter[str]()
        for day, figures in days.get(child.unit_id or 0, {}).items():
            counts[(day - period.first).days // length] += figures.reported
            sums.update({name: getattr(figures, name) for name in SUMMED})
        open_late = (None, None) if by else open_now(child)[:2]
        rows.append((child, counts, Rates("", "", **sums), open_late))
    most = max((max(counts) for _child, counts, *_rest in rows), default=0)
    return [
        Compared(
            board=child,
            url="" if by else board_url(child),
            open=open_late[0],
            late=open_late[1],
            rates=[
                (rate.value, links.list_url(period, rate.gap, _place(child) | by))
                for rate in rates.against(figures, figures)
            ],
            reported=Number(
                _("Reported"),
                figures.due if by else figures.reported,
                links.list_url(period, Figure.DUE if by else Figure.REPORTED, _place(child) | by),
            ),
            counts=counts,
            bars=_bars(counts, most),
        )
        for child, counts, figures, open_late in rows
    ]


def _bars(counts: list[int], most: int) -> str:
    """Bars as one path of an SVG, from left to right."""
    if not most:
        return ""
    return "".join(
        f"M{number * BAR + 2} {HEIGHT}v-{max(count * HEIGHT // most, 1)}"
        for number, count in enumerate(counts)
        if count
    )
