"""What forms cost: of each form of the catalogue, and month by month for a street or a district."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from governance.assessment.enums import PeriodKind
from governance.assessment.periods import Period
from governance.data_forms.enums import SubmissionState
from governance.data_forms.fields import registry
from governance.data_forms.models import CatalogueForm, Collection, FormColumn, Submission
from orgs.values.proportions import per_mille

if TYPE_CHECKING:
    from orgs.models import User

MONTHS = 12


@dataclass
class Cost:
    """What one form of the catalogue has cost so far, and what else asks the same."""

    entry: CatalogueForm
    columns: int = 0
    collections: int = 0
    submissions: int = 0
    cells: int = 0
    # Cells that somebody had to type, and what the portal filled in.
    typed: int = 0
    known: int = 0
    minutes: int = 0
    # Fields that other forms ask too, by heading, with those forms.
    twice: dict[str, list[CatalogueForm]] = field(default_factory=dict)

    @property
    def share(self) -> int | None:
        """How much filled itself, in per mille of the cells."""
        return per_mille(self.known - self.typed, self.cells)


def costs(entries: Iterable[CatalogueForm]) -> list[Cost]:
    """The costs of some forms of the catalogue, in their order. A fixed number of statements."""
    found = {entry.pk: Cost(entry) for entry in entries}
    signed = Submission.objects.filter(
        state=SubmissionState.SIGNED, collection__entry__in=found
    ).order_by()
    for row in signed.values("collection__entry").annotate(
        submissions=Count("pk"), collections=Count("collection", distinct=True),
        cells_=Sum("cells"), typed_=Sum("typed"), known_=Sum("known"), minutes_=Sum("minutes"),
    ):  # fmt: skip
        cost = found[row["collection__entry"]]
        cost.submissions, cost.collections = row["submissions"], row["collections"]
        cost.cells, cost.typed = row["cells_"], row["typed_"]
        cost.known, cost.minutes = row["known_"], row["minutes_"]
    streets = {cost.entry.street_id for cost in found.values()}
    asked = _asked(streets)
    for cost in found.values():
        own = asked.get(cost.entry.street_id, {})
        for heading, entries_ in own.items():
            if cost.entry in entries_.values():
                others = [one for one in entries_.values() if one != cost.entry]
                if others:
                    cost.twice[heading] = others
    counts = dict(
        FormColumn.objects.filter(form__entries__in=found)
        .order_by().values_list("form__entries").annotate(number=Count("pk"))
    )  # fmt: skip
    for key, number in counts.items():
        found[key].columns = number
    return list(found.values())


# Columns that ask for something: not a number of the row, a formula, or what is left empty on purpose.
_ASKS = Q(computed=False) & ~Q(field=registry.SERIAL) & (~Q(field="") | Q(asked=True))


def _asked(streets: set[int]) -> dict[int, dict[str, dict[int, CatalogueForm]]]:
    """What forms in force ask, by street and heading: the same field, or the same unknown heading."""
    entries = {
        entry.form_id: entry
        for entry in CatalogueForm.objects.filter(street__in=streets, ends=None).select_related(
            "form"
        )
    }
    found: dict[int, dict[str, dict[int, CatalogueForm]]] = defaultdict(lambda: defaultdict(dict))
    columns = FormColumn.objects.filter(_ASKS, form__in=entries)
    for form, key, code in columns.order_by("form", "place").values_list("form", "key", "field"):
        known = registry.get(code)
        entry = entries[form]
        found[entry.street_id][known.label if known else key][entry.pk] = entry
    return found


# --- Month by month --------------------------------------------------------------------------------


@dataclass
class Month:
    """What forms cost in one month."""

    first: date
    forms: int = 0
    entries: int = 0
    typed: int = 0
    minutes: int = 0
    twice: int = 0

    @property
    def label(self) -> str:
        return Period.at(PeriodKind.MONTH, self.first).label


def months(user: "User", now: datetime) -> list[Month]:
    """The last twelve months of what somebody sees, the oldest first; three statements.

    Forms that were asked, entries that were signed off, cells typed and minutes spent for them, and how
    many fields two of the month's forms ask.
    """
    one = Period.at(PeriodKind.MONTH, timezone.localdate(now))
    found: dict[date, Month] = {}
    for _number in range(MONTHS):
        found[one.first] = Month(one.first)
        one = one.before
    begins = Period.at(PeriodKind.MONTH, min(found)).moments[0]
    asked = Collection.objects.visible_to(user).filter(opened_at__gte=begins)
    signed = Submission.objects.filter(
        collection__in=Collection.objects.visible_to(user).order_by().values("pk"),
        state=SubmissionState.SIGNED, signed_at__gte=begins,
    )  # fmt: skip
    for row in _by_month(signed, "signed_at").annotate(
        entries=Count("pk"), typed_=Sum("typed"), minutes_=Sum("minutes")
    ):
        month = found[row["month"]]
        month.entries, month.typed, month.minutes = row["entries"], row["typed_"], row["minutes_"]
    for row in _by_month(asked, "opened_at").annotate(forms=Count("form", distinct=True)):
        found[row["month"]].forms = row["forms"]
    fields = _by_month(
        FormColumn.objects.filter(_ASKS, form__collections__in=asked),
        "form__collections__opened_at", "form__collections__street", "key", "field",
    ).annotate(forms=Count("form", distinct=True))  # fmt: skip
    # A field that forms call by several headings is one.
    sums: dict[tuple[date, int, str], int] = defaultdict(int)
    for row in fields:
        code = row["key"] if row["field"] in ("", registry.COUNT) else row["field"]
        sums[row["month"], row["form__collections__street"], code] += row["forms"]
    for (first, _street, _code), forms in sums.items():
        found[first].twice += forms > 1
    return sorted(found.values(), key=lambda month: month.first)


def _by_month(rows: QuerySet[Any], moment: str, *more: str) -> QuerySet[Any]:
    """Rows grouped by the month of a moment on local calendars."""
    by_month = rows.order_by().annotate(month=TruncMonth(F(moment), output_field=DateField()))
    return by_month.values("month", *more)
