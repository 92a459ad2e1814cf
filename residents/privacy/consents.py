"""Privacy notices, and consents: given, withdrawn, spoken for children by their guardians."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.db.versions import put_in_force
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.scoping import Way, way_by_way
from orgs.web.panels import Panel
from residents.enums import CONSENT_TO, ClaimState, ConsentPurpose, DataRequestState, SensitiveUse
from residents.models import Claim, Consent, DataRequest, Person, PrivacyNotice
from residents.privacy import desk, impact_assessments
from residents.roll import guardians, people

if TYPE_CHECKING:
    from orgs.models import User

# What a guardian decides for a child.
FOR_CHILDREN = (ConsentPurpose.ACCOUNT, ConsentPurpose.SENSITIVE)
# What somebody without an account says on paper; the others are about an account.
ON_PAPER = (ConsentPurpose.SENSITIVE, ConsentPurpose.DELIBERATION)


def current_notice() -> PrivacyNotice | None:
    """The newest version."""
    return PrivacyNotice.objects.order_by("-version").first()


def publish(*, text_zh: str, text_en: str, by: "User", now: datetime) -> PrivacyNotice:
    """Publishes the next version; everybody is asked anew at the next visit."""
    notice = PrivacyNotice(text_zh=text_zh, text_en=text_en, published_at=now)
    put_in_force(notice, PrivacyNotice.objects.all(), "residents.publish-notice", by=by, now=now)
    return notice


@transaction.atomic
def consent(
    *,
    purpose: ConsentPurpose,
    given: bool,
    ward: Person | None = None,
    person: Person | None = None,
    by: "User",
    now: datetime,
) -> Consent:
    """Gives or withdraws a consent to the newest notice; the same again adds nothing.

    For a `ward` under 14 the guardian speaks; the desk enters what a `person` without an account wrote
    on paper. What was given on the ground of a withdrawn consent is emptied at once. Raises NotAllowed
    for somebody else's child or roll, WrongState without a notice and for who has an account.
    """
    notice = current_notice()
    if notice is None:
        raise WrongState(_("There is no privacy notice yet."), code="no_notice")
    if (
        ward is not None
        and not guardians.wards_of(by, timezone.localdate(now)).filter(pk=ward.pk).exists()
    ):
        raise NotAllowed(_("You are not the guardian of this child."))
    if person is not None:
        desk.must_speak_for(person, by)
    last = _last(by, purpose, ward, person)
    if last and last.given == given and last.notice_id == notice.pk:
        return last
    row = Consent.objects.create(
        user=by, purpose=purpose, ward=ward, person=person, notice=notice, given=given, at=now
    )
    detail = {"purpose": purpose, "given": given, "for_ward": ward is not None}
    detail |= audit.on_behalf_of(person)
    audit.record("residents.consent", by=by, obj=row, detail=detail, now=now)
    if not given:
        _take_back(purpose, by, ward, person, now)
    return row


def guardian_agreed(child: Person) -> bool:
    """Whether a child's guardian agrees to the child having an account."""
    last = (
        Consent.objects.filter(ward=child, user__person=child.guardian_id)
        .filter(purpose=ConsentPurpose.ACCOUNT)
        .order_by("-pk")
        .first()
    )
    return bool(last and last.given)


def accept(*, by: "User", now: datetime) -> None:
    """What ticking the notice at sign-up gives: the account's own consent, no other."""
    consent(purpose=ConsentPurpose.ACCOUNT, given=True, by=by, now=now)


def must_collect(
    use: SensitiveUse,
    *,
    agrees: bool,
    ward: Person | None = None,
    person: Person | None = None,
    by: "User",
    now: datetime,
) -> None:
    """Before sensitive data of a use are taken: an assessment in force and a consent of its own.

    `agrees`: the person ticks it with what they send, or a `person` without an account signed it at the
    desk. Raises NotAllowed (`not_assessed`), Refused
    (`consent_needed`).
    """
    impact_assessments.must_be_in_force(use, now)
    purpose = CONSENT_TO[use]
    if agrees:
        consent(purpose=purpose, given=True, ward=ward, person=person, by=by, now=now)
    if not may_use(by, purpose, ward, person):
        message = _("Agree to this separately, or leave the sensitive data out.")
        raise Refused(message, code="consent_needed", field="agrees")


def consents(user: "User", ward: Person | None = None) -> dict[ConsentPurpose, Consent | None]:
    """The latest word on each purpose; one query."""
    return _latest(_rows(user, ward, None))


def in_force(user: "User", ward: Person | None = None) -> dict[ConsentPurpose, bool]:
    """Whether each consent stands, given to the newest notice; for a child, what a guardian decides."""
    standing = _standing(consents(user, ward))
    return {
        purpose: given
        for purpose, given in standing.items()
        if ward is None or purpose in FOR_CHILDREN
    }


def on_paper(person: Person) -> dict[ConsentPurpose, bool]:
    """Whether each consent stands that somebody without an account gave on paper."""
    standing = _standing(_latest(Consent.objects.filter(person=person)))
    return {purpose: standing[purpose] for purpose in ON_PAPER}


def may_use(
    user: "User", purpose: ConsentPurpose, ward: Person | None = None, person: Person | None = None
) -> bool:
    """Whether a consent stands, given to the newest notice."""
    last, notice = _last(user, purpose, ward, person), current_notice()
    return bool(last and notice and last.given and last.notice_id == notice.pk)


def who_agreed(users: Iterable[int], purpose: ConsentPurpose) -> set[int]:
    """Those of some accounts whose consent stands, given to the newest notice; two statements."""
    notice = current_notice()
    if notice is None:
        return set()
    said = _said(Q(user__in=set(users)), Q(person__account__in=set(users)), purpose)
    return _agreed(((account, given, of) for account, _person, given, of in said), notice)


def who_agreed_on_paper(people: Iterable[Person], purpose: ConsentPurpose) -> set[int]:
    """The same of people of the roll, whose consent the desk entered; who has an account by now may have
    said something else there since.
    """
    notice = current_notice()
    if notice is None:
        return set()
    keys = {one.pk: one.account_id for one in people}
    accounts = {account: key for key, account in keys.items() if account is not None}
    said = _said(Q(user__in=accounts), Q(person__in=keys), purpose)
    return _agreed(
        (
            (person or (accounts.get(account) if account else None), given, of)
            for account, person, given, of in said
        ),
        notice,
    )


def _said(
    with_account: Q, on_paper: Q, purpose: ConsentPurpose
) -> Iterable[tuple[int | None, int | None, bool, int]]:
    """What was said to one purpose, the oldest first: of which account, of which person on paper."""
    rows = Consent.objects.filter(purpose=purpose)
    ways: list[Way] = [with_account & Q(ward=None, person=None), on_paper]
    for user, account, person, given, of in (
        rows.filter(way_by_way(rows, ways))
        .order_by("pk")
        .values_list("user", "person__account", "person", "given", "notice")
    ):
        yield (account if person else user), person, given, of


def _agreed(said: Iterable[tuple[int | None, bool, int]], notice: PrivacyNotice) -> set[int]:
    latest = {key: (given, of) for key, given, of in said}
    return {key for key, (given, of) in latest.items() if key and given and of == notice.pk}


def is_due(user: "User") -> bool:
    """Whether somebody has not yet said yes or no to the newest notice."""
    notice = current_notice()
    answers = Consent.objects.filter(user=user, ward=None, person=None, notice=notice)
    return bool(notice and not answers.exists())


def desk_panel(*, user: "User", now: datetime) -> Panel | None:
    """Asks staff on their desk, as residents are asked at home."""
    return Panel("residents/privacy/notice_due.html", None, place=-1) if is_due(user) else None


def _rows(user: "User", ward: Person | None, person: Person | None) -> QuerySet[Consent]:
    """What somebody said for themselves or for a child, or on paper, whoever entered it: for oneself both,
    the newest counts.
    """
    if person is not None:
        return Consent.objects.filter(person=person)
    if ward is not None:
        return Consent.objects.filter(user=user, ward=ward, person=None)
    rows = Consent.objects.all()
    return rows.filter(way_by_way(rows, [Q(user=user, ward=None, person=None), _on_paper(user)]))


def _on_paper(user: "User") -> Q:
    """What the desk entered for an account's person before there was the account."""
    return Q(person__account=user)


def of_account(user: "User") -> QuerySet[Consent]:
    """What an account said for itself and its children, and what the desk entered for its person."""
    rows = Consent.objects.all()
    return rows.filter(way_by_way(rows, [Q(user=user, person=None), _on_paper(user)]))


def _latest(rows: QuerySet[Consent]) -> dict[ConsentPurpose, Consent | None]:
    latest = {row.purpose: row for row in rows.order_by("pk")}
    return {purpose: latest.get(purpose.value) for purpose in ConsentPurpose}


def _standing(latest: dict[ConsentPurpose, Consent | None]) -> dict[ConsentPurpose, bool]:
    newest = current_notice()
    return {
        purpose: bool(row and row.given and newest and row.notice_id == newest.pk)
        for purpose, row in latest.items()
    }


def _last(
    user: "User", purpose: ConsentPurpose, ward: Person | None, person: Person | None = None
) -> Consent | None:
    return _rows(user, ward, person).filter(purpose=purpose).order_by("-pk").first()


def _take_back(
    purpose: ConsentPurpose,
    by: "User",
    ward: Person | None,
    at_desk: Person | None,
    now: datetime,
) -> None:
    """Empties what rested upon a consent; what the community keeps by duty stays."""
    if purpose == ConsentPurpose.CLAIM and ward is None and at_desk is None:
        for claim in Claim.objects.select_for_update(of=("self",)).filter(user=by):
            # The photos are deleted with the uploads that nobody uses.
            claim.papers.clear()
            if claim.state == ClaimState.WAITING:
                claim.id_number = ""
                claim.save(update_fields=["id_number"])
    if purpose == ConsentPurpose.SENSITIVE:
        _close_corrections(by, ward, at_desk)
        known = ward or at_desk
        about = Person.objects.filter(pk=known.pk) if known else Person.objects.filter(account=by)
        for person in about.select_for_update(of=("self",)):
            people.empty_own(person=person, by=by, now=now)


def _close_corrections(by: "User", ward: Person | None, at_desk: Person | None) -> None:
    """Takes the sensitive values out of requests that wait."""
    own = Q(person=at_desk) if at_desk else Q(user=by, ward=ward, person=None)
    if not (at_desk or ward):
        own |= _on_paper(by)
    waiting = DataRequest.objects.select_for_update(of=("self",)).filter(
        own, state=DataRequestState.OPEN
    )
    for request in waiting:
        kept = {
            name: value
            for name, value in request.corrections.items()
            if name not in people.SENSITIVE_FIELDS
        }
        request.corrections = kept
        request.save(update_fields=["changes"])
