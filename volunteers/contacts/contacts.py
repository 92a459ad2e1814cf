"""Contacts of households (一联十户): assigning members, one by one or door by door, and ending."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.notifications import notifications
from residents.models import Household, Person
from volunteers.contacts.coverage import uncovered
from volunteers.ending import last_day
from volunteers.enums import Permission
from volunteers.models import HouseholdLink, LinkRule, PartyMembership
from volunteers.posts.rules import link_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from orgs.models import User

ASSIGNED = "household-contact"


@transaction.atomic
def assign(
    *, contact: Person, households: Sequence[Household], by: "User", now: datetime
) -> list[HouseholdLink]:
    """Makes a member the contact of households, all of them or none.

    Raises NotAllowed; Refused for a contact who is no member (`no_member`) or would have too many
    (`too_many`), for a household that has a contact (`has_contact`).
    """
    _must_keep(by, households)
    [(room, contact)] = _rooms([contact], rule := link_rule())
    if len(households) > room:
        message = ngettext(
            "This contact can take %(room)d more household.",
            "This contact can take %(room)d more households.",
            room,
        ) % {"room": room}
        raise Refused(message, code="too_many", field="contact")
    return _link([(contact, household) for household in households], rule, by, now)


@transaction.atomic
def deal_out(
    *,
    building: Unit,
    entrance: str | None = None,
    contacts: Sequence[Person],
    by: "User",
    now: datetime,
) -> list[HouseholdLink]:
    """Deals the uncovered doors of a building (or of one entrance) out to members, neighbours together.

    Each takes as many as the rule leaves; doors beyond that stay uncovered.
    """
    if not by.has_perm(Permission.KEEP_LINKS, building):
        raise _not_yours()
    rooms = _rooms(contacts, rule := link_rule())
    places = chain.from_iterable([contact] * room for room, contact in rooms)
    doors = uncovered(building, entrance).order_by("entrance", "floor", "room")
    return _link(list(zip(places, doors, strict=False)), rule, by, now)


@transaction.atomic
def end(*, link: HouseholdLink, on: date | None = None, by: "User", now: datetime) -> HouseholdLink:
    """Ends that somebody is the contact; the row stays as history."""
    locked: HouseholdLink = (
        HouseholdLink.objects.select_for_update(of=("self",))
        .select_related("household__building")
        .get(pk=link.pk)
    )
    _must_keep(by, [locked.household])
    if locked.ends:
        raise WrongState(_("This contact has ended already."), code="ended")
    locked.ends = last_day(locked.starts, on, now)
    locked.save(update_fields=["ends"])
    audit.record("volunteers.end-link", by=by, obj=locked, now=now)
    return locked


def end_all(*, person: Person, on: date | None, by: "User", now: datetime) -> int:
    """Ends all contacts of somebody who is no member any more; within that transaction."""
    day = on or timezone.localdate(now)
    mine = HouseholdLink.objects.filter(person=person, ends=None)
    # A contact that began after the day is ended on its own first one.
    count = mine.filter(starts__gt=day).update(ends=timezone.localdate(now)) + mine.update(ends=day)
    if count:
        audit.record("volunteers.end-links", by=by, obj=person, detail={"count": count}, now=now)
    return int(count)


def _must_keep(by: "User", households: Iterable[Household]) -> None:
    buildings = {household.building_id: household.building for household in households}
    if not all(by.has_perm(Permission.KEEP_LINKS, building) for building in buildings.values()):
        raise _not_yours()


def _not_yours() -> NotAllowed:
    return NotAllowed(_("You do not assign contacts here."))


def _rooms(contacts: Iterable[Person], rule: LinkRule) -> list[tuple[int, Person]]:
    """How many households each contact can still take. Their rows are locked, in the order of keys."""
    keys = [contact.pk for contact in contacts]
    locked = Person.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    people = {person.pk: person for person in locked}
    members = PartyMembership.objects.filter(person__in=keys, ends=None)
    if set(members.values_list("person", flat=True)) != set(keys):
        message = _("A contact has to be a party member on a roster.")
        raise Refused(message, code="no_member", field="contact")
    held = dict(
        HouseholdLink.objects.filter(person__in=keys, ends=None)
        .order_by()
        .values_list("person")
        .annotate(Count("pk"))
    )
    return [(max(0, rule.households - held.get(key, 0)), people[key]) for key in keys]


def _link(
    pairs: Sequence[tuple[Person, Household]], rule: LinkRule, by: "User", now: datetime
) -> list[HouseholdLink]:
    today = timezone.localdate(now)
    rows = [
        HouseholdLink(
            person=person, household=household, rule=rule, starts=today, assigned_by=by
        )
        # In the order of keys, so that two who deal out at once wait for each other.
        for person, household in sorted(pairs, key=lambda pair: pair[1].pk)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            links: list[HouseholdLink] = HouseholdLink.objects.bulk_create(rows)
    except IntegrityError:
        message = _("A household has a contact already. End that one first.")
        raise Refused(message, code="has_contact", field="household")
    for person, mine in _by_contact(links):
        detail = {"households": [link.household.code for link in mine]}
        audit.record("volunteers.assign-links", by=by, obj=person, detail=detail, now=now)
    _notify_contacts(links, now)
    return links


def _notify_contacts(links: Sequence[HouseholdLink], now: datetime) -> None:
    """Each contact with an account hears once how many households are new."""
    notifications.notify(
        (
            notifications.NewNotice(
                ASSIGNED,
                f"{ASSIGNED}:{mine[0].pk}",
                person.account_id,
                reverse("volunteers:my_households"),
                {"count": len(mine)},
            )
            for person, mine in _by_contact(links)
            if person.account_id
        ),
        now=now,
    )


def _by_contact(links: Sequence[HouseholdLink]) -> Iterable[tuple[Person, list[HouseholdLink]]]:
    contacts = {link.person_id: link.person for link in links}
    for key, person in contacts.items():
        yield person, [link for link in links if link.person_id == key]


def _sentence(data: "Mapping[str, Any]") -> str:
    count = int(data["count"])
    return ngettext(
        "You are now the contact of %(count)d more household",
        "You are now the contact of %(count)d more households",
        count,
    ) % {"count": count}


NOTICE = notifications.NoticeKind(
    ASSIGNED, gettext_lazy("households that I am the contact of"), _sentence
)


def may_visit(user: "User", household: Household) -> bool:
    """Whether somebody is the contact of a household today; asked by the floor below."""
    mine = HouseholdLink.objects.filter(person__account=user, household=household, ends=None)
    return bool(mine.exists())
