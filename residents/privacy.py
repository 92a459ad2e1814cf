"""People's rights over their data: notices, consents, copies, requests."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs import audit, phones, registry
from orgs.enums import TimeUnit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.working_time import Span, calendar
from residents.enums import ConsentPurpose, DataRequestKind, DataRequestState
from residents.models import Consent, DataRequest, Person, PrivacyNotice

if TYPE_CHECKING:
    from orgs.models import User

ANSWERED_WITHIN = Span(15, TimeUnit.WORKING_DAYS)
DECIDE = "residents.decide_datarequest"


def current_notice() -> PrivacyNotice | None:
    """The newest version."""
    return PrivacyNotice.objects.order_by("-version").first()


@transaction.atomic
def publish(*, text_zh: str, text_en: str, by: "User", now: datetime) -> PrivacyNotice:
    """Publishes the next version; everybody is asked anew at the next visit."""
    if not by.is_superuser:
        raise NotAllowed(_("Only an administrator publishes the privacy notice."))
    last = current_notice()
    notice = PrivacyNotice.objects.create(
        version=last.version + 1 if last else 1,
        text_zh=text_zh,
        text_en=text_en,
        published_at=now,
    )
    audit.record("residents.publish-notice", by=by, obj=notice, now=now)
    return notice


@transaction.atomic
def consent(*, purpose: ConsentPurpose, given: bool, by: "User", now: datetime) -> Consent:
    """Gives or withdraws a consent to the newest notice; the same again adds nothing."""
    notice = current_notice()
    if notice is None:
        raise WrongState(_("There is no privacy notice yet."), code="no_notice")
    last = _last(by, purpose)
    if last and last.given == given and last.notice_id == notice.pk:
        return last
    row = Consent.objects.create(user=by, purpose=purpose, notice=notice, given=given, at=now)
    audit.record(
        "residents.consent", by=by, obj=row, detail={"purpose": purpose, "given": given}, now=now
    )
    return row


def accept(*, by: "User", now: datetime) -> None:
    """What ticking the notice at sign-up gives: the account's own consent, no other."""
    consent(purpose=ConsentPurpose.ACCOUNT, given=True, by=by, now=now)


def consents(user: "User") -> dict[ConsentPurpose, Consent | None]:
    """The latest word on each purpose; one query."""
    latest = {row.purpose: row for row in Consent.objects.filter(user=user).order_by("pk")}
    return {purpose: latest.get(purpose.value) for purpose in ConsentPurpose}


def may_use(user: "User", purpose: ConsentPurpose) -> bool:
    """Whether a consent stands, given to the newest notice."""
    last, notice = _last(user, purpose), current_notice()
    return bool(last and notice and last.given and last.notice_id == notice.pk)


def is_due(user: "User") -> bool:
    """Whether somebody has not yet said yes or no to the newest notice."""
    notice = current_notice()
    return bool(notice and not Consent.objects.filter(user=user, notice=notice).exists())


def _last(user: "User", purpose: ConsentPurpose) -> Consent | None:
    return Consent.objects.filter(user=user, purpose=purpose).order_by("-pk").first()


def own_data(*, by: "User", now: datetime) -> dict[str, Any]:
    """All that the portal holds about an account, in clear; upper floors add their part."""
    person = Person.objects.filter(account=by).first()
    data: dict[str, Any] = {
        "account": {"username": by.username, "name": by.name, "phone": by.phone},
        "person": _person(person) if person else None,
        "claims": list(by.claims.values("household__code", "relation", "state", "made_at")),
        "consents": list(by.consents.values("purpose", "given", "at", "notice__version")),
        "requests": list(by.data_requests.values("kind", "state", "asked_at", "reason")),
        "care": _care(person) if person else [],
        "seen_by": list(person.unmaskings.values("at", "field", "purpose")) if person else [],
    }
    for part in registry.call("personal_data_of", by):
        data |= part
    audit.record("residents.export-own-data", by=by, obj=by, now=now)
    return data


def _person(person: Person) -> dict[str, Any]:
    names = (
        "name", "id_number", "phone", "sex", "born", "ethnicity", "marital", "employment",
        "insurance", "registered_at",
    )  # fmt: skip
    known = {name: getattr(person, name) for name in names}
    homes = person.belongings.values("household__code", "relation", "starts", "ends")
    seats = person.seats.values(
        "seat", "starts", "ends", "term__number", "term__body__kind", "term__body__unit__code"
    )
    return known | {
        "homes": list(homes),
        "seats": list(seats),
        "phone_shown_to_others": phones.mask(person.phone),
    }


def _care(person: Person) -> list[dict[str, Any]]:
    """The person's entries on care ledgers, with all that they say."""
    names = ("kind", "basis", "consented_on", "starts", "ends", "ending")
    return [
        {name: getattr(one, name) for name in (*names, *one.fields)}
        for one in person.care_entries.order_by("pk")
    ]


@transaction.atomic
def ask(*, kind: DataRequestKind, text: str = "", by: "User", now: datetime) -> DataRequest:
    """Asks for a copy, a correction or deletion; answered within 15 working days."""
    try:
        with transaction.atomic():
            made = DataRequest.objects.create(
                user=by,
                kind=kind,
                text=text.strip(),
                asked_at=now,
                due_at=calendar().after(now, ANSWERED_WITHIN),
            )
    except IntegrityError:
        raise WrongState(_("You have asked for this already; it is being worked on."), code="asked")
    audit.record("residents.ask-about-data", by=by, obj=made, detail={"kind": kind}, now=now)
    return made


def may_decide(user: "User", request: DataRequest) -> bool:
    """The community on whose roll the asker stands; administrators where there is none."""
    person = Person.objects.filter(account=request.user).select_related("place").first()
    if request.user_id == user.pk:
        return False
    if person is None:
        return user.is_superuser
    return user.has_perm("residents.keep_roll", person.place)


@transaction.atomic
def decide(
    *, request: DataRequest, granted: bool, reason: str, by: "User", now: datetime
) -> DataRequest:
    """Answers a request, with a reason either way; what was granted has been done by hand."""
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not by.has_perm(DECIDE, request):
        raise NotAllowed(_("You may not decide this request."))
    if request.state != DataRequestState.OPEN:
        raise WrongState(_("This request has been decided already."), code="decided")
    if not 0 < len(reason.strip()) <= 500:
        message = _("Write what was done, or why not.")
        raise Refused(message, code="reason_needed", fields={"reason": [message]})
    request.state = DataRequestState.GRANTED if granted else DataRequestState.REFUSED
    request.reason, request.decided_by, request.decided_at = reason.strip(), by, now
    request.save()
    audit.record("residents.decide-about-data", by=by, obj=request, now=now)
    return request
