"""The five full coverages as indicators: what each compound has on the last day of a period."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, SubjectKind
from governance.assessment.indicators.places import LEVELS, place_at
from governance.assessment.indicators.registry import (
    Described,
    Indicator,
    Rows,
    Source,
    Window,
    register,
)
from governance.assessment.indicators.work import ONE, one_if
from orgs.enums import UnitKind
from orgs.models import Unit
from residents.enums import Coverage
from residents.organisations.coverage import with_lights


def describe_compounds(keys: Iterable[int]) -> dict[int, Described]:
    """Each compound by its name."""
    rows = Unit.objects.filter(pk__in=list(keys))
    return {row.pk: Described(row.path_name, reverse("orgs:unit", args=[row.code])) for row in rows}


def _having(coverage: Coverage, level: int) -> Source:
    def source(window: Window) -> Rows:
        compounds = Unit.objects.filter(kind=UnitKind.COMPOUND, tree_id__in=window.trees)
        rows = with_lights(compounds, window.period.last)
        subject: Any = F("pk") if level == LEVELS[SubjectKind.COMPOUND] else place_at(level, "")
        return Rows(rows, subject, F("pk"), one_if(Q(**{coverage.value: True})), ONE)

    return source


register(
    *(
        Indicator(
            f"has_{coverage.value}",
            coverage.label,
            gettext_lazy(
                "Compounds that have it on the last day of the period, of all compounds of the place."
            ),
            gettext_lazy("compounds having it"),
            gettext_lazy("compounds"),
            Counted.COVERAGE,
            {kind: _having(coverage, level) for kind, level in LEVELS.items()},
            describe_compounds,
        )
        for coverage in Coverage
    )
)
