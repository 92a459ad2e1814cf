"""Who is told of a discussion: of answers and contributions, of what was hidden, of appeals."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import NoticeWay, Role
from orgs.models import Notice
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.units.queries import holders
from residents.deliberation.models.topics import authors

if TYPE_CHECKING:
    from residents.deliberation.models import Comment

SAID, MODERATED = "topic-said", "topic-moderated"
MODERATORS = frozenset({Role.COMMUNITY_WORKER, Role.BRANCH_SECRETARY})


def _said(data: Mapping[str, Any]) -> str:
    if data.get("is_hidden"):
        return _("A contribution to “%(title)s” was hidden.") % {**data}
    if data["step"] == "answer":
        return _("Somebody answered you in “%(title)s”: %(text)s") % {**data}
    return _("A new contribution to “%(title)s”: %(text)s") % {**data}


def _moderated(data: Mapping[str, Any]) -> str:
    words = {
        "hide": _("Your contribution to “%(title)s” was hidden: %(text)s"),
        "appeal": _("An appeal about “%(title)s” waits for a decision: %(text)s"),
        "decide": _("Your appeal about “%(title)s” is decided: %(text)s"),
    }
    return words[data["step"]] % {**data}


KINDS = (
    NoticeKind(
        SAID,
        gettext_lazy("what is said about your topics"),
        _said,
        NoticeWay.DIGEST,
        for_residents=True,
    ),
    NoticeKind(MODERATED, gettext_lazy("contributions hidden, and appeals"), _moderated),
)


def of_comment(comment: "Comment", now: datetime) -> None:
    """Tells whoever raised the topic, and whom it answers; never its author."""
    people = {comment.topic.proposer_id: "say"}
    if comment.answers:
        people[comment.answers.by_id] = "answer"
    people.pop(comment.by_id, None)
    _tell(SAID, comment, people, comment.text, now)


def forget(comment: "Comment") -> None:
    """Takes the words of a hidden contribution out of the notices that carry them."""
    people = [comment.topic.proposer_id, *([comment.answers.by_id] if comment.answers else [])]
    keys = [_key(comment, step) for step in ("say", "answer")]
    for notice in Notice.objects.filter(recipient__in=people, key__in=keys):
        notice.data |= {"text": "", "is_hidden": True}
        notice.save(update_fields=["data"])


def of_moderation(comment: "Comment", step: str, text: str, now: datetime) -> None:
    """Tells the author what was decided, and of an appeal those who may decide it."""
    if step == "appeal":
        found = holders(comment.topic.unit, MODERATORS, timezone.localdate(now))
        people = found - {comment.hidden_by_id, *authors(comment)}
    else:
        people = set(authors(comment))
    _tell(MODERATED, comment, dict.fromkeys(people, step), text, now)


def _key(comment: "Comment", step: str) -> str:
    return f"comment:{comment.pk}:{step}"


def _tell(
    kind: str, comment: "Comment", people: Mapping[Any, str], text: str, now: datetime
) -> None:
    link = reverse("deliberation:topic", args=[comment.topic_id]) + "#discussion"
    notifications.notify(
        (
            NewNotice(
                kind,
                _key(comment, step),
                person,
                link,
                {"step": step, "title": comment.topic.title, "text": text[:80]},
            )
            for person, step in people.items()
        ),
        now=now,
    )
