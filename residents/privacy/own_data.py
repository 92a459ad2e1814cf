"""What the portal holds about somebody: a copy for themselves, or for a child of theirs."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import registry
from orgs.audit import audit
from orgs.errors import NotAllowed
from orgs.values import phones
from residents.enums import PrivateField
from residents.models import CareEntry, Person
from residents.privacy import consents, data_requests, desk, unmasking
from residents.roll import guardians

if TYPE_CHECKING:
    from orgs.models import User

FACTS = (
    "name", "id_number", "phone", "sex", "born", "ethnicity", "marital", "employment",
    "insurance", "registered_at", "note", "died_on", "entered_at",
)  # fmt: skip


def copy(*, by: "User", now: datetime) -> dict[str, Any]:
    """All that the portal holds about an account, in clear; upper floors add their part."""
    person = Person.objects.select_related("place", "guardian").filter(account=by).first()
    data: dict[str, Any] = {
        "account": {
            "username": by.username, "name": by.name, "phone": by.phone,
            "joined": by.date_joined, "home": by.home.path_name if by.home else "",
        },
        "linked": list(
            SocialAccount.objects.filter(user=by).values("provider", "uid", "date_joined")
        ),
        "person": about(person) if person else None,
        "children": [about(ward) for ward in guardians.wards_of(by, timezone.localdate(now))],
        "claims": [
            {
                "home": str(claim.household), "name": claim.name, "relation": claim.relation,
                "id_number": claim.id_number, "state": claim.state, "made_at": claim.made_at,
                "reason": claim.reason, "papers": [str(paper.pk) for paper in claim.papers.all()],
                "seen_by": [
                    {"at": seen.at, "field": seen.field, "purpose": seen.purpose}
                    for seen in claim.unmaskings.all()
                ],
            }
            for claim in by.claims.select_related("household__building").prefetch_related(
                "papers", "unmaskings"
            )
        ],
        "consents": list(
            consents.of_account(by)
            .order_by("pk")
            .values("purpose", "given", "at", "notice__version", "ward__name")
        ),
        "requests": list(
            data_requests.of_account(by)
            .order_by("pk")
            .values("kind", "text", "state", "asked_at", "reason", "done")
        ),
    }  # fmt: skip
    for part in registry.call(registry.Name.PERSONAL_DATA_OF, by):
        data |= part
    audit.record("residents.export-own-data", by=by, obj=by, now=now)
    return data


def copy_of_ward(*, ward: Person, by: "User", now: datetime) -> dict[str, Any]:
    """The same about a child, for its guardian. Raises NotAllowed for somebody else's child."""
    if not guardians.wards_of(by, timezone.localdate(now)).filter(pk=ward.pk).exists():
        raise NotAllowed(_("You are not the guardian of this child."))
    audit.record("residents.export-own-data", by=by, obj=ward, now=now)
    return {"person": about(ward)}


@transaction.atomic
def copy_at_desk(*, person: Person, by: "User", now: datetime) -> dict[str, Any]:
    """The same for somebody without an account, to be printed and handed over: kept among "who saw whom".

    What stands on care rosters is in it only where the desk reads it anyway. Raises NotAllowed for
    another's roll, WrongState (`has_account`), TooOften beyond the day's limit.
    """
    desk.must_speak_for(person, by)
    purpose = _("a copy of their data")
    unmasking.record_seen(person=person, field=PrivateField.COPY, purpose=purpose, by=by, now=now)
    seen = CareEntry.objects.visible_to(by).filter(person=person).order_by("pk")
    data = {
        "person": about(person) | {"care": [_care(entry) for entry in seen]},
        "consents": list(person.paper_consents.values("purpose", "given", "at", "notice__version")),
        "requests": list(
            person.data_requests_at_desk.values(
                "kind", "text", "state", "asked_at", "reason", "done"
            )
        ),
    }
    for part in registry.call(registry.Name.PERSONAL_DATA_OF_PERSON, person):
        data |= part
    detail = audit.on_behalf_of(person)
    audit.record("residents.export-own-data", by=by, obj=person, detail=detail, now=now)
    return data


def about(person: Person) -> dict[str, Any]:
    """What the roll holds about a person, with homes, visits and who saw what in clear."""
    known = {name: getattr(person, name) for name in FACTS}
    homes = [
        {"home": str(belonging.household)}
        | {
            name: getattr(belonging, name)
            for name in ("relation", "share_part", "share_whole", "starts", "ends", "verified_at")
        }
        for belonging in person.belongings.select_related("household__building").order_by("pk")
    ]
    seats = person.seats.order_by("pk").values(
        "seat", "starts", "ends", "term__number", "term__body__kind", "term__body__unit__path_name"
    )
    visits = person.visits.order_by("pk").values("on", "text", "problem", "measures", "next_on")
    return known | {
        "on_the_roll_of": person.place.path_name,
        "guardian": person.guardian.name if person.guardian else "",
        "given_by_consent": person.own_fields,
        "homes": homes,
        "visits": list(visits),
        "seats": list(seats),
        "care": [_care(entry) for entry in person.care_entries.order_by("pk")],
        "seen_by": list(person.unmaskings.order_by("pk").values("at", "field", "purpose")),
        "phone_shown_to_others": phones.mask(person.phone),
    }


def _care(entry: CareEntry) -> dict[str, Any]:
    """An entry on a care roster, with all that it says."""
    names = ("kind", "basis", "consented_on", "starts", "ends", "ending")
    return {name: getattr(entry, name) for name in (*names, *entry.fields)}
