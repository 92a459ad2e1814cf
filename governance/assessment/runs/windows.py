"""What a run looks at, made from its row."""

from governance.assessment.indicators.registry import Window
from governance.assessment.models import Run
from governance.assessment.periods import Period
from orgs.models import Unit


def window_of(run: Run) -> Window:
    """Its period, its streets, its moment, its rule of the rates."""
    trees = Unit.objects.filter(level=0, district=run.district_id).order_by("tree_id")
    return Window(
        code=run.code,
        district_id=run.district_id,
        trees=tuple(trees.values_list("tree_id", flat=True)),
        period=Period.parse(run.period),
        as_of=run.as_of,
        rate_rule=run.rate_rule,
    )
