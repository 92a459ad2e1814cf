"""Who is told of topics: how the own one goes on, what was signed, what is to be done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from residents.deliberation.enums import TopicAction, TopicWho
from residents.deliberation.models import TopicEntry
from residents.deliberation.topics.course.specification import MINE, SIGNED, SPECIFICATIONS, TODO
from residents.deliberation.topics.course.workflow import limit_sentence

BOOKMARK = "deliberation.topic-entries"


def _text(data: Mapping[str, Any]) -> str:
    action = TopicAction(data["action"])
    words: dict[str, str] = {
        TopicAction.PROPOSE: _("A new topic at %(place)s: %(title)s"),
        TopicAction.REVISE: _("The text of “%(title)s” was changed: %(text)s"),
        TopicAction.REACH: _("Enough have signed “%(title)s”: the committee has to convene."),
        TopicAction.EVALUATE: _("“%(title)s” is done. How well? Please rate it."),
    }
    if action in words:
        return words[action] % {**data}
    # Older notices hold the sentence in words.
    what = data.get("what") or limit_sentence(data.get("limit", "")) or str(action.label)
    return _("“%(title)s”: %(what)s") % {"title": data["title"], "what": what}


KINDS = (
    NoticeKind(MINE, gettext_lazy("a topic that you raised"), _text, for_residents=True),
    NoticeKind(SIGNED, gettext_lazy("a topic that you signed"), _text, for_residents=True),
    NoticeKind(TODO, gettext_lazy("a topic of a place where you work"), _text),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = TopicEntry.objects.select_related("topic__unit", "topic__rule", "side")
    return notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)


def _telling(kind: str, entry: TopicEntry, person: int) -> NewNotice:
    topic = entry.topic
    data = {
        "action": entry.action,
        "title": topic.title,
        "place": topic.unit.short_name,
        "text": entry.text[:80],
        "limit": entry.data.get("limit", "") if entry.who == TopicWho.SYSTEM else "",
    }
    link = reverse("deliberation:topic", args=[topic.pk])
    return NewNotice(kind, f"topic-entry:{entry.pk}", person, link, data)
