"""What a scheme says: indicators with weights, caps and floors, formulas, bands. Kept as canonical JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from governance.assessment.enums import Counted, IndicatorRole, SubjectKind
from governance.assessment.formulas.language import FormulaError, compiled
from governance.assessment.formulas.numbers import canonical
from governance.assessment.indicators import registry
from orgs.errors import Refused

# The formula of a scheme that gives bands and no score.
NO_SCORE = "none"
# What the formula of an indicator may name: its share, and both sides of it.
SHARE_NAMES = frozenset({"value", "n", "d"})
# What the formula of the score may name, beside the points of the indicators.
SUM_NAMES = frozenset({"base", "bonus", "deduction"})
MOST_INDICATORS, MOST_BANDS = 30, 10


@dataclass(frozen=True)
class Item:
    """One indicator of a scheme. `formula` makes points of it; floor and cap bound them.

    `least`: with fewer rows it is "too few".
    """

    code: str
    role: IndicatorRole = IndicatorRole.WEIGHTED
    weight: int = 0
    formula: str = "value * 100"
    floor: str = ""
    cap: str = ""
    least: int = 1


@dataclass(frozen=True)
class Band:
    """A class of results, and the condition on which it is given."""

    code: str
    name: str
    condition: str


@dataclass(frozen=True)
class Definition:
    """All of it. The first band whose condition holds is given."""

    items: tuple[Item, ...]
    formula: str = "base + bonus - deduction"
    digits: int = 2
    bands: tuple[Band, ...] = ()
    # So many raters there are at least, and so many per cent of them are residents.
    least_raters: int = 0
    residents_percent: int = 0

    @property
    def text(self) -> str:
        """Canonical JSON: the same bytes for the same scheme."""
        return canonical(asdict(self))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(item.code for item in self.items)

    @property
    def extra_entries(self) -> int:
        """How many entries beyond their work it asks of the assessed."""
        return sum(registry.get(item.code).entries_asked for item in self.items)


@lru_cache(maxsize=512)
def read(text: str) -> Definition:
    """A definition as it is stored."""
    data = json.loads(text)
    items = tuple(Item(**{**row, "role": IndicatorRole(row["role"])}) for row in data.pop("items"))
    bands = tuple(Band(**row) for row in data.pop("bands"))
    return Definition(items=items, bands=bands, **data)


# --- Checking ------------------------------------------------------------------------------------


def check(definition: Definition, kind: SubjectKind) -> None:
    """Raises Refused, or FormulaError with the place of what is wrong in a formula."""
    _refuse_shape(definition)
    for item in definition.items:
        indicator = registry.get(item.code)
        if kind not in indicator.sources:
            raise Refused(
                _("“%(name)s” is not counted for what this scheme assesses.")
                % {"name": indicator.label},
                code="indicator_unfit", field="indicators",
            )  # fmt: skip
        if indicator.counts == Counted.EFFORT and item.weight:
            raise Refused(
                _("“%(name)s” counts effort, not results: its weight is 0.")
                % {"name": indicator.label},
                code="effort_weighs_nothing", field="indicators",
            )  # fmt: skip
        _named(item.formula, SHARE_NAMES, str(indicator.label))
        for bound in (item.floor, item.cap):
            if bound:
                number(bound)
    if definition.formula != NO_SCORE:
        _named(definition.formula, SUM_NAMES | definition.names, _("Formula of the score"))
    for band in definition.bands:
        _named(
            band.condition, SUM_NAMES | definition.names | {"score"} | counts(definition), band.name
        )


def counts(definition: Definition) -> frozenset[str]:
    """What conditions of bands may name beside: how much each indicator counted (`code_n`)."""
    return frozenset(f"{name}_n" for name in definition.names)


def _named(formula: str, names: Iterable[str], where: str) -> None:
    try:
        compiled(formula, names)
    except FormulaError as error:
        message = _("%(where)s, character %(position)d: %(what)s") % {
            "where": where, "position": error.position, "what": error.message,
        }  # fmt: skip
        raise FormulaError(message, error.position) from None


def _refuse_shape(definition: Definition) -> None:
    wrong = ""
    weighted = [item for item in definition.items if item.role == IndicatorRole.WEIGHTED]
    codes = [item.code for item in definition.items]
    if not 1 <= len(codes) <= MOST_INDICATORS:
        wrong = _("A scheme has 1 to %(most)d indicators.") % {"most": MOST_INDICATORS}
    elif len(set(codes)) < len(codes):
        wrong = _("Each indicator stands once in a scheme.")
    elif any(
        not 0 <= item.weight <= 1000 or not 1 <= item.least <= 10000 for item in definition.items
    ):
        wrong = _("Weights go from 0 to 1000.")
    elif any(item.weight for item in definition.items if item not in weighted):
        wrong = _("Only parts of the weighted mean have a weight.")
    elif weighted and not sum(item.weight for item in weighted):
        wrong = _("The weights add up to nothing.")
    elif not (0 <= definition.least_raters <= 10_000 and 0 <= definition.residents_percent <= 100):
        wrong = _("Raters are 0 to 10000, and 0 to 100 per cent of them residents.")
    elif not 0 <= definition.digits <= 4:
        wrong = _("Scores have 0 to 4 decimals.")
    elif len(definition.bands) > MOST_BANDS:
        wrong = _("A scheme has at most %(most)d bands.") % {"most": MOST_BANDS}
    if wrong:
        raise Refused(wrong, code="bad_scheme", field="indicators")


def number(text: str) -> Fraction:
    """A bound. Raises Refused for what is no number."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        message = _("Caps and floors are numbers.")
        raise Refused(message, code="bad_scheme", field="indicators") from None
