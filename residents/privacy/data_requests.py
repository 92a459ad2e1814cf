"""Requests of people about their data: asked, followed, answered; what is granted is carried out."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import registry
from orgs.audit import audit
from orgs.calendar.working_time import Span, calendar
from orgs.enums import Role, TimeUnit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.scoping import Way, reach_of, way_by_way
from orgs.values import phones
from residents.enums import (
    OWNING,
    ROLL_KEEPERS,
    DataRequestKind,
    DataRequestState,
    Marital,
    Permission,
    SensitiveUse,
    Sex,
)
from residents.models import Belonging, DataRequest, Person
from residents.privacy import consents, decisions, desk, retention
from residents.roll import guardians, people
from residents.roll.values import id_numbers

if TYPE_CHECKING:
    from orgs.models import User

ANSWERED_WITHIN = Span(15, TimeUnit.WORKING_DAYS)
NEARLY_DUE = timedelta(days=5)
# What people may ask to be corrected; the rest follows from these.
CORRECTED = ("name", "phone", "sex", "born", *people.SENSITIVE_FIELDS)


@transaction.atomic
def ask(
    *,
    kind: DataRequestKind,
    text: str = "",
    corrections: dict[str, Any] | None = None,
    agrees: bool = False,
    sure: bool = True,
    ward: Person | None = None,
    person: Person | None = None,
    by: "User",
    now: datetime,
) -> DataRequest:
    """Asks for a copy, for corrections or for deletion; answered within 15 working days.

    Sensitive values among the `corrections` need a consent of their own (`agrees`). Whoever asks for
    deletion was told what it brings and is `sure`. A guardian asks for a `ward`, the desk for a `person`
    without an account; a colleague answers that. Raises Refused (`be_sure`, `nothing_to_correct`, bad
    values), NotAllowed, WrongState (`asked`, `has_account`).
    """
    if person is not None:
        desk.must_speak_for(person, by)
    if kind == DataRequestKind.DELETE and not sure:
        raise Refused(
            _(
                "This cannot be undone: what the roll knows of you beside what the law keeps is gone,"
                " and your homes have to be claimed anew; until then you cannot vote there. Reports"
                " that are under way go on. Say “yes” if you want it."
            ),
            code="be_sure",
            field="sure",
        )
    given = _checked(corrections or {})
    if kind == DataRequestKind.CORRECT and not (given or text.strip()):
        message = _("Say what is wrong, or enter what is right.")
        raise Refused(message, code="nothing_to_correct", field="text")
    if ward and not guardians.wards_of(by, timezone.localdate(now)).filter(pk=ward.pk).exists():
        raise NotAllowed(_("You are not the guardian of this child."))
    if given.keys() & set(people.SENSITIVE_FIELDS):
        consents.must_collect(
            SensitiveUse.OWN, agrees=agrees, ward=ward, person=person, by=by, now=now
        )
    new = DataRequest(
        user=by, kind=kind, ward=ward, person=person, text=text.strip(), asked_at=now,
        due_at=calendar().after(now, ANSWERED_WITHIN),
    )  # fmt: skip
    new.corrections = given
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        raise WrongState(_("You have asked for this already; it is being worked on."), code="asked")
    audit.record("residents.ask-about-data", by=by, obj=new, detail=_detail(new), now=now)
    return new


def _detail(row: DataRequest) -> dict[str, Any]:
    return {"kind": row.kind} | audit.on_behalf_of(row.person)


@transaction.atomic
def take_back(*, request: DataRequest, by: "User", now: datetime) -> None:
    """Takes a request back while nobody has decided on it: nothing of it is kept but the audit.

    The desk takes back what it entered for somebody without an account; who has one by now does so
    there. Raises NotAllowed for another's, WrongState for one that was answered.
    """
    row = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.person is not None:
        if row.person.account_id != by.pk:
            desk.must_speak_for(row.person, by)
    elif row.user_id != by.pk:
        raise NotAllowed(_("This request is not yours."))
    if row.state != DataRequestState.OPEN:
        raise WrongState(_("This has been answered already."), code="decided")
    audit.record("residents.take-back-request", by=by, obj=row, detail=_detail(row), now=now)
    row.delete()


def _checked(corrections: dict[str, Any]) -> dict[str, str]:
    """The corrections as text, in one way of writing; what is empty is left out."""
    given = {name: str(value) for name, value in corrections.items() if value}
    unknown = given.keys() - set(CORRECTED)
    assert not unknown, f"not to be corrected: {unknown}"
    details = people.checked(**{"name": "-"} | given)
    numbers = {"id_number": details.id_number, "phone": details.phone}
    return given | {name: value for name, value in numbers.items() if value}


def of_account(user: "User") -> QuerySet[DataRequest]:
    """What an account asked for itself or a child, and what the desk entered for its person before."""
    rows = DataRequest.objects.all()
    ways: list[Way] = [Q(user=user, person=None), Q(person__account=user)]
    return rows.filter(way_by_way(rows, ways))


def subject_of(request: DataRequest) -> Person | None:
    """Whom a request is about, as the roll knows them."""
    if request.ward_id or request.person_id:
        return request.ward or request.person
    return Person.objects.filter(account=request.user).select_related("place").first()


def may_decide(user: "User", request: DataRequest) -> bool:
    """The community on whose roll the person stands, else of the account's home; the district's office
    where there is neither. By position alone: administrators decide none.
    """
    person, reach = subject_of(request), reach_of(user)
    if user.pk in (request.user_id, person.account_id if person else None):
        return False  # whoever asked, or entered it for somebody, or for whom it was entered
    place = person.place if person else request.user.home
    if place is None:
        return Role.DISTRICT_OFFICE in reach.roles
    return bool(reach.roles_at(place) & ROLL_KEEPERS)


def open_for(user: "User") -> QuerySet[DataRequest]:
    """The open requests that somebody answers: those that `may_decide` allows."""
    requests: QuerySet[DataRequest] = DataRequest.objects.filter(state=DataRequestState.OPEN)
    if not user.is_authenticated:
        return requests.none()
    reach = reach_of(user)
    mine = Person.objects.filter(reach.q("place", ROLL_KEEPERS))
    accounts = mine.filter(account__isnull=False).values("account")
    own, keys = Q(ward=None, person=None), mine.values("pk")
    decides = own & Q(user__in=accounts) | Q(ward__in=keys) | Q(person__in=keys)
    unknown = own & Q(user__person=None)
    decides |= unknown & Q(user__home__isnull=False) & reach.q("user__home", ROLL_KEEPERS)
    if Role.DISTRICT_OFFICE in reach.roles:
        decides |= unknown & Q(user__home=None)
    decided = requests.filter(decides).exclude(user=user)
    own_person = Person.objects.filter(account=user).values("pk")
    return decided.exclude(person__in=own_person).select_related("user", "ward", "person")


def light(request: DataRequest, now: datetime) -> str:
    """Green, yellow in the last days, red when the answer is late; "" once it was given."""
    if request.state != DataRequestState.OPEN:
        return ""
    if request.due_at < now:
        return "red"
    return "yellow" if request.due_at - now < NEARLY_DUE else "green"


def shown_corrections(request: DataRequest) -> list[tuple[str, str]]:
    """What shall be corrected, as the desk shows it: numbers masked."""
    masks = {"id_number": id_numbers.mask, "phone": phones.mask}
    labels = {"sex": Sex, "marital": Marital}
    decided = []
    for name, value in request.corrections.items():
        text = masks[name](value) if name in masks else value
        text = str(labels[name](value).label) if name in labels else text
        field: Any = Person._meta.get_field(name)
        decided.append((str(field.verbose_name), text))
    return decided


@transaction.atomic
def decide(
    *, request: DataRequest, granted: bool, reason: str, by: "User", now: datetime
) -> DataRequest:
    """Answers a request, with a reason either way; what is granted is done at the same moment.

    Corrections are entered on the roll. Of a deletion only what the law asks for stays, and the
    request names it. Raises NotAllowed, WrongState (`decided`), Refused as the roll does.
    """
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not by.has_perm(Permission.DECIDE_DATAREQUEST, request):
        raise NotAllowed(_("You may not decide this request."))
    why = decisions.reason_of(reason)
    corrections, person = request.corrections, subject_of(request)
    request.corrections = {}
    decisions.settle(
        request,
        by=by,
        now=now,
        state=DataRequestState.GRANTED if granted else DataRequestState.REFUSED,
        reason=why,
    )
    if granted:
        request.done = _carry_out(request, person, corrections, by, now)
        request.save(update_fields=["done"])
    detail = {"granted": granted, **request.done}
    audit.record("residents.decide-about-data", by=by, obj=request, detail=detail, now=now)
    return request


def _carry_out(
    request: DataRequest,
    person: Person | None,
    corrections: dict[str, str],
    by: "User",
    now: datetime,
) -> dict[str, list[str]]:
    """Does what was asked; answers the names of what was changed, erased and kept."""
    if request.kind == DataRequestKind.CORRECT and person and corrections:
        return {"changed": _correct(person, corrections, by, now)}
    if request.kind == DataRequestKind.DELETE:
        return _erase(request, person, by, now)
    return {}


def _correct(person: Person, corrections: dict[str, str], by: "User", now: datetime) -> list[str]:
    given: dict[str, Any] = {"name": person.name, **corrections}
    if "born" in given:
        given["born"] = datetime.fromisoformat(given["born"]).date()
    corrected = people.correct(person=person, details=people.checked(**given), by=by, now=now)
    # It rests upon the person's consent, not upon the community's duty.
    own = set(corrections) & set(people.SENSITIVE_FIELDS)
    corrected.own_fields = sorted({*corrected.own_fields, *own})
    corrected.save(update_fields=["own_fields"])
    return sorted(corrections)


def _erase(
    request: DataRequest, person: Person | None, by: "User", now: datetime
) -> dict[str, list[str]]:
    """Erases what no law asks to keep: an owner stays on the roll of owners by name and number."""
    erased: list[str] = []
    kept: list[str] = []
    if person is not None:
        kept = _needed(person)
        erased = retention.erase(person=person, keep=kept, by=by, now=now)
    if not request.ward_id and not request.person_id:
        erased += retention.forget_claims(of=request.user, by=by, now=now)
        registry.call(registry.Name.ERASE_PERSONAL_DATA_OF, request.user, by=by, now=now)
    return {"erased": erased, "kept": kept}


def _needed(person: Person) -> list[str]:
    """What stays: owners are found to vote (民法典, art. 278), guardians to speak for a child."""
    if Belonging.objects.filter(person=person, ends=None, relation__in=OWNING).exists():
        return ["name", "id_number", "phone", "born", "sex", "account"]
    if person.wards.filter(erased_at=None).exists():
        return ["name", "phone", "account"]
    return []
