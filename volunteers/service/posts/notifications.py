"""Who is told of posts: the branch of claims, the member of what became of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from volunteers.service.enums import ClaimAction
from volunteers.service.models import PostClaimEntry
from volunteers.service.posts.specification import MINE, SPECIFICATIONS, TODO

BOOKMARK = "service.post-claim-entries"


def _text(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        ClaimAction.CLAIM: _("%(name)s claims the post “%(title)s”."),
        ClaimAction.CONFIRM: _("The post “%(title)s” is yours."),
        ClaimAction.REFUSE: _("The post “%(title)s” was not given to you: %(text)s"),
        ClaimAction.RATE: _("Your year in the post “%(title)s” is rated."),
        ClaimAction.END: _("The post “%(title)s” of %(name)s is free again."),
    }
    return words[ClaimAction(data["action"])] % {**data}


KINDS = (
    NoticeKind(MINE, gettext_lazy("posts that I claimed"), _text),
    NoticeKind(TODO, gettext_lazy("claims of posts of a place where I work"), _text),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = PostClaimEntry.objects.select_related("claim__participant", "claim__post__unit")
    return notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)


def _telling(kind: str, entry: PostClaimEntry, person: int) -> NewNotice:
    claim = entry.claim
    data = {
        "action": entry.action,
        "name": claim.participant.name,
        "title": claim.post.title,
        "text": entry.text[:80],
    }
    link = reverse("service:post", args=[claim.post_id])
    return NewNotice(kind, f"post-claim-entry:{entry.pk}", person, link, data)
