"""What people are told of homes: claimed, decided, left."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from orgs.notifications import notifications
from residents.models import Household
from residents.models.households import door_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.notifications.notifications import NoticeKind

MADE, SECOND, DECIDED, LEFT = "claim-made", "claim-second", "claim-decided", "home-left"


def notify(
    recipients: Iterable[int],
    kind: str,
    household: Household,
    key: str,
    now: datetime,
    page: str = "residents:claim_desk",
) -> None:
    """Tells people of one home; nobody the same twice."""
    link = reverse("residents:household", args=[household.code]) if kind == LEFT else reverse(page)
    data = {
        "building": str(household.building),
        "entrance": household.entrance,
        "room": household.room,
    }
    notifications.notify(
        (notifications.NewNotice(kind, key, recipient, link, data) for recipient in recipients),
        now=now,
    )


def notice_kinds() -> "list[NoticeKind]":
    """What people are told of claims."""
    sentences = {
        MADE: (gettext_lazy("homes claimed"), gettext_lazy("Somebody claims %(home)s: check it")),
        SECOND: (
            gettext_lazy("second claim of a home"),
            gettext_lazy("Another person claims %(home)s: check it"),
        ),
        DECIDED: (
            gettext_lazy("answers to my claims"),
            gettext_lazy("Your claim of %(home)s has been decided"),
        ),
        LEFT: (
            gettext_lazy("somebody left a home"),
            gettext_lazy("Somebody moved out of %(home)s or sold it: check the roll"),
        ),
    }
    return [
        notifications.NoticeKind(
            name,
            label,
            partial(_sentence, sentence),
            for_residents=name in (SECOND, DECIDED),
        )
        for name, (label, sentence) in sentences.items()
    ]


def _sentence(sentence: "_StrPromise", data: Mapping[str, Any]) -> str:
    # Older notices hold the home in words.
    home = data.get("home") or f"{data['building']} · {door_of(data['entrance'], data['room'])}"
    return str(sentence) % {"home": home}
