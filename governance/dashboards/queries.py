"""Reading dashboards: which are somebody's, and the counted rows of one. Each costs one statement."""

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.dashboards.enums import OF_UNITS, READERS, BoardKind, Part
from governance.dashboards.models import Board, BoardDay, DutyMonth, HotSpot, Reckoning
from orgs.models import Unit
from orgs.scoping import reach_of
from residents.enums import Coverage
from residents.enums import Permission as ResidentsPermission
from residents.models import CoverageDay
from residents.organisations.coverage import Counted, with_lights
from tasks.enums import PeriodName
from tasks.models import DayCount
from tasks.rates.periods import Period
from tasks.rates.rates import SUMMED, Rates

if TYPE_CHECKING:
    from orgs.models import User

_SUBJECTS = ("unit__parent__parent", "unit__district", "district", "department")
_BELOW = {BoardKind.STREET: BoardKind.COMMUNITY, BoardKind.COMMUNITY: BoardKind.COMPOUND}


def seen_by(user: "User") -> QuerySet[Board]:
    """The dashboards in sight, with what they are of."""
    seen: QuerySet[Board] = Board.objects.visible_to(user, one=True)
    return seen.select_related(*_SUBJECTS)


def of_code(kind: BoardKind, code: str) -> Q:
    """The dashboard of one place, district or department."""
    path = "unit" if kind in OF_UNITS else kind.value
    return Q(kind=kind, **{f"{path}__code": code})


def named(user: "User", kind: str, code: str) -> QuerySet[Board]:
    """The dashboard of an address, if it is in sight; none for a kind that there is not."""
    if kind not in BoardKind.values:
        return Board.objects.none()
    return seen_by(user).filter(of_code(BoardKind(kind), code[:40]))


def period_of(asked: str, now: datetime) -> tuple[PeriodName, Period]:
    """The period that an address asks for; this month for anything else."""
    name = PeriodName(asked) if asked in PeriodName.values else PeriodName.MONTH
    return name, Period.named(name, timezone.localdate(now))


def covers(user: "User", board: Board) -> bool:
    """Whether somebody may look at the coverages of a dashboard."""
    if board.unit:
        return user.has_perm(ResidentsPermission.VIEW_COVERAGE, board.unit)
    return user.has_perm(ResidentsPermission.VIEW_COVERAGE)


def own(user: "User") -> QuerySet[Board]:
    """Those of what somebody holds a position at, the widest first; of a superuser the districts."""
    boards = Board.objects.select_related(*_SUBJECTS).order_by("pk")
    if user.is_superuser:
        return boards.filter(kind=BoardKind.DISTRICT)
    reach = reach_of(user)
    held = [held for held in reach.holdings if held.role in READERS and held.area]
    wide = reach.district_ids(READERS)
    own = Q(department__in=reach.department_ids) | Q(district__in=wide)
    for area in {one.area for one in held if one.area and not one.district_id}:
        own |= Q(unit__tree_id=area.tree_id, unit__lft=area.left)
    return boards.filter(own)


def as_of() -> dict[Part, datetime]:
    """When each part was counted last."""
    rows = Reckoning.objects.exclude(as_of=None).order_by("part").values_list("part", "as_of")
    return {Part(part): moment for part, moment in rows if moment}


# --- Reports and rates ---------------------------------------------------------------------------


def _sums() -> dict[str, Coalesce]:
    return {name: Coalesce(Sum(name), 0) for name in SUMMED}


def _days(board: Board, first: date, last: date) -> QuerySet[Any]:
    """The counted days of a dashboard; those of communities are kept by `tasks` alone."""
    rows: QuerySet[Any]
    if board.kind == BoardKind.COMMUNITY:
        rows = DayCount.objects.filter(unit=board.unit_id)
    else:
        rows = BoardDay.objects.filter(board=board, street=None)
    return rows.filter(day__range=(first, last)).order_by()


def figures(board: Board, period: Period) -> tuple[Rates, Rates]:
    """The figures of a period, and of the one before."""
    is_now = Case(
        When(day__gte=period.first, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    both = {True: Counter[str](), False: Counter[str]()}
    rows = _days(board, period.before.first, period.last).annotate(is_now=is_now)
    for row in rows.values("is_now").annotate(**_sums()):
        both[row.pop("is_now")].update(row)
    return Rates("", "", **both[True]), Rates("", "", **both[False])


def reported(board: Board, period: Period) -> QuerySet[Any]:
    """How much of each category was reported on each day, as `trends.lines_of` takes it."""
    rows = _days(board, period.first, period.last).filter(reported__gt=0)
    keys = ("category__code", "category__name", "day")
    return rows.order_by("category__code", "day").values_list(*keys).annotate(sum=Sum("reported"))


# --- What lies below -----------------------------------------------------------------------------


def below(board: Board) -> QuerySet[Board]:
    """The dashboards that one is compared by, in the order of their codes; none below a compound."""
    boards = Board.objects.select_related("unit")
    if board.kind == BoardKind.DISTRICT:
        return boards.filter(kind=BoardKind.STREET, unit__district=board.district_id)
    if board.kind == BoardKind.DEPARTMENT and board.department:
        return boards.filter(kind=BoardKind.STREET, unit__district=board.department.district_id)
    if kind := _BELOW.get(BoardKind(board.kind)):
        return boards.filter(kind=kind, unit__parent=board.unit_id)
    return boards.none()


def days_below(board: Board, children: list[Board], period: Period) -> dict[int, dict[date, Rates]]:
    """The figures of some dashboards below one, by day, by the key of their unit."""
    units = [child.unit_id for child in children]
    rows: QuerySet[Any]
    if board.kind == BoardKind.DEPARTMENT:
        rows, place = BoardDay.objects.filter(board=board, street__in=units), "street"
    elif board.kind == BoardKind.STREET:
        rows, place = DayCount.objects.filter(unit__in=units), "unit"
    else:
        rows, place = BoardDay.objects.filter(board__in=children), "board__unit"
    rows = rows.filter(day__range=(period.first, period.last)).order_by()
    found: dict[int, dict[date, Rates]] = {}
    for unit, day, *numbers in rows.values_list(place, "day").annotate(**_sums()):
        figures = dict(zip(SUMMED, numbers, strict=True))
        found.setdefault(unit, {})[day] = Rates("", "", **figures)
    return found


# --- Beside ----------------------------------------------------------------------------------------


def spots(board: Board) -> list[HotSpot]:
    """The compounds with the most reports, the most first."""
    rows = HotSpot.objects.filter(board=board).select_related("unit__profile")
    return list(rows.order_by("-reported", "unit"))


def duty(board: Board) -> list[DutyMonth]:
    """The last two months of duty, the later first."""
    return list(DutyMonth.objects.filter(board=board).order_by("-month")[:2])


def coverage(board: Board, day: date) -> Counted | None:
    """The five full coverages of a day; None for departments and where none was counted."""
    if board.kind == BoardKind.COMPOUND:
        [row] = with_lights(Unit.objects.filter(pk=board.unit_id), day).values(*Coverage.values)
        having = {kind: int(row[kind.value]) for kind in Coverage}
        return Counted(compounds=1, all_five=int(all(having.values())), having=having)
    if board.kind == BoardKind.DEPARTMENT:
        return None
    days = CoverageDay.objects.filter(day=day)
    if board.kind == BoardKind.DISTRICT:
        days = days.filter(unit__district=board.district_id)
    else:
        days = days.filter(unit=board.unit_id)
    names = ("compounds", "all_five", *Coverage.values)
    sums = days.aggregate(**{f"sum_{name}": Sum(name) for name in names})
    if not sums["sum_compounds"]:
        return None
    return Counted(
        compounds=sums["sum_compounds"],
        all_five=sums["sum_all_five"],
        having={kind: sums[f"sum_{kind.value}"] for kind in Coverage},
    )
