"""What a draft would have given for the last period that is over; nothing is stored."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from governance.assessment.enums import PeriodKind, SubjectKind
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import Window
from governance.assessment.models import Scheme
from governance.assessment.periods import Period
from governance.assessment.runs import subjects
from governance.assessment.runs.results import Computer
from governance.assessment.schemes.definitions import Definition, check
from orgs.models import Unit
from tasks.rates.rates import rule_in_force

MOST = 200


@dataclass(frozen=True)
class Previewed:
    """One subject as the draft would score it."""

    name: str
    value: str | None
    band: str
    cells: list[str]


def last_period(scheme: Scheme, now: datetime) -> Period:
    """The newest period that is over."""
    return Period.at(PeriodKind(scheme.period_kind), timezone.localdate(now)).before


def preview(scheme: Scheme, definition: Definition, now: datetime) -> list[Previewed]:
    """The first subjects as a definition would score them; a statement for each indicator.

    Raises Refused or FormulaError for a definition that is wrong.
    """
    kind = SubjectKind(scheme.subject_kind)
    check(definition, kind)
    trees = Unit.objects.filter(level=0, district=scheme.district_id).order_by("tree_id")
    window = Window(
        code=scheme.code, district_id=scheme.district_id,
        trees=tuple(trees.values_list("tree_id", flat=True)),
        period=last_period(scheme, now), as_of=now, rate_rule=rule_in_force(),
    )  # fmt: skip
    shown = subjects.after(scheme, window, 0, MOST)
    keys = [subject.key for subject in shown]
    sums: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for item in definition.items:
        for key, *three in _sums(item.code, kind, window, keys):
            sums[key][item.code] = (int(three[0] or 0), int(three[1] or 0), three[2])
    computer = Computer(definition)
    rows = []
    for subject in sorted(shown, key=lambda one: one.code):
        value, band, _text = computer.result(sums[subject.key])
        cells = [
            "{}/{}".format(*sums[subject.key].get(item.code, (0, 0))[:2])
            for item in definition.items
        ]
        names = {one.code: one.name for one in definition.bands}
        rows.append(Previewed(subject.name, value, names.get(band, band), cells))
    return rows


def _sums(code: str, kind: SubjectKind, window: Window, keys: list[int]) -> QuerySet:
    source = registry.get(code).sources[kind](window)
    rows = source.rows.annotate(
        for_subject=source.subject, of_numerator=source.numerator,
        of_denominator=source.denominator,
    )  # fmt: skip
    grouped = rows.filter(for_subject__in=keys).order_by().values("for_subject")
    return grouped.annotate(
        numerators=Sum(F("of_numerator")), denominators=Sum(F("of_denominator")), times=Count("pk")
    ).values_list("for_subject", "numerators", "denominators", "times")
