"""A problem is reported: by a resident, a passer-by, a grid worker on patrol, or staff for others."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.db.prefetched import evaluated, remember
from orgs.enums import STAFF_ROLES, Role, UnitKind
from orgs.errors import Refused
from orgs.models import Attachment, Unit, User
from orgs.scoping import reach_of
from orgs.values import geo, phones
from orgs.values.names import is_visible
from orgs.values.sentences import gettext as _
from orgs.values.text import first_words
from tasks.enums import STREET_ROLES, Action, Channel, Triage, Who
from tasks.models import MAX_SPOT, MAX_TEXT, Category, Event, Task
from tasks.models.catalogue import COMPLAINTS
from tasks.workflow.limits import clock
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor

# Characters of the resident's first words as a title.
MAX_TITLE = 30
OLDEST_CALL = timedelta(days=366)
# Tries at a free number; at 30,000 reports a day one in about thirty needs a second.
NUMBER_TRIES = 20


def report(
    *,
    unit: Unit,
    category: Category,
    text: str,
    by: "Actor",
    now: datetime,
    title: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    hide_name: bool = False,
    spot: str = "",
    lon: float | None = None,
    lat: float | None = None,
    attachments: Sequence[Attachment] = (),
    outside_number: str = "",
    received_at: datetime | None = None,
    reply_by: datetime | None = None,
) -> Task:
    """Makes a task of what somebody found.

    Staff who name a contact type in somebody else's call; a passer-by must leave a telephone.
    `spot` says in words where it is, `lon` and `lat` are WGS-84. Raises Refused with the fields that are wrong.
    """
    refuse_bad(category, text, received_at, now, lon, lat, spot)
    phone = known_phone(contact_phone)
    account = by if isinstance(by, User) else None
    channel = _channel(account, unit, phone or contact_name, outside_number)
    if channel == Channel.PASSER_BY and not phone:
        raise Refused(
            _("Leave a telephone number, so that you can be told the result."),
            fields={"contact_phone": [_("needed without an account")]},
        )
    for_others = channel in (Channel.PHONE, Channel.HOTLINE)
    if account and not for_others:
        # Never ask for what is known.
        contact_name, phone = contact_name or account.name, phone or account.phone
    task = Task(
        unit=unit,
        category=category,
        title=(title.strip() if is_visible(title) else "")
        or first_words(text, MAX_TITLE)
        or category.name,
        text=text.strip(),
        channel=channel,
        triage=_triage(account, unit, category),
        reporter=None if for_others else account,
        entered_by=account if for_others else None,
        outside_number=outside_number if for_others else "",
        contact_name=contact_name,
        contact_phone=phone,
        contact_phone_index=phones.index(phone),
        hide_name=hide_name,
        is_urgent=category.is_urgent,
        lon=lon,
        lat=lat,
        spot=spot.strip(),
        received_at=received_at if for_others else None,
        reply_by=reply_by if channel == Channel.HOTLINE else None,
        created_at=now,
        moved_at=now,
    )
    clock.begin(task, now, moved=True)
    clock.wind(task)
    return _numbered(task, by=by, attachments=attachments, now=now)


def _numbered(task: Task, *, by: "Actor", attachments: Sequence[Attachment], now: datetime) -> Task:
    """Stores the task under a free number, with its first timeline entry."""
    for _try in range(NUMBER_TRIES):
        task.number = new_number(now)
        try:
            with transaction.atomic():
                task.save(force_insert=True)
                step = TaskStep(task, Action.REPORT, by, now, Who.REPORTER)
                step.attachments = attachments
                _remember(task, WORKFLOW.record(step), step.attachments)
                return task
        except IntegrityError:
            task.pk = None
            if not Task.objects.filter(number=task.number).exists():
                if task.outside_number:
                    _refuse_known_ticket(task.outside_number)
                raise
    raise RuntimeError("no free task number: too many reports for one day")


def _remember(task: Task, first: Event, attachments: Sequence[Attachment]) -> None:
    """Notes what is known of a new task, as a prefetch would: whoever shows it need not ask."""
    known = {
        "assignments": evaluated(task.assignments.all()),
        "requests": evaluated(task.requests.all()),
    }
    if not attachments:
        remember(first, attached=evaluated(first.attached.all()))
        known["events"] = evaluated(task.events.all(), first)
    remember(task, **known)


def new_number(now: datetime) -> str:
    """A number that can be read out on the telephone: prefix, day, six random digits."""
    day = timezone.localdate(now)
    return f"{settings.TASK_NUMBER_PREFIX}{day:%y%m%d}{secrets.randbelow(10**6):06}"


def _refuse_known_ticket(outside_number: str) -> None:
    known = Task.objects.filter(outside_number=outside_number).first()
    if known:
        raise Refused(
            _("This ticket was entered before: %(number)s.") % {"number": known.number},
            code="ticket_known",
            fields={"outside_number": [_("entered before")]},
        )


def known_phone(text: str) -> str:
    """A contact's telephone as it is stored. Raises Refused naming the field."""
    if not text.strip():
        return ""
    try:
        return phones.normalise(text)
    except Refused as bad:
        raise Refused(bad.message, code=bad.code, field="contact_phone") from None


def refuse_bad(
    category: Category,
    text: str,
    received_at: datetime | None,
    now: datetime,
    lon: float | None = None,
    lat: float | None = None,
    spot: str = "",
) -> None:
    """Raises Refused with every field of a report that is wrong."""
    fields: dict[str, Sequence[str]] = {**geo.faults(lon, lat)}
    if not category.is_selectable:
        fields["category"] = [_("Choose one of the kinds below this heading.")]
    if len(re.findall(r"\w", text)) < 2:
        fields["text"] = [_("Say in a few words what is wrong.")]
    elif len(text) > MAX_TEXT:
        fields["text"] = [
            _("At most %(most)d characters; this has %(count)d.")
            % {"most": MAX_TEXT, "count": len(text)}
        ]
    if len(spot) > MAX_SPOT:
        fields["spot"] = [_("At most %(most)d characters.") % {"most": MAX_SPOT}]
    if received_at and received_at > now:
        fields["received_at"] = [_("This time lies in the future.")]
    elif received_at and received_at < now - OLDEST_CALL:
        fields["received_at"] = [_("This was more than a year ago.")]
    if fields:
        raise Refused(_("Some of what was sent is not right."), fields=fields)


def _channel(account: User | None, unit: Unit, contact: str, outside_number: str) -> Channel:
    if account is None:
        return Channel.PASSER_BY
    reach = reach_of(account)
    if not reach.roles & STAFF_ROLES:
        return Channel.RESIDENT
    if outside_number:
        return Channel.HOTLINE
    if contact:
        return Channel.PHONE
    return Channel.PATROL if Role.GRID_WORKER in reach.roles_at(unit) else Channel.CADRE


def _triage(account: User | None, unit: Unit, category: Category) -> Triage:
    """The street receives complaints, what lies at street level, and what it reports itself."""
    if unit.kind == UnitKind.STREET or category.code == COMPLAINTS:
        return Triage.STREET
    if account and reach_of(account).roles_at(unit) & STREET_ROLES:
        return Triage.STREET
    return Triage.COMMUNITY
