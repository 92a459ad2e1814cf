"""Care rosters: entering people, changing, ending, looking, visiting.

Whoever is named to keep a roster writes it; looking at an entry is recorded as unmasking is. The audit
keeps which fields changed, never what they say.
"""

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values import phones
from orgs.values.days import age_on
from orgs.values.sentences import gettext as _
from residents.enums import CareBasis, CareEnding, CareKind, Permission, PrivateField
from residents.models import CareChange, CareEntry, Household, Person, Unmasking, Visit
from residents.models.care import COMMON, DETAILS
from residents.roll import visits
from residents.roll.head_counts import OLD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User

LONGEST_TEXT = 1000
LONGEST_NAME = 40
MOST_IN_A_FAMILY = 30
# 100,000 yuan a month: more is a slip of the pen.
LARGEST_AMOUNT = 10_000_000
_TEXTS = ("note", "health", "hardship", "needs", "measures", "guardian_name")
_GROUND = ("basis", "consented_on")
_REQUIRED: dict[CareKind, tuple[str, ...]] = {
    CareKind.LIVING_ALONE: (),
    CareKind.ALLOWANCE: ("allowance",),
    CareKind.DISABILITY: ("disability", "grade"),
    CareKind.ASSISTANCE: ("needs",),
}


@transaction.atomic
def enter(
    *,
    person: Person,
    kind: CareKind,
    basis: CareBasis = CareBasis.DUTY,
    consented_on: date | None = None,
    starts: date | None = None,
    by: "User",
    now: datetime,
    **details: Any,
) -> CareEntry:
    """Puts a person of the roll on a care roster from a day on (today); `amount` in 0.01 yuan.

    Raises NotAllowed for those not named to keep this roster at the person's place; Refused for
    details that are not right, and (`on_ledger`) for somebody who stands on it already.
    """
    entry = CareEntry(person=person, kind=kind, entered_by=by, entered_at=now)
    _must_keep(by, entry)
    today = timezone.localdate(now)
    ground = {"basis": basis, "consented_on": consented_on}
    starts = starts or today
    values = _checked(entry, {**details, **ground}, today)
    if reason := why_not(person, kind, today):
        raise _refused({"person": [reason]})
    if starts > today:
        raise _refused({"starts": [_("This day is still to come.")]})
    _set(entry, values | {"starts": starts})
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        message = _("%(name)s stands on this roster already.") % {"name": person.name}
        raise Refused(message, code="on_ledger", field="person")
    audit.record("residents.enter-care", by=by, obj=entry, now=now)
    return entry


@transaction.atomic
def change(*, entry: CareEntry, by: "User", now: datetime, **values: Any) -> CareEntry:
    """Changes details, ground or the next visit; what was said before is kept.

    Raises NotAllowed; WrongState for an entry that ended; Refused for what is not right.
    """
    entry = _locked(entry, by)
    known = {name: getattr(entry, name) for name in (*entry.fields, *_GROUND)}
    checked = _checked(entry, known | values, timezone.localdate(now))
    before = {name: old for name, old in known.items() if old != checked[name]}
    if before:
        _set(entry, checked)
        entry.save(update_fields=list(before))
        text = json.dumps(before, cls=DjangoJSONEncoder, ensure_ascii=False)
        CareChange.objects.create(entry=entry, before=text, by=by, at=now)
        detail = {"changed": sorted(before)}
        audit.record("residents.change-care", by=by, obj=entry, detail=detail, now=now)
    return entry


@transaction.atomic
def end(
    *,
    entry: CareEntry,
    ending: CareEnding,
    ends: date | None = None,
    by: "User",
    now: datetime,
) -> CareEntry:
    """Ends an entry with a day (today); the row stays as history.

    Raises NotAllowed; WrongState if it has ended; Refused for a day before it began or to come.
    """
    entry, today = _locked(entry, by), timezone.localdate(now)
    ends = ends or today
    if not entry.starts <= ends <= today:
        raise _refused({"ends": [_("Choose a day from when it began until today.")]})
    return _end(entry, ending, ends, by, now)


@transaction.atomic
def withdraw(*, entry: CareEntry, by: "User", now: datetime) -> CareEntry:
    """The person takes back the consent on which an entry rests; it ends at once.

    Raises NotAllowed for other people's entries, WrongState where the ground is no consent.
    """
    entry = _fresh(entry)
    if entry.person.account_id != by.pk:
        raise NotAllowed(_("This entry is not yours."))
    _refuse_ended(entry)
    if entry.basis != CareBasis.CONSENT:
        message = _("This entry rests on a duty by law, not on your consent.")
        raise WrongState(message, code="no_consent")
    today = max(timezone.localdate(now), entry.starts)
    return _end(entry, CareEnding.WITHDRAWN, today, by, now)


@transaction.atomic
def look(*, entry: CareEntry, by: "User", now: datetime) -> None:
    """Records that somebody looks at an entry, as unmasking is. Raises NotAllowed."""
    if not by.has_perm(Permission.VIEW_CARE, entry):
        raise NotAllowed(_("You are not named for this roster."))
    record_readings([entry.person_id], _("page of the care roster"), by, now)
    audit.record("residents.read-care", by=by, obj=entry, now=now)


def record_readings(people: "Iterable[int]", purpose: str, by: "User", now: datetime) -> None:
    """One row a person in the report of who saw whom."""
    Unmasking.objects.bulk_create(
        [
            Unmasking(by=by, person_id=key, field=PrivateField.CARE, purpose=purpose, at=now)
            for key in people
        ],
        batch_size=500,
    )


@transaction.atomic
def visit(
    *,
    entry: CareEntry,
    household: Household,
    on: date,
    text: str,
    event_id: UUID,
    problem: str = "",
    measures: str = "",
    next_on: date | None = None,
    by: "User",
    now: datetime,
) -> Visit:
    """Writes down a visit to the person, and when the next one is due. Raises as `visits.log` does."""
    if not by.has_perm(Permission.VIEW_CARE, entry):
        raise NotAllowed(_("You are not named for this roster."))
    entry = _fresh(entry)
    _refuse_ended(entry)
    visit = visits.log(
        household=household, person=entry.person, on=on, text=text, problem=problem,
        measures=measures, next_on=next_on, event_id=event_id, by=by, now=now,
    )  # fmt: skip
    entry.next_visit_on = visit.next_on
    entry.save(update_fields=["next_visit_on"])
    return visit


def _end(entry: CareEntry, ending: CareEnding, ends: date, by: "User", now: datetime) -> CareEntry:
    _set(entry, {"ending": ending, "ends": ends, "ended_by": by, "ended_at": now})
    entry.save(update_fields=["ending", "ends", "ended_by", "ended_at"])
    audit.record("residents.end-care", by=by, obj=entry, now=now)
    return entry


def _fresh(entry: CareEntry) -> CareEntry:
    return CareEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)


def _locked(entry: CareEntry, by: "User") -> CareEntry:
    """The open entry, locked, for those who keep it."""
    entry = _fresh(entry)
    _must_keep(by, entry)
    _refuse_ended(entry)
    return entry


def _must_keep(by: "User", entry: CareEntry) -> None:
    if not by.has_perm(Permission.KEEP_CARE, entry):
        raise NotAllowed(_("You are not named to keep this roster here."))


def _refuse_ended(entry: CareEntry) -> None:
    if entry.ends:
        raise WrongState(_("This entry has ended already."), code="ended")


def why_not(person: Person, kind: CareKind, today: date) -> str:
    """Why a person cannot stand on a roster; "" where nothing stands against it."""
    if person.died_on or person.erased_at:
        return _("This person is not on the roll any more.")
    young = person.born and age_on(person.born, today) < OLD
    if kind == CareKind.LIVING_ALONE and young:
        return _("This roster is for people of %(age)d or more.") % {"age": OLD}
    return ""


def _checked(entry: CareEntry, values: dict[str, Any], today: date) -> dict[str, Any]:
    """The values of a roster in one way of writing. Raises Refused with the fields that are wrong."""
    kind = CareKind(entry.kind)
    allowed = (*DETAILS[kind], *COMMON, *_GROUND)
    wrong: dict[str, list[str]] = {
        name: [_("This roster does not keep this.")]
        for name, value in values.items()
        if name not in allowed and value not in (None, "")
    }
    details = {name: values.get(name, _empty(entry, name)) for name in allowed}
    for name in set(_TEXTS).intersection(details):
        details[name] = (details[name] or "").strip()
        longest = LONGEST_NAME if name == "guardian_name" else LONGEST_TEXT
        if len(details[name]) > longest:
            wrong[name] = [_("Write at most %(longest)d characters.") % {"longest": longest}]
    for name in _REQUIRED[kind]:
        if details[name] in (None, ""):
            wrong[name] = [_("This roster needs this.")]
    _check_numbers(details, wrong)
    _check_ground(details, wrong, today)
    if wrong:
        raise _refused(wrong)
    return details


def _empty(entry: CareEntry, name: str) -> Any:
    field = CareEntry._meta.get_field(name)
    return None if field.null else ""


def _check_numbers(details: dict[str, Any], wrong: dict[str, list[str]]) -> None:
    size, amount = details.get("family_size"), details.get("amount")
    if size is not None and not 0 < size <= MOST_IN_A_FAMILY:
        wrong["family_size"] = [
            _("A family has 1 to %(most)d people.") % {"most": MOST_IN_A_FAMILY}
        ]
    if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
        wrong["amount"] = [_("This amount cannot be right.")]
    if phone := details.get("guardian_phone"):
        try:
            details["guardian_phone"] = phones.normalise(phone)
        except Refused as error:
            wrong["guardian_phone"] = [error.message]


def _check_ground(details: dict[str, Any], wrong: dict[str, list[str]], today: date) -> None:
    if details["basis"] == CareBasis.DUTY:
        details["consented_on"] = None
    elif details["consented_on"] is None:
        wrong["consented_on"] = [_("Write when the person signed the separate consent.")]
    elif details["consented_on"] > today:
        wrong["consented_on"] = [_("This day is still to come.")]


def _refused(fields: dict[str, list[str]]) -> Refused:
    message = _("Some of what was sent is not right.")
    return Refused(message, code="bad_details", fields={**fields})


def _set(entry: CareEntry, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(entry, name, value)
