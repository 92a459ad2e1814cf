"""Saved lists: who is listed, without a form; shared within a place, opened, fetched as a workbook."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.data_forms.enums import ROWS, Permission, Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.lists.listing import Listing, usual
from governance.data_forms.models import SavedList
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, TooLarge
from orgs.imports.workbooks import spreadsheets
from orgs.models import Unit
from orgs.values.names import is_visible
from orgs.values.sentences import gettext as _
from residents.privacy.unmasking import checked_purpose

if TYPE_CHECKING:
    from orgs.models import User

MAX_ROWS = 5_000
LONGEST_NAME = 80
MOST_COLUMNS = 30


@transaction.atomic
def save(*, unit: Unit, name: str, subject: Subject, by: "User", now: datetime) -> SavedList:
    """Keeps a list of all rows of a place under a name; then it is said who and what it shows.

    Raises NotAllowed outside of one's places; Refused for a name that is none or is taken.
    """
    if not by.has_perm(Permission.KEEP_LISTS, SavedList(unit=unit)) or unit.level > 1:
        raise NotAllowed(_("Lists are kept for your own community or street."))
    if subject not in ROWS:
        raise Refused(_("Say of what a list is."), field="subject")
    made = SavedList(
        unit=unit, name=_named(name), subject=subject, filters=Filter(unit=unit.code).said,
        columns=usual(subject), by=by, at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(
            _("There is a list of this name already."), code="name_taken", field="name"
        ) from None
    audit.record("data_forms.save-list", by=by, obj=made, detail={"name": made.name}, now=now)
    return made


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not is_visible(name) or len(name) > LONGEST_NAME:
        raise Refused(_("Give the list a name of at most 80 characters."), field="name")
    return name


@transaction.atomic
def choose(
    *, kept: SavedList, chosen: Filter, columns: Sequence[str], by: "User", now: datetime
) -> SavedList:
    """Says whom a list shows, and which fields of them. Raises NotAllowed, Refused."""
    _keeps(kept, by)
    subject = Subject(kept.subject)
    known = {field.code for field in registry.of(subject)}
    if not columns or not known.issuperset(columns) or len(columns) > MOST_COLUMNS:
        raise Refused(
            _("Choose between one and %(most)d fields.") % {"most": MOST_COLUMNS}, field="columns"
        )
    checked = filters.checked(chosen.for_subject(subject), by)
    kept.filters, kept.columns = checked.said, list(columns)
    kept.save(update_fields=["filters", "columns"])
    detail = {"rows": filters.in_words(checked, subject), "fields": len(columns)}
    audit.record("data_forms.choose-list", by=by, obj=kept, detail=detail, now=now)
    return kept


@transaction.atomic
def delete(*, kept: SavedList, by: "User", now: datetime) -> None:
    """Forgets a list. Raises NotAllowed."""
    _keeps(kept, by)
    audit.record("data_forms.delete-list", by=by, obj=kept, detail={"name": kept.name}, now=now)
    kept.delete()


def _keeps(kept: SavedList, by: "User") -> None:
    if not by.has_perm(Permission.KEEP_LISTS, kept):
        raise NotAllowed(_("Only those who work for this place keep its lists."))


def opened(*, kept: SavedList, by: "User", now: datetime) -> Listing:
    """A list as somebody reads it: of a street's list the rows of the own communities.

    Raises NotAllowed, Refused beyond one's places, and for a care roster that one is not named for.
    """
    subject = Subject(kept.subject)
    asked = Filter.of(kept.filters).for_subject(subject)
    chosen, found = filters.own_rows(asked, subject, by, timezone.localdate(now))
    return Listing(subject, chosen, found, kept.columns, by, now)


@transaction.atomic
def look(
    *, kept: SavedList, listing: Listing, keys: Sequence[int], by: "User", now: datetime
) -> list[list[Any]]:
    """The lines of some of those on a list; looking is recorded, of a care roster for each person."""
    values = listing.shown(keys, _("saved list opened: %(list)s") % {"list": kept.name})
    audit.record("data_forms.open-list", by=by, obj=kept, detail={"rows": len(values)}, now=now)
    return values


def in_words(kept: SavedList, units: Mapping[str, Unit] | None = None) -> str:
    """Whom a list shows, in words; `units` as `filters.in_words` takes them."""
    return filters.in_words(Filter.of(kept.filters), Subject(kept.subject), units)


@transaction.atomic
def export(*, kept: SavedList, purpose: str, by: "User", now: datetime) -> IO[bytes]:
    """All rows of a list as a workbook, masked, for a purpose; recorded with how many they are.

    Raises NotAllowed; Refused for a purpose that says nothing; TooLarge beyond MAX_ROWS.
    """
    purpose = checked_purpose(purpose)
    listing = opened(kept=kept, by=by, now=now)
    places = filters.own_places(filters.named_unit(listing.chosen), by)
    if not all(by.has_perm(Permission.EXPORT_LISTS, place) for place in places):
        raise NotAllowed(_("You may not fetch lists of the rosters."))
    keys = list(listing.found.order_by("pk").values_list("pk", flat=True)[: MAX_ROWS + 1])
    if len(keys) > MAX_ROWS:
        raise TooLarge(_("At most %(count)d rows go into one sheet.") % {"count": MAX_ROWS})
    listing.record(keys, purpose)
    who = filters.in_words(listing.chosen, listing.subject)
    detail = {"rows": len(keys), "listed": who, "purpose": purpose}
    audit.record("data_forms.export-list", by=by, obj=kept, detail=detail, now=now)
    headings = [_("No."), *listing.headings]
    return spreadsheets.stream(headings, _numbered(listing), kept.name)


def _numbered(listing: Listing) -> Iterator[list[Any]]:
    for number, (_key, values) in enumerate(listing.lines(listing.found), start=1):
        yield [number, *values]
