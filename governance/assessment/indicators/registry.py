"""The indicators that schemes may use: what each counts, in a sentence, from which rows.

SQL gives whole numbers for each row, numerator and denominator; formulas make points of their sums.
What 国办函〔2026〕12号 forbids is refused when it is registered: log-ins, online time, check-ins, photos,
uploads, likes, online votes. Nothing here ranks people.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.assessment.enums import FORBIDDEN, Counted, SubjectKind
from governance.assessment.periods import Period
from orgs.errors import Refused

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from tasks.models import RateRule


@dataclass(frozen=True)
class Window:
    """What a run looks at: a period of a scheme in a district, as of a moment, by a rule of the rates."""

    code: str
    district_id: int
    trees: tuple[int, ...]
    period: Period
    as_of: datetime
    rate_rule: "RateRule"


@dataclass(frozen=True)
class Rows:
    """Rows with expressions for whom each counts, its key, and what it adds to both sides."""

    rows: "QuerySet[Any]"
    subject: Any
    key: Any
    numerator: Any
    denominator: Any


@dataclass(frozen=True)
class Described:
    """A row as people read it, and its page."""

    text: str
    url: str = ""


Source = Callable[[Window], Rows]
Describe = Callable[[Iterable[int]], dict[int, Described]]


@dataclass(frozen=True)
class Indicator:
    """One indicator. `sentence` says what it is; `part` and `whole` name both sides of it.

    `entries_asked`: entries that it asks of the assessed beyond their work. `least`: fewer rows are too
    few to say anything. `less_is_better`: what counts is a fault (a refusal, a late work).
    """

    code: str
    label: "_StrPromise | str"
    sentence: "_StrPromise | str"
    part: "_StrPromise | str"
    whole: "_StrPromise | str"
    counts: Counted
    sources: Mapping[SubjectKind, Source]
    describe: Describe
    entries_asked: int = 0
    least: int = 1
    less_is_better: bool = False

    def costs(self, numerator: int, denominator: int) -> bool:
        """Whether a row is not as good as it can be."""
        return numerator > 0 if self.less_is_better else numerator < denominator


class ForbiddenIndicator(ValueError):
    """An indicator that counts what none may count."""


_indicators: dict[str, Indicator] = {}


def register(*indicators: Indicator) -> None:
    """Adds indicators. Raises ForbiddenIndicator for those that count what is forbidden."""
    for indicator in indicators:
        if indicator.counts in FORBIDDEN:
            raise ForbiddenIndicator(
                f"{indicator.code} counts {indicator.counts.value}: 国办函〔2026〕12号 forbids it"
            )
        _indicators[indicator.code] = indicator


def get(code: str) -> Indicator:
    """The indicator of a code. Raises Refused (`unknown_indicator`)."""
    if code not in _indicators:
        message = _("There is no indicator “%(code)s”.") % {"code": code[:40]}
        raise Refused(message, code="unknown_indicator", field="indicators")
    return _indicators[code]


def fitting(kind: SubjectKind) -> list[Indicator]:
    """The indicators that are counted for a kind of subject."""
    return [indicator for indicator in _indicators.values() if kind in indicator.sources]


def everything() -> list[Indicator]:
    return list(_indicators.values())
