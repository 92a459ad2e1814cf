"""Whoever serves: found by account, or made the first time."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.db.prepared import PreparedQuery
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.scoping import reach_of
from orgs.values import names, phones
from residents.models import Person
from volunteers.service.enums import OPEN_REPORT_INS, SERVING, Permission, ServantKind, Skill
from volunteers.service.models import Participant, ReportIn

if TYPE_CHECKING:
    from orgs.models import Unit, User

LONGEST_NAME = 40


def participant_of(user: "User") -> Participant | None:
    """The participant that an account is, if it has served yet."""
    return next(iter(_OF_ACCOUNT.rows(user.pk)), None)


# Asked for by every check-in, order and page of one's own.
_OF_ACCOUNT = PreparedQuery(lambda key: Participant.objects.filter(account=key).order_by())


def join(*, account: "User", place: "Unit", now: datetime) -> Participant:
    """The participant that an account is; made, or found by the person on the roll, the first time."""
    if found := participant_of(account):
        return found
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(account=account).first()
        known = Participant.objects.filter(person=person).first() if person else None
        if known is not None:
            known.account = account
            known.save(update_fields=["account"])
            return known
        participant, _is_new = Participant.objects.get_or_create(
            account=account,
            defaults={
                "name": account.name or account.username,
                "person": person,
                "place": place,
                "born_year": person.born.year if person and person.born else None,
                "entered_at": now,
            },
        )
    return participant


def has_skill(user: "User", skill: str) -> bool:
    """Whether a branch has entered a skill for somebody."""
    return user.pk in skilled([user.pk], skill)


def skilled(accounts: "Iterable[int] | QuerySet", skill: str) -> set[int]:
    """Those of some accounts for whom a branch has entered a skill, under the account or by the roll."""
    rows = Participant.objects.filter(Q(account__in=accounts) | Q(person__account__in=accounts))
    found = rows.order_by().values_list("account", "person__account", "skills")
    return {key for *keys, skills in found if skill in skills for key in keys if key is not None}


@transaction.atomic
def set_skills(
    *, participant: Participant, skills: Iterable[str], by: "User", now: datetime
) -> Participant:
    """Enters what somebody can do that not everybody can: orders and activities that ask for it are
    open to them. Raises NotAllowed where `by` does not run the service of the place, Refused for a
    skill that nobody knows.
    """
    row: Participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if not by.has_perm(Permission.KEEP_REPORTINS, row.place):
        raise NotAllowed(_("You do not run the service of this place."))
    given = set(skills)
    if not given <= set(Skill.values):
        raise Refused(_("Choose from the list."), code="bad_skill", field="skills")
    row.skills = sorted(given)
    row.save(update_fields=["skills"])
    audit.record("service.set-skills", by=by, obj=row, detail={"skills": row.skills}, now=now)
    return row


@transaction.atomic
def enter(*, name: str, phone: str = "", place: "Unit", by: "User", now: datetime) -> Participant:
    """Enters somebody without an account, from paper; the same name and telephone is the same person.

    Raises NotAllowed where `by` does not run the service of the place, Refused for no name.
    """
    if not by.has_perm(Permission.KEEP_REPORTINS, place):
        raise NotAllowed(_("You do not run the service of this place."))
    name = names.shown(name)
    if not 0 < len(name) <= LONGEST_NAME:
        message = _("Give a name of 1 to %(longest)d characters.") % {"longest": LONGEST_NAME}
        raise Refused(message, code="bad_name", field="name")
    number = phones.normalise(phone) if phone else ""
    index = phones.index(number) if number else ""
    if index:
        known = Participant.objects.filter(phone_index=index, name_key=names.compared(name)).first()
        if known:
            return known
    participant: Participant = Participant.objects.create(
        name=name, phone=number, phone_index=index, place=place, entered_by=by, entered_at=now
    )
    audit.record("service.enter-participant", by=by, obj=participant, now=now)
    return participant


@transaction.atomic
def participant_for(*, person: Person, by: "User", now: datetime) -> Participant:
    """The participant that a person of the roll is; made the first time by who runs the service there.

    Raises NotAllowed where `by` does not.
    """
    if not by.has_perm(Permission.KEEP_REPORTINS, person.place):
        raise NotAllowed(_("You do not run the service of this place."))
    participant, is_new = of_person(person=person, by=by, now=now)
    if is_new:
        audit.record("service.enter-participant", by=by, obj=participant, now=now)
    return participant


def of_person(
    *, person: Person, by: "User | None" = None, now: datetime
) -> tuple[Participant, bool]:
    """The participant that a person of the roll is; made the first time without an account: then True."""
    if person.account is not None:
        return join(account=person.account, place=person.place, now=now), False
    return Participant.objects.get_or_create(
        person=person,
        defaults={
            "name": person.name,
            "place": person.place,
            "born_year": person.born.year if person.born else None,
            "entered_by": by,
            "entered_at": now,
        },
    )


def must_speak_for(participant: Participant, by: "User") -> None:
    """Whoever runs the service of a place speaks for those who serve there without an account.

    Raises NotAllowed for another place, WrongState (`has_account`) for who does it themselves.
    """
    if not by.has_perm(Permission.KEEP_REPORTINS, participant.place):
        raise NotAllowed(_("You do not run the service of this place."))
    if participant.account_key is not None:
        message = _("This person has an account and does this there.")
        raise WrongState(message, code="has_account")


def whose(participant: Participant | None, by: "User") -> Participant | None:
    """Whose step it is: one's own, or that of a `participant` without an account, at the desk."""
    if participant is None:
        return participant_of(by)
    must_speak_for(participant, by)
    return participant


def open_report_in(participant: Participant | None) -> ReportIn | None:
    """Where somebody is reported in now."""
    if participant is None:
        return None
    return participant.report_ins.filter(state__in=OPEN_REPORT_INS).first()


def is_member(participant: Participant, report_in: ReportIn | None = None) -> bool:
    """Whether somebody serves as a party member: by the open report-in, else by a position."""
    report_in = report_in or open_report_in(participant)
    if report_in is not None:
        return report_in.kind == ServantKind.MEMBER
    account = participant.account
    return account is not None and Role.PARTY_MEMBER in reach_of(account).roles


def serves_at(user: "User", unit: "Unit") -> bool:
    """Whether somebody is reported in at a unit, or holds the role that a report-in gives."""

    if reach_of(user).roles_at(unit) & SERVING:
        return True
    here: QuerySet[ReportIn] = ReportIn.objects.filter(
        participant__account=user,
        state__in=OPEN_REPORT_INS,
        unit__in=unit.get_ancestors(include_self=True).order_by().values("pk"),
    )
    return here.exists()
