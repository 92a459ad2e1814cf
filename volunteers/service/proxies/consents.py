"""Consents to proxy help: how somebody old or disabled agreed that another acts for them."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment
from orgs.scoping import reach_of
from orgs.values.days import in_force
from orgs.values.names import is_visible
from residents.models import Person
from volunteers.service.enums import SERVICE_HELPERS, ConsentWay
from volunteers.service.models import ProxyConsent
from volunteers.service.reportins.participants import join

if TYPE_CHECKING:
    from orgs.models import User

# Asked anew after a year.
LONGEST = timedelta(days=365)


def may_enter(user: "User", person: Person) -> bool:
    """Whether somebody works with the place on whose roll a person stands."""
    return bool(reach_of(user).roles_at(person.place) & SERVICE_HELPERS)


def in_force_for(person: Person, user: "User", today: date) -> ProxyConsent | None:
    """The consent by which somebody acts for a person today."""
    rows: QuerySet[ProxyConsent] = ProxyConsent.objects.filter(
        in_force(today), person=person, helper__account=user, withdrawn_at=None
    )
    return rows.order_by("-pk").first()


@transaction.atomic
def record(
    *,
    person: Person,
    matter: str,
    way: ConsentWay,
    witness: str = "",
    helper: "User | None" = None,
    ends: date | None = None,
    paper: Attachment | None = None,
    by: "User",
    now: datetime,
) -> ProxyConsent:
    """Records that a person agreed to be helped: for what, how, until when (a day where nobody says).

    Raises NotAllowed for who neither works with the place nor is the person; Refused for a spoken
    consent without witness, for nothing, for a term beyond a year.
    """
    is_own = person.account_id == by.pk
    if not is_own and not may_enter(by, person):
        raise NotAllowed(_("You do not work with the place of this person."))
    today = timezone.localdate(now)
    ends = ends or today
    wrong: dict[str, list[str]] = {}
    if not is_visible(matter):
        wrong["matter"] = [_("Say what the help is for.")]
    if way == ConsentWay.SPOKEN and not is_visible(witness):
        wrong["witness"] = [_("A spoken consent has a witness: write who was there.")]
    if way == ConsentWay.PORTAL and not is_own:
        wrong["way"] = [_("Only the person agrees in the portal.")]
    if not today <= ends <= today + LONGEST:
        wrong["ends"] = [_("A consent ends within a year, and not before today.")]
    if wrong:
        raise Refused(
            _("Some of what was sent is not right."), code="bad_consent", fields={**wrong}
        )
    consent: ProxyConsent = ProxyConsent.objects.create(
        person=person,
        helper=join(account=helper, place=person.place, now=now) if helper else None,
        matter=matter.strip()[:120],
        way=way,
        witness=witness.strip()[:40],
        paper=paper,
        entered_by=by,
        entered_at=now,
        starts=today,
        ends=ends,
    )
    audit.record("service.record-consent", by=by, obj=consent, detail={"way": way}, now=now)
    return consent


@transaction.atomic
def withdraw(*, consent: ProxyConsent, by: "User", now: datetime) -> ProxyConsent:
    """Ends a consent at once; what was done under it stays. The person, or the desk that was told.

    Raises NotAllowed for others, WrongState where it is withdrawn already.
    """
    rows = ProxyConsent.objects.select_for_update(of=("self",)).select_related("person__place")
    consent = rows.get(pk=consent.pk)
    if consent.person.account_id != by.pk and not may_enter(by, consent.person):
        raise NotAllowed(_("You do not work with the place of this person."))
    if consent.withdrawn_at:
        raise WrongState(_("This consent is withdrawn already."), code="withdrawn")
    consent.withdrawn_at = now
    consent.save(update_fields=["withdrawn_at"])
    audit.record("service.withdraw-consent", by=by, obj=consent, now=now)
    return consent


def acting_for(
    *, person: Person, matter: str, way: ConsentWay | None, witness: str, by: "User", now: datetime
) -> ProxyConsent:
    """The consent under which somebody orders or rings for a person: one in force, or recorded now.

    Raises NotAllowed for who has none and does not work with the place; Refused where the desk does
    not say how the person agreed.
    """
    known = in_force_for(person, by, timezone.localdate(now))
    if known is not None:
        return known
    if not may_enter(by, person):
        raise NotAllowed(_("This person has not agreed that you act for them."))
    if way is None:
        raise Refused(_("Say how the person agreed."), code="no_consent", field="way")
    return record(person=person, matter=matter, way=way, witness=witness, by=by, now=now)
