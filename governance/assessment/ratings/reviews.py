"""The yearly review (民主评议) of members of residents' committees (居民委员会组织法, art. 37)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.assessment.enums import Grade, Permission
from governance.assessment.models import MemberReview
from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values.names import is_visible
from residents.enums import BodyKind
from residents.models import BodyMember

if TYPE_CHECKING:
    from orgs.models import Attachment, User
    from orgs.scoping import Person


def grade_of(present: int, competent: int, basically: int, incompetent: int) -> Grade:
    """Incompetent where more than half of those present say so; competent where more than half do."""
    if 2 * incompetent > present:
        return Grade.INCOMPETENT
    return Grade.COMPETENT if 2 * competent > present else Grade.BASICALLY


@transaction.atomic
def enter(
    *,
    member: BodyMember,
    year: int,
    held_on: date,
    by_representatives: bool,
    presided_by: str,
    total: int,
    present: int,
    competent: int,
    basically: int,
    incompetent: int,
    by: "User",
    now: datetime,
    attachments: Sequence["Attachment"] = (),
) -> MemberReview:
    """Enters what a meeting decided, with a photo of its minutes. Two years running incompetent end the
    office on that day.

    Raises NotAllowed, Refused (`no_quorum`: under two thirds of the representatives, or half of the
    residents; `bad_numbers`), WrongState (`reviewed_already`).
    """
    if not by.has_perm(Permission.ENTER_REVIEWS, member):
        raise NotAllowed(_("You do not keep the reviews of this place."))
    if member.person_id and member.person and member.person.account_id == by.pk:
        raise NotAllowed(_("Nobody enters their own review."), code="own_case")
    _refuse_wrong(member, held_on, year, presided_by, now)
    if not 1 <= present <= total or competent + basically + incompetent > present:
        raise Refused(_("The numbers do not add up."), code="bad_numbers", field="present")
    enough = 3 * present >= 2 * total if by_representatives else 2 * present > total
    if not enough:
        raise Refused(
            _("Too few were present: the meeting could not decide."),
            code="no_quorum",
            field="present",
        )
    grade = grade_of(present, competent, basically, incompetent)
    before = MemberReview.objects.filter(
        member__term__body=member.term.body_id, year=year - 1, **_same_person(member)
    ).first()
    ends = grade == Grade.INCOMPETENT and before is not None and before.grade == grade
    paper = next(iter(own_attachments(attachments, by.pk)), None)
    try:
        with transaction.atomic():
            row: MemberReview = MemberReview.objects.create(
                member=member, year=year, held_on=held_on, by_representatives=by_representatives,
                presided_by=presided_by.strip(), total=total, present=present,
                competent=competent, basically=basically, incompetent=incompetent, grade=grade,
                ended_office=ends, paper=paper, entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(
            _("The review of this year is entered already."), code="reviewed_already"
        ) from None
    audit.record(
        "assessment.review-member", by=by, obj=row, now=now,
        detail={"year": year, "grade": grade.value},
    )  # fmt: skip
    if ends and member.ends is None:
        member.ends = held_on
        member.save(update_fields=["ends"])
        audit.record("assessment.end-office", by=by, obj=member, now=now, detail={"year": year})
    return row


def may_see_minutes(user: "Person", attachment: "Attachment") -> bool:
    """Whether a photo is that of the minutes of a review that somebody keeps."""
    rows = MemberReview.objects.filter(paper=attachment).select_related("member__term__body__unit")
    return any(user.has_perm(Permission.ENTER_REVIEWS, row.member) for row in rows)


def _same_person(member: BodyMember) -> dict[str, object]:
    if member.person_id:
        return {"member__person": member.person_id}
    return {"member__name": member.name, "member__person": None}


def _refuse_wrong(
    member: BodyMember, held_on: date, year: int, presided_by: str, now: datetime
) -> None:
    if member.term.body.kind != BodyKind.RESIDENTS_COMMITTEE:
        raise Refused(
            _("Only members of residents' committees are reviewed so."), code="no_committee"
        )
    if held_on.year != year or held_on > timezone.localdate(now):
        raise Refused(
            _("The meeting lies in another year, or ahead."), code="bad_day", field="held_on"
        )
    if not is_visible(presided_by):
        message = _("Say who of the supervision committee presided.")
        raise Refused(message, code="empty", field="presided_by")
