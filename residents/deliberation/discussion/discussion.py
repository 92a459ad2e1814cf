"""The discussion of a topic: contributions, answers, and what is hidden with a public reason."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, TooOften, WrongState
from residents.deliberation.discussion import notifications
from residents.deliberation.enums import FINAL_STAGES, CommentState, TopicWho
from residents.deliberation.models import Comment, Topic
from residents.deliberation.models.topics import authors
from residents.deliberation.topics.course import paper
from residents.deliberation.topics.names import speaks_as

if TYPE_CHECKING:
    from orgs.models import User

MODERATE = "deliberation.moderate_comment"
MOST_AN_HOUR = 20


@transaction.atomic
def say(
    *,
    topic: Topic,
    text: str,
    by: "User",
    now: datetime,
    answers: Comment | None = None,
    household: str = "",
    name: str = "",
) -> Comment:
    """Adds a contribution, or an answer to one; an answer to an answer joins the same thread.

    The desk enters what `name` of a `household` wrote or said. Raises NotAllowed for who only reads;
    WrongState once the topic has ended; TooOften; Refused (`not_on_roll`).
    """
    person = None
    if household or name:
        home = paper.home_of(unit=topic.unit, household=household, name=name, owners=False, by=by)
        person = home.person
    speaker = TopicWho.RESIDENT.value if person else speaks_as(topic, by)
    if not speaker:
        raise NotAllowed(_("Only people whose home here is verified take part in the discussion."))
    if topic.stage in FINAL_STAGES:
        raise WrongState(_("The discussion is closed."), code="discussion_closed")
    if answers is not None and answers.topic_id != topic.pk:
        raise Refused(_("This belongs to another topic."), field="answers")
    whose = Q(person=person) if person else Q(by=by, person=None)
    recent = Comment.objects.filter(whose, topic=topic, at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_AN_HOUR:
        raise TooOften(_("You have said a lot in the last hour. Please go on a little later."))
    thread = answers.answers or answers if answers else None
    comment = Comment.objects.create(
        topic=topic, answers=thread, text=text.strip(), by=by, person=person, speaks_as=speaker,
        at=now,
    )  # fmt: skip
    detail = {"topic": topic.pk} | audit.on_behalf_of(person)
    audit.record("deliberation.say", by=by, obj=comment, now=now, detail=detail)
    notifications.of_comment(comment, now)
    return comment


def hide(*, comment: Comment, reason: str, by: "User", now: datetime) -> Comment:
    """Hides a contribution; the reason is public. Raises NotAllowed, WrongState."""
    with transaction.atomic():
        row = _locked(comment)
        if not by.has_perm(MODERATE, row.topic):
            raise NotAllowed(_("The community and the branch look after this discussion."))
        if row.state != CommentState.SHOWN or row.decided_at is not None:
            raise WrongState(_("It is hidden, or was decided upon already."), code="decided")
        row.state, row.hidden_by, row.hidden_at = CommentState.HIDDEN, by, now
        row.reason = reason.strip()
        row.save()
        audit.record(
            "deliberation.hide-comment", by=by, obj=row, now=now, detail={"reason": row.reason}
        )
        notifications.forget(row)
        notifications.of_moderation(row, "hide", row.reason, now)
    return row


def appeal(*, comment: Comment, reason: str, by: "User", now: datetime) -> Comment:
    """Whoever wrote it asks for another look, once. Raises NotAllowed, WrongState."""
    with transaction.atomic():
        row = _locked(comment)
        if by.pk not in authors(row):
            raise NotAllowed(_("Only whoever wrote it may appeal."))
        if row.state != CommentState.HIDDEN:
            raise WrongState(_("There is nothing to appeal against."), code="nothing_to_appeal")
        row.state, row.appeal = CommentState.APPEALED, reason.strip()
        row.save(update_fields=["state", "appeal"])
        audit.record("deliberation.appeal-comment", by=by, obj=row, now=now)
        notifications.of_moderation(row, "appeal", row.appeal, now)
    return row


def decide_appeal(
    *, comment: Comment, granted: bool, reason: str, by: "User", now: datetime
) -> Comment:
    """Somebody else than whoever hid it decides: shown again, or hidden for good.

    Raises NotAllowed (`own_case` for whoever hid or wrote it), WrongState.
    """
    with transaction.atomic():
        row = _locked(comment)
        if not by.has_perm(MODERATE, row.topic):
            raise NotAllowed(_("The community and the branch look after this discussion."))
        if row.state != CommentState.APPEALED:
            raise WrongState(_("No appeal waits."), code="no_appeal")
        if by.pk == row.hidden_by_id or by.pk in authors(row):
            raise NotAllowed(_("Somebody else decides on this."), code="own_case")
        row.decided_by, row.decided_at, row.decision = by, now, reason.strip()
        if granted:
            # Who hid it, and why, stays in the audit.
            row.state = CommentState.SHOWN
        else:
            row.state = CommentState.UPHELD
        row.save()
        audit.record(
            "deliberation.decide-appeal", by=by, obj=row, now=now, detail={"granted": granted}
        )
        notifications.of_moderation(row, "decide", row.decision, now)
    return row


def _locked(comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",)).select_related("topic__unit")
    return rows.get(pk=comment.pk)
