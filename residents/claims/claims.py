"""Claiming a home: claiming, withdrawing, verifying, refusing. A claimant learns nothing of others."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.accounts import users
from orgs.audit import audit
from orgs.calendar.working_time import Span, calendar
from orgs.enums import TimeUnit
from orgs.errors import NotAllowed, Refused, TooOften
from orgs.models import Attachment, User
from orgs.scoping import reach_of
from orgs.units.queries import holders
from orgs.values.names import compared, shown
from residents.claims import notices
from residents.enums import (
    OWNING,
    ROLL_KEEPERS,
    ClaimBasis,
    ClaimState,
    Permission,
    Relation,
    SensitiveUse,
)
from residents.models import Belonging, Claim, Household, Person
from residents.privacy import consents, decisions
from residents.roll import guardians, people, rights
from residents.roll.values import id_numbers

# Of one account, and of one telephone, whatever accounts it was used with.
MOST_WAITING = 5
MOST_A_DAY = 10
MOST_PAPERS = 6
# Working days within which the community looks at a claim.
CHECKED_WITHIN = 3


@transaction.atomic
def claim(
    *,
    household: Household,
    relation: Relation,
    name: str = "",
    id_number: str = "",
    papers: Iterable[Attachment] = (),
    agrees: bool = False,
    by: User,
    now: datetime,
) -> Claim:
    """Claims to belong to a household. The same waiting claim again answers the first one.

    ID number and papers need a consent of their own (`agrees`). Another person's claim alerts the
    community and whoever was first. Raises TooOften beyond MOST_WAITING waiting or MOST_A_DAY claims
    of an account or a telephone, Refused (`bad_papers`, `bad_id_number`, `consent_needed`,
    `guardian_needed` for a child), NotAllowed (`not_assessed`).
    """
    papers = _own(papers, by)
    number = id_numbers.normalise(id_number) if id_number else ""
    if number or papers:
        consents.must_collect(SensitiveUse.CLAIM, agrees=agrees, by=by, now=now)
    # The account's row is the queue: a storm of claims is counted one after the other.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    earlier: Claim | None = Claim.objects.filter(
        household=household, user=by, state=ClaimState.WAITING
    ).first()
    if earlier:
        return earlier
    _refuse_storm(by, now)
    new = Claim(
        household=household,
        user=by,
        name=(shown(name) or str(by))[: people.LONGEST_NAME],
        relation=relation,
        id_number=number,
        phone_index=by.phone_index or "",
        made_at=now,
    )
    _refuse_child(new, now)
    new.save()
    new.papers.set(papers)
    audit.record("residents.claim", by=by, obj=new, now=now)
    _notify_of(new, now)
    return new


def due(made_at: datetime) -> datetime:
    """By when the community has looked at a claim: three working days."""
    return calendar().after(made_at, Span(CHECKED_WITHIN, TimeUnit.WORKING_DAYS))


def has_somebody(household: Household, user: User) -> bool:
    """Whether another person is verified there, or waits to be: whoever comes second is told so."""
    others = Belonging.objects.filter(household=household, ends=None, verified_at__isnull=False)
    waiting = Claim.objects.filter(household=household, state=ClaimState.WAITING)
    return others.exclude(person__account=user).exists() or waiting.exclude(user=user).exists()


def _own(papers: Iterable[Attachment], by: User) -> list[Attachment]:
    papers = list(papers)
    if len(papers) > MOST_PAPERS or any(paper.uploaded_by_id != by.pk for paper in papers):
        message = _("Attach at most %(most)d photos of your own.") % {"most": MOST_PAPERS}
        raise Refused(message, code="bad_papers", field="papers")
    return papers


def _refuse_storm(by: User, now: datetime) -> None:
    mine = Q(user=by) | Q(phone_index=by.phone_index) if by.phone_index else Q(user=by)
    own = Claim.objects.filter(mine)
    if own.filter(state=ClaimState.WAITING).count() >= MOST_WAITING:
        raise TooOften(
            _("%(most)d of your claims are waiting. Wait for an answer, or withdraw one.")
            % {"most": MOST_WAITING}
        )
    if own.filter(made_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooOften(_("You have claimed very many homes today. Try again tomorrow."))


def _refuse_child(claim: Claim, now: datetime) -> None:
    """A child claims nothing before its guardian, who has an account, agrees to it."""
    born = id_numbers.birth_date(claim.id_number) if claim.id_number else None
    person = match(claim, by_name=False)
    if not guardians.is_child(person.born if person else born, timezone.localdate(now)):
        return
    if person is None or not consents.guardian_agreed(person):
        raise Refused(
            _(
                "Children under 14 use the portal through their guardian: the guardian claims the "
                "home, and agrees under “My data”."
            ),
            code="guardian_needed",
        )


@transaction.atomic
def withdraw(*, claim: Claim, by: User, now: datetime) -> Claim:
    """Takes one's own waiting claim back."""
    claim = _locked(claim)
    if claim.user_id != by.pk:
        raise NotAllowed(_("This claim is not yours."))
    return _decide(claim, ClaimState.WITHDRAWN, by, now)


@transaction.atomic
def refuse(*, claim: Claim, reason: str, by: User, now: datetime) -> Claim:
    """Refuses a claim with a reason that the claimant reads."""
    claim = _locked(claim)
    _must_decide(claim, by)
    why = decisions.reason_of(reason)
    refused = _decide(claim, ClaimState.REFUSED, by, now, reason=why)
    _notify([claim.user_id], notices.DECIDED, refused, now, page="residents:my_home")
    return refused


@transaction.atomic
def verify(
    *,
    claim: Claim,
    relation: Relation | None = None,
    changes_owner: bool = False,
    by: User,
    now: datetime,
) -> Claim:
    """Verifies a claim: the community by roll or papers, an owner for tenants and family.

    The community may put the relation right (a spouse who claimed to be the owner), and say that the
    flat changed hands (`changes_owner`): whoever owned it until now belongs to it no more. The
    claimant's account is tied to the person of the roll (or to a new one). Raises NotAllowed;
    WrongState for a claim decided already; Refused where the roll contradicts (`owner_exists`,
    `relation_differs`, `guardian_needed`) and for a buyer who is to be no owner (`not_owner`).
    """
    claim = _locked(claim)
    _must_decide(claim, by)
    keeper = by.has_perm(Permission.KEEP_ROLL, claim.household.building)
    if (relation and relation != claim.relation) or changes_owner:
        if not keeper:
            raise NotAllowed(_("Only the community changes the relation or the owner."))
        _put_right(claim, relation or Relation(claim.relation), by, now)
    if changes_owner:
        _end_owners(claim, by, now)
    return grant(claim, ClaimBasis.COMMUNITY if keeper else ClaimBasis.OWNER, by, now)


def _put_right(claim: Claim, relation: Relation, by: User, now: datetime) -> None:
    if relation == claim.relation:
        return
    detail = {"from": claim.relation, "to": str(relation.value)}
    claim.relation = relation
    claim.save(update_fields=["relation"])
    audit.record("residents.claim-relation", by=by, obj=claim, detail=detail, now=now)


def _end_owners(claim: Claim, by: User, now: datetime) -> None:
    """The flat changed hands: its owners of before end with today."""
    if Relation(claim.relation) not in OWNING:
        message = _("Only who becomes an owner takes a flat over.")
        raise Refused(message, code="not_owner", field="relation")
    Household.objects.select_for_update(of=("self",)).get(pk=claim.household_id)
    owners = claim.household.belongings.filter(ends=None, relation__in=OWNING)
    for belonging in owners.exclude(person__account=claim.user):
        ends = max(timezone.localdate(now), belonging.starts)
        people.move_out(belonging=belonging, ends=ends, by=by, now=now)


def grant(claim: Claim, basis: ClaimBasis, by: User, now: datetime) -> Claim:
    """Ties the claimant to the household; the claim's row is locked and the decision is due."""
    Household.objects.select_for_update(of=("self",)).get(pk=claim.household_id)
    person = _known(claim, basis) or _new_person(claim, by, now)
    if guardians.is_child(person.born, timezone.localdate(now)) and not (
        consents.guardian_agreed(person)
    ):
        raise Refused(
            _("This is a child under 14, whose guardian has not agreed to an account of its own."),
            code="guardian_needed",
        )
    if person.account_id is None:
        person.account = claim.user
        person.save(update_fields=["account"])
    _belong(claim, person, by, now)
    if claim.user.home_id is None:
        # The portal knows the home from now on: reports start there.
        users.set_home(person=claim.user, unit=claim.household.building, by=by, now=now)
    verified = _decide(claim, ClaimState.VERIFIED, by, now, basis=basis)
    _notify([claim.user_id], notices.DECIDED, verified, now, page="residents:my_home")
    return verified


def _known(claim: Claim, basis: ClaimBasis) -> Person | None:
    """Whom the roll knows the claimant as, locked.

    Two claims of one account, decided at once, are one person's; two accounts do not become one person.
    """
    User.objects.select_for_update(of=("self",)).get(pk=claim.user_id)
    person = match(claim, by_name=basis == ClaimBasis.COMMUNITY)
    free = Q(account=None) | Q(account=claim.user_id)
    rows = Person.objects.select_for_update(of=("self",)).filter(free)
    return rows.filter(pk=person.pk).first() if person else None


def match(claim: Claim, *, by_name: bool) -> Person | None:
    """The person of the roll whom a claimant is: by account, by confirmed telephone, or by ID number
    or name.

    The latter only where a keeper of the roll decides, and only among people of the household.
    """
    own: Person | None = Person.objects.filter(account=claim.user).first()
    if own:
        return own
    person: Person | None = None
    at_home = Person.objects.filter(
        belongings__household=claim.household, belongings__ends=None, account=None
    )
    if claim.user.phone_verified and claim.user.phone_index:
        person = at_home.filter(phone_index=claim.user.phone_index).first()
        if person:
            return person
    if not by_name:
        return None
    if claim.id_number:
        person = at_home.filter(id_index=id_numbers.index(claim.id_number)).first()
    return person or at_home.filter(name_key=compared(claim.name)).first()


def _new_person(claim: Claim, by: User, now: datetime) -> Person:
    phone = claim.user.phone if claim.user.phone_verified else ""
    details = people.checked(name=claim.name, phone=phone)
    person = Person.objects.create(
        place=claim.household.building, account=claim.user, entered_at=now, **details.columns()
    )
    audit.record("residents.enter-person", by=by, obj=person, now=now)
    return person


def _belong(claim: Claim, person: Person, by: User, now: datetime) -> None:
    relation = Relation(claim.relation)
    present: Belonging | None = claim.household.belongings.filter(person=person, ends=None).first()
    if present is None:
        people.belong(person=person, household=claim.household, relation=relation, by=by, now=now)
        return
    if present.relation != relation and not {present.relation, relation} <= OWNING:
        raise Refused(
            _("The roll knows this person otherwise. Correct the roll first, or refuse."),
            code="relation_differs",
        )
    if present.verified_at is None:
        present.verified_by, present.verified_at = by, now
        present.save(update_fields=["verified_by", "verified_at"])


def may_decide(user: User, claim: Claim) -> bool:
    """The community, or (for tenants and family) a verified owner; nobody one's own claim."""
    if claim.user_id == user.pk:
        return False
    # By position alone: administrators decide none.
    if reach_of(user).roles_at(claim.household.building) & ROLL_KEEPERS:
        return True
    return claim.relation not in OWNING and rights.owns(user, claim.household)


def _must_decide(claim: Claim, by: User) -> None:
    if not by.has_perm(Permission.DECIDE_CLAIM, claim):
        raise NotAllowed(_("You may not decide this claim."))


def _locked(claim: Claim) -> Claim:
    locked: Claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("household__building", "user")
        .get(pk=claim.pk)
    )
    return locked


def _decide(claim: Claim, state: ClaimState, by: User, now: datetime, **values: str) -> Claim:
    decisions.settle(claim, by=by, now=now, state=state, id_number="", **values)
    detail = {"basis": claim.basis} if claim.basis else {}
    audit.record(f"residents.claim-{state}", by=by, obj=claim, detail=detail, now=now)
    return claim


# --- Who is told -----------------------------------------------------------------------------------


def _notify_of(claim: Claim, now: datetime) -> None:
    """The community hears of each claim; of a second one on a flat whoever was first does too."""
    keepers = holders(claim.household.building, ROLL_KEEPERS, timezone.localdate(now))
    others = Belonging.objects.filter(
        household=claim.household, ends=None, verified_at__isnull=False
    ).exclude(person__account=claim.user)
    waiting = Claim.objects.filter(household=claim.household, state=ClaimState.WAITING).exclude(
        user=claim.user
    )
    owners = others.filter(relation__in=OWNING, person__account__isnull=False)
    first = {*owners.values_list("person__account", flat=True)} or {
        *waiting.values_list("user", flat=True)
    }
    _notify(keepers, notices.SECOND if first or others.exists() else notices.MADE, claim, now)
    _notify(first - keepers, notices.SECOND, claim, now, page="residents:my_home")


def _notify(
    recipients: Iterable[int],
    kind: str,
    claim: Claim,
    now: datetime,
    page: str = "residents:claim_desk",
) -> None:
    notices.notify(recipients, kind, claim.household, f"{kind}:{claim.pk}", now, page)
