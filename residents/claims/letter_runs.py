"""Letters for all buildings of a compound or community: ordered, made by workers, fetched, deleted.

What is due lies in the database: a sheet that nobody makes is found by the sweep, and a worker that
died is given up after CLAIM_LASTS. The files are encrypted, and deleted after KEPT.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import fernet
from orgs.db.queue import enqueue
from orgs.enums import UnitKind
from orgs.errors import DomainError, Refused, TooLarge, WrongState
from orgs.models import Unit
from residents.claims import door_codes
from residents.enums import LetterState
from residents.models import Household, LetterRun, LetterSheet
from residents.roll import people

if TYPE_CHECKING:
    from orgs.models import User

KEPT = timedelta(days=7)
CLAIM_LASTS = timedelta(minutes=10)
MAX_TRIES = 3
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
    """Makes one sheet; False where there was nothing to do (another worker has it, it is made)."""
    claimed = _claimable(now).filter(pk=sheet_id).update(claimed_at=now, tries=F("tries") + 1)
    if not claimed:
        return False
    sheet = LetterSheet.objects.select_related("run__by", "building").get(pk=sheet_id)
    if sheet.tries > MAX_TRIES:
        return _end(sheet, LetterState.FAILED)
    try:
        letters = door_codes.letters(building=sheet.building, by=sheet.run.by, now=now)
    except DomainError as error:
        empty = error.code == "no_households"
        return _end(sheet, LetterState.EMPTY if empty else LetterState.FAILED)
    name = f"{sheet.run_id}-{sheet.building_id}-{sheet.tries}.sealed"
    sheet.file.save(name, ContentFile(fernet().encrypt(letters)), save=False)
    sheet.letters = sheet.building.households.count()
    return _end(sheet, LetterState.READY)


def fetch(*, sheet: LetterSheet, by: "User", now: datetime) -> bytes:
    """The PDF of a sheet. Raises NotAllowed, WrongState (`no_file`) before it is made or when it is
    deleted."""
    people.must_keep(by, sheet.building)
    if not sheet.file or sheet.run.expires_at <= now:
        raise WrongState(_("These letters are not there: order them anew."), code="no_file")
    audit.record("residents.fetch-letters", by=by, obj=sheet, now=now)
    with sheet.file.open("rb") as file:
        return fernet().decrypt(file.read())


def waiting(now: datetime) -> list[int]:
    """The sheets that nobody is making."""
    return list(_claimable(now).order_by("pk").values_list("pk", flat=True)[:100])


def forget(*, now: datetime) -> int:
    """Deletes what has expired, files included; answers the number of sheets."""
    old = LetterSheet.objects.filter(run__expires_at__lte=now)
    files = [sheet.file for sheet in old if sheet.file]
    count = old.count()
    if not count:
        return 0
    with transaction.atomic():
        LetterRun.objects.filter(expires_at__lte=now).delete()
        audit.record("residents.forget-letters", by=None, detail={"sheets": count}, now=now)
    for file in files:
        file.storage.delete(str(file.name))
    return count


def _claimable(now: datetime) -> QuerySet[LetterSheet]:
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LASTS)
    return LetterSheet.objects.filter(free, state=LetterState.WAITING, run__expires_at__gt=now)


def _end(sheet: LetterSheet, state: LetterState) -> bool:
    sheet.state = state
    sheet.save(update_fields=["state", "letters", "file"])
    return True
