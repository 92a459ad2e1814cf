"""Reading a discussion: who sees what of it, in threads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from residents.deliberation.discussion.discussion import MODERATE
from residents.deliberation.enums import CommentState
from residents.deliberation.models import Comment, Topic
from residents.deliberation.models.topics import authors
from residents.deliberation.topics import names

if TYPE_CHECKING:
    from orgs.models import User


@dataclass
class Reading:
    """A contribution as one reader sees it, with its answers."""

    comment: Comment
    author: str
    text: str
    # Its author, or who moderates: reads what is hidden, and the appeal.
    sees_all: bool
    may_hide: bool = False
    may_appeal: bool = False
    may_decide: bool = False
    answers: list["Reading"] = field(default_factory=list)


def comments(topic: Topic) -> QuerySet[Comment]:
    """All contributions to a topic."""
    return Comment.objects.filter(topic=topic).select_related("by", "person", "topic__unit")


def readings(rows: Iterable[Comment], reader: "User") -> list[Reading]:
    """Contributions to one topic as a reader sees them; a fixed number of statements."""
    rows = list(rows)
    if not rows:
        return []
    moderates = reader.has_perm(MODERATE, rows[0].topic)
    shown = names.names_for((row.by_id for row in rows), reader, (row.person for row in rows))
    return [_reading(row, reader, moderates, shown) for row in rows]


def threads(topic: Topic, reader: "User") -> list[Reading]:
    """The discussion of a topic in threads, each with its answers in their order."""
    found = readings(comments(topic).order_by("pk"), reader)
    by_key = {one.comment.pk: one for one in found}
    for one in found:
        if one.comment.answers_id:
            by_key[one.comment.answers_id].answers.append(one)
    return [one for one in found if one.comment.answers_id is None]


def _reading(row: Comment, reader: "User", moderates: bool, shown: names.Names) -> Reading:
    own = reader.pk in authors(row)  # the desk too, which entered it for somebody
    sees_all = own or moderates
    return Reading(
        row,
        shown.on_behalf(row.person, row.speaks_as)
        if row.person
        else shown.of(row.by, row.speaks_as),
        row.text if sees_all or not row.is_hidden else "",
        sees_all,
        may_hide=moderates and row.state == CommentState.SHOWN and row.decided_at is None,
        may_appeal=own and row.state == CommentState.HIDDEN,
        may_decide=moderates
        and row.state == CommentState.APPEALED
        and reader.pk != row.hidden_by_id
        and not own,
    )
