"""Tickets of the hotline (12345) by Excel: all of a sheet or nothing, each ticket once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.imports import spreadsheets
from orgs.imports.spreadsheets import ImportRefused, RowError
from tasks.hotline.sheet import HEADINGS, MAX_ROWS, Ticket, tickets, title
from tasks.models import Task
from tasks.reports.report import report

if TYPE_CHECKING:
    from orgs.models import User

PERMISSION = "tasks.import_hotline"


@dataclass(frozen=True)
class Known:
    """A ticket that was entered before, and the headings under which the sheet says otherwise."""

    ticket: Ticket
    task: Task
    differs: tuple[str, ...]


@dataclass
class Sheet:
    """What a sheet would do: new tickets, those entered before, and what is wrong."""

    new: list[Ticket] = field(default_factory=list)
    unchanged: list[Known] = field(default_factory=list)
    changed: list[Known] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What an import did: the tasks it made, and how many tickets were there already."""

    tasks: list[Task]
    known: int


def examine(*, file: IO[bytes], size: int, by: "User", now: datetime) -> Sheet:
    """What a sheet holds and what of it is new; changes nothing.

    Raises NotAllowed for those who enter no tickets, ImportRefused for missing columns, Refused or
    TooLarge for a file that cannot be read.
    """
    if not by.has_perm(PERMISSION):
        raise NotAllowed(_("You may not import hotline tickets."))
    found = Sheet()
    cells = spreadsheets.read_rows(file, size, MAX_ROWS)
    _compare(tickets(cells, by, now, found.errors), by, found)
    found.errors.sort(key=lambda error: error.row)
    return found


def import_tickets(*, file: IO[bytes], size: int, by: "User", now: datetime) -> Imported:
    """Reports every new ticket of a sheet; one that was entered before is left as it is.

    Raises what `examine` raises, and ImportRefused naming every wrong row: then nothing is taken.
    """
    sheet = examine(file=file, size=size, by=by, now=now)
    if sheet.errors:
        raise ImportRefused(sheet.errors)
    known, made, errors = len(sheet.unchanged) + len(sheet.changed), [], []
    with transaction.atomic():
        # In one order: two people with the same sheet wait for each other, not crosswise.
        for ticket in sorted(sheet.new, key=lambda one: one.outside_number):
            try:
                made.append(_report(ticket, by, now))
            except Refused as refusal:
                if refusal.code == "ticket_known":
                    known += 1
                else:
                    errors.append(RowError(ticket.row, "", refusal.message))
        if errors:
            raise ImportRefused(errors)
        detail = {"new": len(made), "known": known}
        audit.record("tasks.import-hotline", by=by, now=now, detail=detail)
    return Imported(made, known)


def _report(ticket: Ticket, by: "User", now: datetime) -> Task:
    values = dict(vars(ticket))
    del values["row"]
    return report(**values, by=by, now=now)


def _compare(read: Iterable[Ticket], by: "User", found: Sheet) -> None:
    """Sorts the tickets by whether they were entered before."""
    given = list(read)
    numbers = [ticket.outside_number for ticket in given]
    before = Task.objects.filter(outside_number__in=numbers).prefetch_related("transfers")
    known = {task.outside_number: task for task in before}
    seen = set(Task.objects.visible_to(by).filter(pk__in=before).values_list("pk", flat=True))
    for ticket in given:
        task = known.get(ticket.outside_number)
        if task is None:
            found.new.append(ticket)
        elif task.pk not in seen:
            message = _("This ticket was entered for another area.")
            found.errors.append(RowError(ticket.row, title("outside_number"), message))
        else:
            one = Known(ticket, task, tuple(_differences(ticket, task)))
            (found.changed if one.differs else found.unchanged).append(one)


def _differences(ticket: Ticket, task: Task) -> Iterator[str]:
    """The headings under which the sheet says something else than what was entered."""
    passed_on = list(task.transfers.all())
    place = passed_on[0].from_unit_id if passed_on else task.unit_id
    entered = {"unit": place, "category": task.category_id}
    for key in HEADINGS:
        value = getattr(ticket, key)
        now = entered.get(key, getattr(task, key))
        if (value.pk if key in entered else value) != now:
            yield title(key)
