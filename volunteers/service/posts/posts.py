"""Setting posts (设岗), claiming (选岗), giving (定岗) and rating them (评岗)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values.names import is_visible
from volunteers.service.enums import (
    OPEN_CLAIMS,
    ClaimAction,
    ClaimState,
    ClaimWho,
    Permission,
    PostGrade,
    PostKind,
)
from volunteers.service.models import (
    Participant,
    PostClaim,
    PostClaimEntry,
    PostRating,
    PostRule,
    ServicePost,
)
from volunteers.service.posts.workflow import WORKFLOW
from volunteers.service.reportins.participants import join, serves_at
from volunteers.service.reportins.reportins import branch_of

if TYPE_CHECKING:
    from orgs.models import User

# Places where branches set posts.
POST_PLACES = frozenset({UnitKind.COMMUNITY, UnitKind.COMPOUND, UnitKind.BUILDING})


def rule_in_force() -> PostRule:
    """How many posts somebody may hold at once."""
    return PostRule.objects.order_by("-version")[0]


@transaction.atomic
def set_post(
    *,
    unit: Unit,
    title: str,
    duty: str,
    number: int,
    starts: date,
    ends: date,
    kind: PostKind = PostKind.POST,
    by: "User",
    now: datetime,
) -> ServicePost:
    """Sets a post with its duty, so many places and a term.

    Raises NotAllowed, or Refused for a wrong place, term or number.
    """
    if not by.has_perm(Permission.KEEP_POSTS, unit):
        raise NotAllowed(_("You do not run the service of this place."))
    wrong: dict[str, list[str]] = {}
    if unit.kind not in POST_PLACES:
        wrong["unit"] = [_("Posts belong to a community, a compound or a building.")]
    if not is_visible(title):
        wrong["title"] = [_("Give the post a name.")]
    if not is_visible(duty):
        wrong["duty"] = [_("Say what its holder does.")]
    if not 1 <= number <= 500:
        wrong["number"] = [_("A post has 1 to 500 places.")]
    if ends < starts:
        wrong["ends"] = [_("The last day lies before the first.")]
    branch = branch_of(unit)
    if branch is None:
        wrong["unit"] = [_("This place has no party organisation yet: ask the community.")]
    if wrong or branch is None:
        raise Refused(_("Some of what was sent is not right."), code="bad_post", fields={**wrong})
    post: ServicePost = ServicePost.objects.create(
        unit=unit,
        branch=branch,
        kind=kind,
        title=title.strip(),
        duty=duty.strip(),
        number=number,
        starts=starts,
        ends=ends,
        set_by=by,
        set_at=now,
    )
    audit.record("service.set-post", by=by, obj=post, detail={"places": number}, now=now)
    return post


@transaction.atomic
def close_post(*, post: ServicePost, by: "User", now: datetime) -> ServicePost:
    """Nobody claims it any more; who holds it keeps it until the end of the term."""
    post = (
        ServicePost.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)
    )
    if not by.has_perm(Permission.KEEP_POSTS, post.unit):
        raise NotAllowed(_("You do not run the service of this place."))
    if post.closed_at:
        raise WrongState(_("This post is closed."), code="post_closed")
    post.closed_by, post.closed_at = by, now
    post.save(update_fields=["closed_by", "closed_at"])
    audit.record("service.close-post", by=by, obj=post, now=now)
    return post


def claim(
    *, post: ServicePost, participant: Participant | None = None, by: "User", now: datetime
) -> PostClaim:
    """Claims a post, oneself or (with `participant`) at the desk for somebody; the branch gives it.

    Raises NotAllowed for who is not reported in there; WrongState where it is closed or over, where no
    place is free (`post_full`), or where it is claimed already (`already_claimed`).
    """
    if participant is None and not serves_at(by, post.unit):
        raise NotAllowed(_("Report in at this compound first."))
    if participant is not None and not by.has_perm(Permission.KEEP_POSTS, post.unit):
        raise NotAllowed(_("You do not run the service of this place."))
    with transaction.atomic():
        post = _locked(post)
        if post.closed_at or post.ends < timezone.localdate(now):
            raise WrongState(_("This post is closed."), code="post_closed")
        _free_seat(post)
        who = participant or join(account=by, place=post.unit, now=now)
        if post.claims.filter(participant=who, state__in=OPEN_CLAIMS).exists():
            raise WrongState(_("This post is claimed already."), code="already_claimed")
        made: PostClaim = PostClaim.objects.create(
            post=post, participant=who, claimed_at=now, claimed_by=by
        )
        stands = ClaimWho.HOLDER if who.account_id == by.pk else ClaimWho.KEEPER
        PostClaimEntry.objects.create(
            claim=made, action=ClaimAction.CLAIM, by=by, who=stands, at=now
        )
        audit.record("service.claim-postclaim", by=by, obj=made, now=now)
    return made


def confirm(*, postclaim: PostClaim, by: "User", now: datetime) -> PostClaim:
    """Gives the post from today, or from the beginning of its term.

    Raises WrongState where no place is free (`post_full`) or the member holds as many posts as may be
    (`too_many_posts`).
    """
    with transaction.atomic():
        # Always the post, then the claim, then the member.
        post = _locked(postclaim.post)
        try:
            with WORKFLOW.step(ClaimAction.CONFIRM, postclaim, by=by, now=now) as step:
                row: PostClaim = step.row
                row.seat = _free_seat(post)
                row.starts = max(post.starts, timezone.localdate(now))
                row.ends = post.ends
                if row.ends < row.starts:
                    raise WrongState(_("The term of this post is over."), code="post_closed")
                _refuse_too_many(row)
                row.decided_by, row.decided_at = by, now
        except IntegrityError:
            raise _full(post) from None
    return row


def refuse(*, postclaim: PostClaim, reason: str, by: "User", now: datetime) -> PostClaim:
    """Does not give the post; whoever claimed it reads why."""
    with WORKFLOW.step(ClaimAction.REFUSE, postclaim, by=by, now=now) as step:
        row: PostClaim = step.row
        if not is_visible(reason):
            raise Refused(_("Say why."), code="no_reason", field="reason")
        step.text = row.reason = reason.strip()[:300]
        row.decided_by, row.decided_at = by, now
    return row


def withdraw(*, postclaim: PostClaim, by: "User", now: datetime) -> PostClaim:
    """Takes a claim back before it is decided."""
    with WORKFLOW.step(ClaimAction.WITHDRAW, postclaim, by=by, now=now) as step:
        row: PostClaim = step.row
    return row


def end(*, postclaim: PostClaim, reason: str = "", by: "User", now: datetime) -> PostClaim:
    """Gives a post up, or takes it back, with today; the place is free at once."""
    with WORKFLOW.step(ClaimAction.END, postclaim, by=by, now=now) as step:
        row: PostClaim = step.row
        assert row.starts is not None
        assert row.ends is not None
        today = timezone.localdate(now)
        row.ends = max(row.starts, min(row.ends, today))
        step.text = row.reason = reason.strip()[:300]
    return row


def rate(
    *, postclaim: PostClaim, rating: PostGrade, text: str = "", by: "User", now: datetime
) -> PostClaim:
    """Rates the year's work of a post, once a year. Raises WrongState (`already_rated`)."""
    with WORKFLOW.step(ClaimAction.RATE, postclaim, by=by, now=now) as step:
        row: PostClaim = step.row
        year = timezone.localdate(now).year
        if row.ratings.filter(year=year).exists():
            raise WrongState(_("This year is rated already."), code="already_rated")
        PostRating.objects.create(
            claim=row, year=year, grade=rating, text=text.strip()[:500], by=by, at=now
        )
        step.text, step.data = text.strip(), {"year": year, "rating": rating}
    return row


def _locked(post: ServicePost) -> ServicePost:
    rows = ServicePost.objects.select_for_update(of=("self",)).select_related("unit", "branch")
    return rows.get(pk=post.pk)


def _free_seat(post: ServicePost) -> int:
    """The lowest free place of a locked post. Raises WrongState (`post_full`)."""
    held = post.claims.filter(state=ClaimState.CONFIRMED).values_list("seat", flat=True)
    taken = set(held)
    for seat in range(1, post.number + 1):
        if seat not in taken:
            return seat
    raise _full(post)


def _full(post: ServicePost) -> WrongState:
    return WrongState(
        _("All %(number)d places of this post are taken.") % {"number": post.number},
        code="post_full",
    )


def _refuse_too_many(claim: PostClaim) -> None:
    """Nobody holds more posts at once than the rule allows; the member's row is locked meanwhile."""
    Participant.objects.select_for_update(of=("self",)).get(pk=claim.participant_id)
    most = rule_in_force().at_once
    others = PostClaim.objects.filter(
        participant=claim.participant_id,
        state=ClaimState.CONFIRMED,
        starts__lte=claim.ends,
        ends__gte=claim.starts,
    ).exclude(pk=claim.pk)
    if others.count() >= most:
        said = ngettext(
            "Nobody holds more than %(most)d post at the same time.",
            "Nobody holds more than %(most)d posts at the same time.",
            most,
        )
        raise WrongState(said % {"most": most}, code="too_many_posts")
