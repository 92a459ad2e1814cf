"""The roster of party members: entering, changing class, transferring, ending. History is kept."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import PartyOrganisation
from orgs.values.sentences import gettext as _
from residents.models import Person
from volunteers.contacts import contacts
from volunteers.ending import last_day
from volunteers.enums import MemberClass, MembershipEnd, Permission
from volunteers.models import PartyMembership

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def register(
    *,
    person: Person,
    organisation: PartyOrganisation,
    member_class: MemberClass,
    joined_on: date | None = None,
    starts: date | None = None,
    by: "User",
    now: datetime,
) -> PartyMembership:
    """Puts a person of the roll on an organisation's roster.

    Raises NotAllowed; Refused for somebody on a roster already (`member_already`) or a day that
    cannot be (`bad_dates`).
    """
    must_keep(by, organisation)
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    today = timezone.localdate(now)
    if joined_on and joined_on > today:
        raise Refused(_("This day is still to come."), code="bad_dates", field="joined_on")
    membership = _open(
        person, organisation, member_class, joined_on, starts or today, by=by, now=now
    )  # fmt: skip
    audit.record("volunteers.enter-member", by=by, obj=membership, now=now)
    return membership


@transaction.atomic
def change_class(
    *,
    membership: PartyMembership,
    member_class: MemberClass,
    on: date | None = None,
    by: "User",
    now: datetime,
) -> PartyMembership:
    """Moves a member to another class from a day on (today); the old row stays as history.

    Raises NotAllowed; WrongState for a row that has ended; Refused for the class that it is.
    """
    membership = _locked(membership, by)
    if membership.member_class == member_class:
        message = _("The member stands in this class already.")
        raise Refused(message, code="same_class", field="member_class")
    day = _close(membership, MembershipEnd.CLASS, on, now)
    moved = _open(
        membership.person, membership.organisation, member_class, membership.joined_on, day,
        by=by, now=now,
    )  # fmt: skip
    detail = {"from": membership.member_class, "to": member_class}
    audit.record("volunteers.change-class", by=by, obj=moved, detail=detail, now=now)
    return moved


@transaction.atomic
def transfer(
    *,
    membership: PartyMembership,
    organisation: PartyOrganisation,
    on: date | None = None,
    by: "User",
    now: datetime,
) -> PartyMembership:
    """Moves a member to another organisation's roster; whoever does it keeps both.

    Raises as `change_class` does.
    """
    membership = _locked(membership, by)
    must_keep(by, organisation)
    if membership.organisation_id == organisation.pk:
        message = _("The member belongs to this organisation already.")
        raise Refused(message, code="same_organisation", field="organisation")
    day = _close(membership, MembershipEnd.TRANSFER, on, now)
    member_class = MemberClass(membership.member_class)
    moved = _open(
        membership.person, organisation, member_class, membership.joined_on, day, by=by, now=now
    )
    detail = {"from": membership.organisation.code, "to": organisation.code}
    audit.record("volunteers.transfer-member", by=by, obj=moved, detail=detail, now=now)
    return moved


@transaction.atomic
def end(
    *, membership: PartyMembership, on: date | None = None, by: "User", now: datetime
) -> PartyMembership:
    """Takes a member off the roster; who has no roster any more is nobody's contact either."""
    membership = _locked(membership, by)
    _close(membership, MembershipEnd.LEFT, on, now)
    audit.record("volunteers.end-membership", by=by, obj=membership, now=now)
    contacts.end_all(person=membership.person, on=membership.ends, by=by, now=now)
    return membership


def must_keep(by: "User", organisation: PartyOrganisation) -> None:
    """Raises NotAllowed for an organisation whose roster is not this person's to keep."""
    if not by.has_perm(Permission.KEEP_MEMBERS, organisation):
        raise NotAllowed(_("You do not keep the roster of this party organisation."))


def _locked(membership: PartyMembership, by: "User") -> PartyMembership:
    """The row, locked, and its person's: moves of one person come one after the other."""
    Person.objects.select_for_update(of=("self",)).get(pk=membership.person_id)
    locked: PartyMembership = (
        PartyMembership.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .get(pk=membership.pk)
    )
    must_keep(by, locked.organisation)
    if locked.ends:
        raise WrongState(_("This row of the roster has ended already."), code="ended")
    return locked


def _close(membership: PartyMembership, why: MembershipEnd, on: date | None, now: datetime) -> date:
    membership.ends, membership.ended_as = last_day(membership.starts, on, now), why
    membership.save(update_fields=["ends", "ended_as"])
    return membership.ends


def _open(
    person: Person,
    organisation: PartyOrganisation,
    member_class: MemberClass,
    joined_on: date | None,
    starts: date,
    *,
    by: "User",
    now: datetime,
) -> PartyMembership:
    """Makes the open row; the person's row is locked."""
    if starts > timezone.localdate(now):
        raise Refused(_("This day is still to come."), code="bad_dates", field="starts")
    if PartyMembership.objects.filter(person=person, ends__gt=starts).exists():
        raise Refused(
            _("An earlier row of this member reaches beyond that day."),
            code="bad_dates",
            field="starts",
        )
    try:
        with transaction.atomic():
            membership: PartyMembership = PartyMembership.objects.create(
                person=person,
                organisation=organisation,
                member_class=member_class,
                joined_on=joined_on,
                starts=starts,
                entered_by=by,
                entered_at=now,
            )
    except IntegrityError:
        message = _("This person stands on a roster already. Change the class, or transfer.")
        raise Refused(message, code="member_already", field="person")
    return membership
