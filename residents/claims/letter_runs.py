"""Letters for all buildings of a compound or community: ordered, made by workers, fetched, deleted."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.attachments import print_runs
from orgs.attachments.print_runs import KEPT
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.enums import UnitKind
from orgs.errors import DomainError, Refused, TooLarge
from orgs.models import Unit
from residents.claims import door_codes
from residents.enums import LetterState
from residents.models import Household, LetterRun, LetterSheet
from residents.roll import people

if TYPE_CHECKING:
    from orgs.models import User

MOST_BUILDINGS = 300


@transaction.atomic
def order(*, unit: Unit, by: "User", now: datetime) -> LetterRun:
    """Orders a sheet of letters for each building of a unit; an order under way is answered again.

    Raises NotAllowed; Refused (`no_households`) where there are none; TooLarge.
    """
    people.must_keep(by, unit)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    under_way = LetterSheet.objects.filter(run__unit=unit, state=LetterState.WAITING).first()
    if under_way:
        return under_way.run
    inside = unit.get_descendants(include_self=True).filter(kind=UnitKind.BUILDING)
    homes = Household.objects.filter(building__in=inside).order_by().values("building")
    buildings = list(inside.filter(pk__in=homes).order_by("lft")[: MOST_BUILDINGS + 1])
    if not buildings:
        raise Refused(_("No household is entered here yet."), code="no_households")
    if len(buildings) > MOST_BUILDINGS:
        raise TooLarge(_("At most %(count)d buildings at once.") % {"count": MOST_BUILDINGS})
    run = LetterRun.objects.create(unit=unit, by=by, asked_at=now, expires_at=now + KEPT)
    sheets = LetterSheet.objects.bulk_create(
        LetterSheet(run=run, building=building) for building in buildings
    )
    detail = {"buildings": len(sheets)}
    audit.record("residents.order-letters", by=by, obj=run, detail=detail, now=now)
    enqueue("residents.jobs.make_letters", [sheet.pk for sheet in sheets])
    return run


def make(*, sheet_id: int, now: datetime) -> bool:
    """Makes one sheet; False where there was nothing to do."""
    sheets = LetterSheet.objects.select_related("run__by", "building")
    return print_runs.make(sheets=sheets, key=sheet_id, now=now, content=partial(_letters, now=now))


def _letters(sheet: LetterSheet, now: datetime) -> bytes | LetterState:
    try:
        letters = door_codes.letters(building=sheet.building, by=sheet.run.by, now=now)
    except DomainError as error:
        return LetterState.EMPTY if error.code == "no_households" else LetterState.FAILED
    sheet.letters = sheet.building.households.count()
    return letters


def fetch(*, sheet: LetterSheet, by: "User", now: datetime) -> bytes:
    """The PDF of a sheet. Raises NotAllowed, WrongState (`no_file`) before it is made or when it is
    deleted."""
    people.must_keep(by, sheet.building)
    gone = _("These letters are not there: order them anew.")
    content = print_runs.read(sheet=sheet, now=now, gone=gone)
    audit.record("residents.fetch-letters", by=by, obj=sheet, now=now)
    return content


def waiting(now: datetime) -> list[int]:
    """The sheets that nobody is making."""
    return print_runs.waiting(sheets=LetterSheet.objects.all(), now=now)


def forget(*, now: datetime) -> int:
    """Deletes what has expired, files included; answers the number of sheets."""
    return print_runs.forget(
        sheets=LetterSheet.objects.all(),
        runs=LetterRun.objects.all(),
        action="residents.forget-letters",
        now=now,
    )
