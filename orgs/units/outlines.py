"""Outlines of compounds and grids: taken from a file, shown on maps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from orgs.audit import audit
from orgs.enums import Permission, UnitKind
from orgs.errors import NotAllowed, Refused, TooLarge
from orgs.models import Grid, Outline, Unit, User
from orgs.scoping import lies_in
from orgs.units.units import lock_roots
from orgs.values.geojson import Shape, shapes
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from orgs.values.text import listed

LARGEST_FILE = 5 * 1024 * 1024
# As many as a page draws, and as many names as a sentence lists.
MOST_SHOWN, MOST_NAMED = 400, 10


@dataclass(frozen=True)
class Taken:
    """What came of a file."""

    written: int
    left_out: list[str]


@transaction.atomic
def take(*, unit: Unit, file: UploadedFile, partly: bool, by: User, now: datetime) -> Taken:
    """Keeps the outlines of a GeoJSON file for the compounds and grids of a place, over what was there.

    A feature tells by its code or name which one it is. Raises NotAllowed, TooLarge; Refused for what
    is no area, for two that mean the same place, and (unless `partly`) for one that means none.
    """
    if not by.has_perm(Permission.CHANGE_COMPOUNDPROFILE, unit):
        raise NotAllowed(_("You may not describe this place."))
    if file.size is None or file.size > LARGEST_FILE:
        raise TooLarge(_("The file is larger than %(most)d MB.") % {"most": LARGEST_FILE >> 20})
    known, found, left_out = _known(unit), {}, []
    for shape in shapes(file.read()):
        place = next((known[key] for name in shape.names if (key := compared(name)) in known), None)
        if place is None:
            left_out.append(shape.names[0] if shape.names else f"#{shape.number}")
        elif place in found:
            message = _("Two outlines are called %(name)s.") % {"name": place.name}
            raise Refused(message, code="twice", field="file")
        else:
            found[place] = shape
    if not found or (left_out and not partly):
        names = listed(left_out[:MOST_NAMED])
        message = _("No compound and no grid here is called so: %(names)s.") % {"names": names}
        raise Refused(message, code="unknown_place", field="file")
    # Two files at once: the second is written over the first.
    lock_roots([unit.tree_id])
    _keep(found)
    detail = {"outlines": len(found), "left_out": len(left_out)}
    audit.record("orgs.take-outlines", by=by, obj=unit, detail=detail, now=now)
    return Taken(len(found), left_out)


def _known(unit: Unit) -> dict[str, Unit | Grid]:
    """The compounds and grids of a place by code and by name; a name that two have tells nothing."""
    places = [*_compounds(unit), *Grid.objects.filter(lies_in(unit, "community"))]
    known: dict[str, Unit | Grid] = {}
    names = [compared(place.name) for place in places]
    for place, name in zip(places, names, strict=True):
        if names.count(name) == 1:
            known[name] = place
    return known | {compared(place.code): place for place in places}


def _compounds(unit: Unit) -> Any:
    return Unit.objects.filter(lies_in(unit), kind=UnitKind.COMPOUND)


def _keep(found: dict[Unit | Grid, Shape]) -> None:
    units = [place for place in found if isinstance(place, Unit)]
    grids = [place for place in found if isinstance(place, Grid)]
    Outline.objects.filter(Q(unit__in=units) | Q(grid__in=grids)).delete()
    Outline.objects.bulk_create(
        Outline(
            unit=place if isinstance(place, Unit) else None,
            grid=place if isinstance(place, Grid) else None,
            areas=shape.areas,
        )
        for place, shape in found.items()
    )


def of_place(unit: Unit) -> list[dict[str, Any]]:
    """The outlines of a place and of what lies in it, as maps draw them; one query."""
    inside = Q(lies_in(unit, "unit")) | Q(lies_in(unit, "grid__community"))
    return _drawn(inside)


def of_compounds(keys: Iterable[int]) -> list[dict[str, Any]]:
    """The outlines of some compounds; one query."""
    return _drawn(Q(unit__in=list(keys)))


def _drawn(which: Q) -> list[dict[str, Any]]:
    rows = Outline.objects.filter(which).select_related("unit", "grid").order_by("pk")[:MOST_SHOWN]
    return [
        {
            "name": (row.unit or row.grid).name,  # type: ignore[union-attr]  # one of both is there
            "kind": "grid" if row.grid_id else "compound",
            "areas": row.areas,
        }
        for row in rows
    ]
