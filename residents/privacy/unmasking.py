"""Showing private data of the roll in clear: for a purpose, so many a day, each time recorded."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, TooLarge, TooOften
from orgs.models import Attachment, Unit, User
from residents.enums import MASKED_FIELDS, NOT_COUNTED, Permission, PrivateField
from residents.models import Claim, Person, Unmasking

if TYPE_CHECKING:
    from datetime import date

    from orgs.scoping import Person as Reader

# As many as a sheet holds below its headings; one copy of a form alone may be 50,000.
MOST_ROWS = 2**20 - 1
PAPERS_STAY_OPEN = timedelta(minutes=15)
SHORTEST_PURPOSE, LONGEST_PURPOSE = 4, 200
_HAN = re.compile(r"[\u3400-\u9fff]")
PURPOSE_ASKED = gettext_lazy(
    "Write in a few words what you need it for, in at most 200 characters."
)


@transaction.atomic
def reveal(*, person: Person, field: PrivateField, purpose: str, by: User, now: datetime) -> str:
    """One field of a person in clear.

    Raises NotAllowed outside of one's places, Refused for a purpose that says nothing or an empty
    field, TooOften beyond the day's limit, which holds for tries at the same moment too.
    """
    if field not in MASKED_FIELDS or not by.has_perm(Permission.UNMASK_PERSON, person):
        raise NotAllowed(_("You may not see this person's private data."))
    value: str = getattr(person, field.value)
    purpose = checked_purpose(purpose)
    if not value:
        raise Refused(_("The roll does not know this."), code="nothing_there")
    seen = _record(by, now, person=person, field=field, purpose=purpose)
    audit.record(
        "residents.unmask", by=by, obj=person, detail={"field": field, "record": seen.pk}, now=now
    )
    return value


@transaction.atomic
def record_seen(
    *, person: Person, field: PrivateField, purpose: str, by: User, now: datetime
) -> None:
    """Records that somebody sees in clear what no page of a person shows by itself: who telephones and
    where they live, or a copy of all.

    Raises NotAllowed, Refused and TooOften as `reveal` does.
    """
    if not by.has_perm(Permission.UNMASK_PERSON, person):
        raise NotAllowed(_("You may not see this person's private data."))
    seen = _record(by, now, person=person, field=field, purpose=checked_purpose(purpose))
    audit.record(
        "residents.unmask", by=by, obj=person, detail={"field": field, "record": seen.pk}, now=now
    )


@transaction.atomic
def record_contact(*, report: str, place: Unit, purpose: str, by: User, now: datetime) -> Unmasking:
    """Records that somebody sees the contact of a report in clear; the caller decides who may.

    Raises Refused and TooOften as `reveal` does.
    """
    return _record(
        by, now, report=report, report_place=place, field=PrivateField.CONTACT,
        purpose=checked_purpose(purpose),
    )  # fmt: skip


def record_handed_over(*, people: Iterable[int], purpose: str, by: User, now: datetime) -> None:
    """Records that numbers of people (by their keys) are handed over in clear in a form, once for each of
    them, in the caller's transaction; the caller decides who may."""
    Unmasking.objects.bulk_create(
        [
            Unmasking(
                by=by, person_id=person, field=PrivateField.HANDED_OVER, purpose=purpose, at=now
            )
            for person in people
        ],
        batch_size=500,
    )


@transaction.atomic
def record_papers(*, claim: Claim, by: User, now: datetime) -> None:
    """Opens the photos of papers of a claim for PAPERS_STAY_OPEN: whoever checks it is not asked for a
    purpose, which is known.

    Raises NotAllowed outside of one's places, Refused where there are none, TooOften as `reveal` does.
    """
    if not may_open_papers(by, claim):
        raise NotAllowed(_("The community checks this claim."))
    if not claim.papers.exists():
        raise Refused(_("No papers attached."), code="nothing_there")
    purpose = _("checking a claim of a home")
    seen = _record(by, now, claim=claim, field=PrivateField.PAPERS, purpose=purpose)
    detail = {"field": PrivateField.PAPERS, "record": seen.pk}
    audit.record("residents.unmask", by=by, obj=claim, detail=detail, now=now)


def may_open_papers(user: "Reader", claim: Claim) -> bool:
    """Whether somebody checks the papers of a claim: the community, which decides it and keeps the
    roll; no owner, who decides by knowing the people, and no administrator."""
    return user.has_perm(Permission.DECIDE_CLAIM, claim) and user.has_perm(
        Permission.VIEW_ROLL, claim.household.building
    )


def papers_are_open(claim: Claim, by: "Reader", now: datetime) -> bool:
    """Whether somebody opened the papers of a claim a moment ago, and may still look at them."""
    return Unmasking.objects.filter(by=by.pk, claim=claim, at__gt=now - PAPERS_STAY_OPEN).exists()


def may_see_paper(user: "Reader", attachment: Attachment) -> bool:
    """Whether a photo is a paper of a claim that this person checks, and has opened."""
    claims = Claim.objects.visible_to(user, one=True).filter(papers=attachment)
    return any(
        papers_are_open(claim, user, timezone.now())
        for claim in claims.select_related("household__building")
        if may_open_papers(user, claim)
    )


def checked_purpose(purpose: str) -> str:
    """A purpose as it is kept. Raises Refused where it says nothing: a Chinese word has two characters."""
    purpose = " ".join(purpose.split())
    weight = len(purpose) + len(_HAN.findall(purpose))
    if weight < SHORTEST_PURPOSE or len(purpose) > LONGEST_PURPOSE or "\0" in purpose:
        raise Refused(str(PURPOSE_ASKED), code="purpose_needed", field="purpose")
    return purpose


def _record(by: User, now: datetime, **values: Any) -> Unmasking:
    """One look more of an account. Raises TooOften beyond the day's limit."""
    # The account's row is the queue: two tries of one account count one after the other.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if not left_today(by, now):
        raise TooOften(
            _("You have seen private data %(limit)d times today. Go on tomorrow.")
            % {"limit": settings.UNMASKINGS_A_DAY}
        )
    return Unmasking.objects.create(by=by, at=now, **values)


def left_today(by: User, now: datetime) -> int:
    """How often an account may still look today."""
    return max(0, settings.UNMASKINGS_A_DAY - _seen_today(by, now))


def _seen_today(by: User, now: datetime) -> int:
    seen = Unmasking.objects.filter(by=by, at__gte=_midnight(timezone.localdate(now)))
    return seen.exclude(field__in=NOT_COUNTED).count()


def who_saw_whom(first: "date", last: "date") -> QuerySet[Unmasking]:
    """All unmaskings from a day until a day."""
    unmaskings: QuerySet[Unmasking] = Unmasking.objects.filter(
        at__gte=_midnight(first), at__lt=_midnight(last + timedelta(days=1))
    )
    return unmaskings.select_related(
        "by", "person__place", "report_place", "claim__household__building"
    )


def report(
    *, first: "date", last: "date", by: User, now: datetime
) -> tuple[list[str], Iterator[tuple[str, ...]]]:
    """The report of who saw whom as a sheet, its rows one after the other; fetching it is itself recorded.

    Raises NotAllowed for everybody but auditors, TooLarge beyond MOST_ROWS.
    """
    if not by.has_perm(Permission.VIEW_UNMASKING):
        raise NotAllowed(_("Only auditors read who saw whom."))
    unmaskings = who_saw_whom(first, last).order_by("pk")
    count = unmaskings.count()
    if count > MOST_ROWS:
        raise TooLarge(_("More than %(most)d rows: choose fewer days.") % {"most": MOST_ROWS})
    detail = {"rows": count, "first": first.isoformat(), "last": last.isoformat()}
    audit.record("residents.export-unmaskings", by=by, detail=detail, now=now)
    rows = unmaskings.iterator(chunk_size=1000)
    return [_("When"), _("Who"), _("Whom"), _("Place"), _("What"), _("For what")], map(_row, rows)


def _row(unmasking: Unmasking) -> tuple[str, ...]:
    return (
        timezone.localtime(unmasking.at).strftime("%Y-%m-%d %H:%M:%S"),
        str(unmasking.by),
        unmasking.whom,
        unmasking.place.path_name,
        unmasking.get_field_display(),
        unmasking.purpose,
    )


def _midnight(day: "date") -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
