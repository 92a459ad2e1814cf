"""From sums to a score: points of each indicator, the weighted mean, the score, its band.

Over integers and fractions; rounding is half up, to as many decimals as the scheme declares. What has
no value drops out and the other weights are scaled; with under half of the weight left there is no score.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from governance.assessment.enums import IndicatorRole, Note
from governance.assessment.formulas.language import Formula, Value, compiled
from governance.assessment.formulas.numbers import canonical, half_up, text_of
from governance.assessment.indicators import registry
from governance.assessment.schemes.definitions import (
    NO_SCORE,
    SHARE_NAMES,
    SUM_NAMES,
    Definition,
    Item,
    counts,
    number,
)

# Indicator -> numerator, denominator, number of rows.
Sums: TypeAlias = Mapping[str, tuple[int, int, int]]
SHARE_DIGITS = 4
# The indicators that people's ratings give.
RATED_BY, RESIDENTS = "rating_", "rating_resident"


class Computer:
    """A definition made ready: its formulas are compiled once, and equal inputs are computed once."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        names = SUM_NAMES | definition.names
        self._points = [compiled(item.formula, SHARE_NAMES) for item in definition.items]
        self._least = [max(item.least, registry.get(item.code).least) for item in definition.items]
        self._bounds = [_bounds(item) for item in definition.items]
        scores = definition.formula != NO_SCORE
        self._score = compiled(definition.formula, names) if scores else None
        self._bands = [
            (band, compiled(band.condition, names | {"score"} | counts(definition)))
            for band in definition.bands
        ]
        self._known = lru_cache(maxsize=4096)(self._compute)

    def result(self, sums: Sums) -> tuple[str | None, str, str]:
        """Value, band and the whole as canonical JSON."""
        return self._known(tuple(sums.get(item.code, (0, 0, 0)) for item in self.definition.items))

    def _compute(self, inputs: tuple[tuple[int, int, int], ...]) -> tuple[str | None, str, str]:
        definition = self.definition
        shown, values = [], {}
        few_raters = _too_few_raters(definition, inputs)
        counted: dict[str, Value] = {}
        for index, item in enumerate(definition.items):
            numerator, denominator, rows = inputs[index]
            share, note = _share(numerator, denominator, rows, self._least[index])
            if share is not None and few_raters and item.code.startswith(RATED_BY):
                share, note = None, Note.TOO_FEW
            points = None
            if share is not None:
                points = self._points[index](
                    {"value": share, "n": Fraction(numerator), "d": Fraction(denominator)}
                )
                points = _bounded(points, self._bounds[index])
                if points is None:
                    note = Note.NO_VALUE
            values[item.code] = points
            counted[f"{item.code}_n"] = Fraction(numerator)
            shown.append(
                {
                    "code": item.code,
                    "numerator": numerator,
                    "denominator": denominator,
                    "rows": rows,
                    "value": text_of(share, SHARE_DIGITS),
                    "points": text_of(points, definition.digits),
                    "note": note.value,
                }
            )
        base, bonus, deduction = _sums(definition, values)
        known: dict[str, Value] = {
            **values, "base": base, "bonus": bonus, "deduction": deduction,
        }  # fmt: skip
        # A missing part of the mean has dropped out already; what the formula names itself is needed.
        has_score = self._score and (base is not None or not _has_mean(definition))
        score = self._score(known) if has_score and self._score else None
        rounded = None if score is None else half_up(score, definition.digits)
        band = _band(self._bands, {**known, "score": rounded, **counted})
        value = text_of(rounded, definition.digits)
        text = canonical(
            {
                "value": value,
                "band": band,
                "base": text_of(base, definition.digits),
                "bonus": text_of(bonus, definition.digits),
                "deduction": text_of(deduction, definition.digits),
                "indicators": shown,
            }
        )
        return value, band, text


def _too_few_raters(definition: Definition, inputs: tuple[tuple[int, int, int], ...]) -> bool:
    """Whether fewer people rated than the scheme asks for, or too few of them are ordinary residents."""
    raters = {
        item.code: rows
        for item, (_numerator, _denominator, rows) in zip(definition.items, inputs, strict=True)
        if item.code.startswith(RATED_BY)
    }
    whole = sum(raters.values())
    residents = raters.get(RESIDENTS, 0)
    return whole < definition.least_raters or (
        100 * residents < definition.residents_percent * whole
    )


def _bounds(item: Item) -> tuple[Fraction | None, Fraction | None]:
    return number(item.floor) if item.floor else None, number(item.cap) if item.cap else None


def _bounded(points: Value, bounds: tuple[Fraction | None, Fraction | None]) -> Value:
    if points is None:
        return None
    floor, cap = bounds
    if floor is not None:
        points = max(points, floor)
    return points if cap is None else min(points, cap)


def _share(numerator: int, denominator: int, rows: int, least: int) -> tuple[Fraction | None, Note]:
    if not denominator:
        return None, Note.NO_VALUE
    if rows < least:
        return None, Note.TOO_FEW
    return Fraction(numerator, denominator), Note.NONE


def _has_mean(definition: Definition) -> bool:
    return any(item.role == IndicatorRole.WEIGHTED and item.weight for item in definition.items)


def _sums(definition: Definition, values: Mapping[str, Value]) -> tuple[Value, Fraction, Fraction]:
    """The weighted mean of what has a value, what is added and what is taken off."""
    whole = left = 0
    total = bonus = deduction = Fraction(0)
    for item in definition.items:
        points = values[item.code]
        if item.role == IndicatorRole.WEIGHTED:
            whole += item.weight
            if points is not None:
                left += item.weight
                total += item.weight * points
        elif points is not None and item.role == IndicatorRole.BONUS:
            bonus += points
        elif points is not None and item.role == IndicatorRole.DEDUCTION:
            deduction += points
    base = total / left if left and 2 * left >= whole else None
    return base, bonus, deduction


def _band(bands: list[tuple], values: Mapping[str, Value]) -> str:
    formula: Formula
    for band, formula in bands:
        if formula(values):
            return str(band.code)
    return ""
