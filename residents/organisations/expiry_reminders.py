"""Terms of office and property contracts that run out: listed half a year before, and told of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.db.first_keys import Statement, keys_of, keys_statement
from orgs.db.same_offices import OfficeStatement
from orgs.enums import UnitTab
from orgs.models import Unit
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.scoping import reach_of
from orgs.units.queries import holders
from orgs.values.unit_addresses import unit_address
from residents.enums import BODY_KEEPERS, BodyKind, ContractKind
from residents.models import PropertyContract, Term

if TYPE_CHECKING:
    from orgs.models import User

# What ends within so many days is listed; within fewer it is urgent.
REMIND_DAYS, URGENT_DAYS = 180, 90
# Days before the end on which its keepers are told, once each.
TOLD_AT = (REMIND_DAYS, URGENT_DAYS, 30, 7)
# A reminder that could not be sent on its day (the machine slept) is sent within so many.
LATE = 6
ENDING = "ending"


@dataclass(frozen=True)
class Expiry:
    """A term or a contract that runs out, and nothing follows it yet."""

    row: Term | PropertyContract
    ends: date
    days: int

    @property
    def unit(self) -> Unit:
        return self.row.body.unit if isinstance(self.row, Term) else self.row.compound

    @property
    def what(self) -> str:
        row = self.row
        return row.body.get_kind_display() if isinstance(row, Term) else row.get_kind_display()

    @property
    def urgent(self) -> bool:
        return self.days <= URGENT_DAYS


def expiring(user: "User", today: date, units: QuerySet[Unit] | None = None) -> list[Expiry]:
    """What runs out within half a year in somebody's sight, the next first; two statements."""
    terms = _terms(today).filter(pk__in=Term.objects.visible_to(user).values("pk"))
    seen = PropertyContract.objects.visible_to(user)
    contracts = _contracts(today).filter(pk__in=seen.values("pk"))
    if units is not None:
        terms, contracts = terms.filter(body__unit__in=units), contracts.filter(compound__in=units)
    return _first(terms, contracts, today)


def expiring_for_keeper(user: "User", today: date, limit: int) -> list[Expiry]:
    """What runs out next in the places that somebody keeps, all of which they see; mostly nothing."""
    terms, contracts = keys_of(_kept_on(today, limit).of(user), 2)
    if not (terms or contracts):
        return []
    return _first(
        _terms(today).filter(pk__in=terms), _contracts(today).filter(pk__in=contracts), today, limit
    )


@lru_cache(maxsize=4)
def _kept_on(today: date, limit: int) -> OfficeStatement:
    """The keys of the terms and contracts that run out where a keeper works."""

    def build(user: "User") -> Statement:
        reach = reach_of(user)
        terms = _terms(today).filter(reach.q("body__unit", BODY_KEEPERS))
        contracts = _contracts(today).filter(reach.q("compound", BODY_KEEPERS))
        return keys_statement(terms[:limit], contracts[:limit])

    return OfficeStatement(build)


def _first(
    terms: QuerySet[Term], contracts: QuerySet[PropertyContract], today: date, limit: int = 50
) -> list[Expiry]:
    expiries = [*_expiries(terms[:limit], today), *_expiries(contracts[:limit], today)]
    return sorted(expiries, key=lambda expiry: (expiry.ends, expiry.unit.code))[:limit]


def remind(*, now: datetime) -> int:
    """Tells the keepers of a place what runs out there, at each of `TOLD_AT` days before; how many.

    The key of a notice names the row, its last day and the step: each is told once, however often
    this runs. Two statements, and one for each place with something to tell today.
    """
    return notifications.notify(_due_notices(timezone.localdate(now)), now=now)


def _due_notices(today: date) -> Iterator[NewNotice]:
    for expiry in (*_expiries(_terms(today), today), *_expiries(_contracts(today), today)):
        step = min(days for days in TOLD_AT if days >= expiry.days)
        if expiry.days < step - LATE:
            continue
        key = f"{ENDING}:{expiry.row._meta.model_name}:{expiry.row.pk}:{expiry.ends}:{step}"
        data = {
            "place": expiry.unit.name,
            "kind": expiry.row.body.kind if isinstance(expiry.row, Term) else expiry.row.kind,
            "ends": expiry.ends.isoformat(),
        }
        link = unit_address(expiry.unit.code, UnitTab.ORGANISATIONS)
        for person in sorted(holders(expiry.unit, BODY_KEEPERS, today)):
            yield NewNotice(ENDING, key, person, link, data)


def _terms(today: date) -> QuerySet[Term]:
    later = Term.objects.filter(body=OuterRef("body"), starts__gt=OuterRef("starts"))
    terms = Term.objects.filter(~Exists(later), **_window(today))
    return terms.select_related("body__unit").order_by("ends", "pk")


def _contracts(today: date) -> QuerySet[PropertyContract]:
    later = PropertyContract.objects.filter(
        compound=OuterRef("compound"), starts__gt=OuterRef("starts")
    )
    contracts = PropertyContract.objects.filter(~Exists(later), **_window(today))
    return contracts.select_related("compound").order_by("ends", "pk")


def _window(today: date) -> dict[str, Any]:
    return {"starts__lte": today, "ends__range": (today, today + timedelta(days=REMIND_DAYS))}


def _expiries(rows: QuerySet[Any], today: date) -> list[Expiry]:
    return [Expiry(row, row.ends, (row.ends - today).days) for row in rows]


def _text(data: Mapping[str, Any]) -> str:
    kind = data["kind"]
    what = BodyKind(kind) if kind in BodyKind.values else ContractKind(kind)
    return _("%(place)s: %(what)s ends on %(day)s, and nothing follows it yet.") % {
        "place": data["place"],
        "what": what.label,
        "day": date_format(date.fromisoformat(data["ends"])),
    }


NOTICE = NoticeKind(ENDING, gettext_lazy("terms and contracts that run out"), _text)
