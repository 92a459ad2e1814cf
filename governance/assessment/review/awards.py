"""The yearly lists of honours (百佳小区书记、百佳楼栋长): whom a published year found excellent, unranked.

Nothing is cut off at a number and no score stands beside a name: places first, names within them.
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import PeriodKind, RunState, SubjectKind
from governance.assessment.models import Score
from governance.assessment.runs import queries
from orgs.audit import audit
from orgs.imports.workbooks.spreadsheets import harmless

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import District, User

# The band that a scheme calls excellent, whatever it needs for it.
BAND = "excellent"
PUBLISHED = (RunState.PUBLISHED, RunState.ARCHIVED)


@dataclass(frozen=True)
class Award:
    """One list."""

    kind: SubjectKind
    label: "_StrPromise"


AWARDS = {
    "secretaries": Award(SubjectKind.SECRETARY, gettext_lazy("Hundred best compound secretaries")),
    "building-heads": Award(SubjectKind.BUILDING_HEAD, gettext_lazy("Hundred best building heads")),
}


def awarded(district: "District", award: Award, year: int) -> QuerySet[Score]:
    """Whom the published year found excellent, in the order of the codes of their places."""
    return (
        Score.objects.filter(
            Score.standing(PUBLISHED), run__district=district, run__period=str(year),
            run__scheme__period_kind=PeriodKind.YEAR,
            run__scheme__subject_kind=award.kind, band=BAND, unit__isnull=False,
        )
        .select_related("unit", "run__scheme")
        .order_by("unit__code", "pk")
    )  # fmt: skip


def years(district: "District") -> list[int]:
    """The years of which there is a list, the newest first."""
    kinds = [award.kind for award in AWARDS.values()]
    periods = Score.objects.filter(
        Score.standing(PUBLISHED), run__district=district,
        run__scheme__period_kind=PeriodKind.YEAR, run__scheme__subject_kind__in=kinds,
    )  # fmt: skip
    found = periods.order_by("-run__period").values_list("run__period", flat=True).distinct()
    return [int(period) for period in found]


@transaction.atomic
def workbook(*, district: "District", award: Award, year: int, by: "User", now: datetime) -> bytes:
    """The list as a workbook: place, name, band, scheme; without scores."""
    from openpyxl import Workbook  # 20 MB of each process that never writes one

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(award.label)[:31])
    sheet.append([_("Place"), _("Name"), _("Band"), _("Scheme")])
    count = 0
    for score in awarded(district, award, year).iterator(chunk_size=500):
        assert score.unit is not None, "awarded leaves out who has no place"
        band = queries.band_name(score.run, score.band)
        cells = (score.unit.path_name, score.name, band, score.run.scheme.name)
        sheet.append([harmless(cell) for cell in cells])
        count += 1
    sheet.append([_("In the order of codes; nobody is ranked.")])
    audit.record(
        "assessment.export-awards", by=by, obj=district, now=now,
        detail={"list": award.kind.value, "year": year, "rows": count},
    )  # fmt: skip
    content = BytesIO()
    book.save(content)
    return content.getvalue()
