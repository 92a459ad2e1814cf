"""Reading runs and scores: what somebody may see, in words, row by row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from governance.assessment.enums import (
    PEOPLE,
    RELEASED,
    AppealState,
    IndicatorRole,
    Note,
    RunState,
    SubjectKind,
)
from governance.assessment.formulas.numbers import text_of
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import Indicator
from governance.assessment.models import Run, RunRow, Score
from governance.assessment.models.runs import concerned
from governance.assessment.periods import Period
from governance.assessment.runs.workflow import appeals_of_period, keeps
from governance.assessment.schemes import definitions
from governance.assessment.schemes.definitions import Definition, Item
from orgs.values.phones import mask_name

if TYPE_CHECKING:
    from orgs.models import User

MOST_ROWS = 200


def runs(user: "User") -> QuerySet[Run]:
    """The runs in sight, the newest period first."""
    rows: QuerySet[Run] = Run.objects.visible_to(user).select_related("scheme")
    return rows.annotate(is_corrected=Exists(Run.objects.filter(corrects=OuterRef("pk"))))


def scores(user: "User", run: Run) -> QuerySet[Score]:
    """The scores of a run in sight, in the order of their keys: never by score."""
    rows: QuerySet[Score] = Score.objects.visible_to(user).filter(run=run)
    return rows


@dataclass(frozen=True)
class Line:
    """One indicator of a score, ready to be read."""

    item: Item
    indicator: Indicator
    numerator: int
    denominator: int
    rows: int
    value: str | None
    points: str | None
    note: Note
    # What it takes from a full score, of all weights that count; None where it has no part in the mean.
    lost: str | None = None
    # Rows beside the counted ones, left out by a reviewed reason.
    left_out: int = 0

    @property
    def shown(self) -> int:
        """How many rows stand behind it, counted or left out."""
        return self.rows + self.left_out

    @property
    def per_mille(self) -> int | None:
        """Its share in per mille, for a bar; None without one."""
        if not self.denominator or self.note:
            return None
        return min(1000, self.numerator * 1000 // self.denominator)

    @property
    def percent(self) -> str:
        """87.5%, or why there is none."""
        if self.value is None:
            return str(self.note.label)
        tenths = (self.numerator * 2000 + self.denominator) // (2 * self.denominator)
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def sum(self) -> str:
        """18 contacted in time of 20 contacts due."""
        return _("%(part)s %(numerator)d of %(whole)s %(denominator)d") % {
            "part": self.indicator.part, "numerator": self.numerator,
            "whole": self.indicator.whole, "denominator": self.denominator,
        }  # fmt: skip

    @property
    def role(self) -> str:
        """What it does to the score: its weight, or that it is added or taken off."""
        if self.item.role == IndicatorRole.WEIGHTED:
            return _("weight %(weight)d") % {"weight": self.item.weight}
        return str(IndicatorRole(self.item.role).label)


def left_out(score: Score) -> dict[str, int]:
    """How many rows of a score each indicator leaves out by a reviewed reason."""
    rows = RunRow.objects.filter(run=score.run_id, subject=score.subject, left_out=True)
    return dict(rows.order_by().values_list("indicator").annotate(Count("pk")))


def lines(score: Score, left_out: Mapping[str, int] | None = None) -> list[Line]:
    """The indicators of a score in the order of its scheme, with how many rows each left out."""
    definition = definition_of(score.run)
    known = {one["code"]: one for one in json.loads(score.result)["indicators"]}
    counted = sum(
        item.weight
        for item in definition.items
        if known.get(item.code, {}).get("points") is not None
    )
    return [
        Line(
            item, registry.get(item.code), one["numerator"], one["denominator"], one["rows"],
            one["value"], one["points"], Note(one["note"]), _lost(item, one["points"], counted),
            (left_out or {}).get(item.code, 0),
        )
        for item in definition.items
        if (one := known.get(item.code))
    ]  # fmt: skip


def _lost(item: Item, points: str | None, counted: int) -> str | None:
    """How many points of 100 an indicator keeps from the weighted mean."""
    if points is None or not item.weight:
        return None
    missing = max(Fraction(0), 100 - Fraction(points)) * item.weight / counted
    return text_of(missing, 2)


def definition_of(run: Run) -> Definition:
    return definitions.read(run.scheme.definition)


@dataclass(frozen=True)
class CountedRow:
    """One row behind a figure."""

    key: int
    text: str
    url: str
    numerator: int
    denominator: int
    left_out: bool
    costs: bool


def rows_behind(score: Score, code: str, after: int = 0) -> list[CountedRow]:
    """The rows that an indicator of a score counted, in order of key; two statements."""
    rows = RunRow.objects.filter(
        run=score.run_id, subject=score.subject, indicator=code, key__gt=after
    ).order_by("key")[:MOST_ROWS]
    found = list(rows)
    indicator = registry.get(code)
    described = indicator.describe([row.key for row in found])
    return [
        CountedRow(
            row.key,
            described[row.key].text if row.key in described else _("not there any more"),
            described[row.key].url if row.key in described else "",
            row.numerator,
            row.denominator,
            row.left_out,
            indicator.costs(row.numerator, row.denominator),
        )
        for row in found
    ]


def public_name(run: Run, name: str) -> str:
    """As it is made public: people with the family name alone."""
    if SubjectKind(run.scheme.subject_kind) in PEOPLE:
        return mask_name(name)
    return name


def band_name(run: Run, code: str) -> str:
    """What a band is called."""
    bands = {band.code: band.name for band in definition_of(run).bands}
    return bands.get(code, code)


def verdict(score: Score) -> dict[str, Any]:
    """The whole result as it is stored."""
    result: dict[str, Any] = json.loads(score.result)
    return result


def own_scores(user: "User") -> QuerySet[Score]:
    """The newest scores that concern somebody, of the schemes that they do not answer for."""
    rows: QuerySet[Score] = Score.objects.filter(*concerned(user))
    later = Run.objects.filter(corrects=OuterRef("run"), state__in=sorted(RELEASED))
    rows = rows.select_related("run__scheme").annotate(is_corrected=Exists(later))
    return rows.order_by("-run__starts", "-pk")


def waiting_appeals(run: Run) -> int:
    """How many appeals of the period wait for their decision, against whichever revision."""
    return appeals_of_period(run).filter(state=AppealState.WAITING).count()


def corrected(user: "User", score: Score) -> Score | None:
    """The subject's score in the correction that has taken the place of this one, where it may be seen."""
    rows = Score.objects.visible_to(user).filter(run__corrects=score.run, subject=score.subject)
    found: Score | None = rows.first()
    return found


def before(user: "User", score: Score) -> Score | None:
    """The same subject's score of the period before, if somebody may see it."""
    run = score.run
    earlier = Period.parse(run.period).before.name
    rows = Score.objects.visible_to(user).filter(
        run__district=run.district_id, run__code=run.code, run__period=earlier,
        subject=score.subject,
    )  # fmt: skip
    found: Score | None = rows.select_related("run").order_by("-run__revision").first()
    return found


def explained(score: Score, lines: list[Line]) -> str:
    """The sum in one sentence: (30 × 97.5 + 35 × 90.0) ÷ 65 = 93.46."""
    parts = [line for line in lines if line.item.weight]
    counted = [line for line in parts if line.points is not None]
    result = verdict(score)
    if not parts:
        return ""
    if result["base"] is None:
        return _("Under half of the weight has a value: there is no score.")
    sums = " + ".join(f"{line.item.weight} × {line.points}" for line in counted)
    weights = sum(line.item.weight for line in counted)
    text = f"({sums}) ÷ {weights} = {result['base']}"
    if len(counted) < len(parts):
        text += " " + _("(what has no value dropped out, the other weights are scaled)")
    for name, sign in (("bonus", "+"), ("deduction", "−")):
        if result[name] and Fraction(result[name]):
            text += f" {sign} {result[name]}"
    return text


def concerns(user: "User", score: Score) -> bool:
    """Whether a score is somebody's own, or of what they answer for; never of whoever keeps the scheme."""
    if keeps(user, score.run.scheme) and score.account_id != user.pk:
        return False
    return Score.objects.filter(*concerned(user), pk=score.pk).exists()


def may_appeal(user: "User", score: Score, now: datetime) -> bool:
    """Whether somebody may appeal now."""
    run = score.run
    is_open = run.state == RunState.APPEALS and run.appeal_until and now < run.appeal_until
    is_open = is_open and not Run.objects.filter(corrects=run).exists()
    waits = score.appeals.filter(state=AppealState.WAITING).exists()
    return bool(is_open) and concerns(user, score) and not waits
