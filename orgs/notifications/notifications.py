"""Notices to people: in the portal, and their way out through channels.

Upper floors register kinds and call `notify`; nobody is told the same thing twice. What goes out
waits in the database until it is sent, so that no lost message loses it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override

from orgs.enums import NoticeWay
from orgs.models import Delivery, Notice, NoticeAddress, NoticeChoice, User
from orgs.scoping import reach_of
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = structlog.get_logger(__name__)

# A try that is under way for longer than this belonged to a worker that died.
LEASE = timedelta(minutes=5)
# Seconds after which a worker leaves the rest to the next: its job must end before a lease does.
LONGEST = 180.0
# The wait after each failed try; after the last one it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
DIGEST_LINES = 20


@dataclass(frozen=True)
class NoticeKind:
    """A kind of thing that people are told. `text` makes a sentence of a notice's data."""

    name: str
    label: "_StrPromise | str"
    text: Callable[[Mapping[str, Any]], str]
    way: NoticeWay = NoticeWay.AT_ONCE
    # Wakes people up: neither quiet hours nor a digest hold it back.
    urgent: bool = False
    # Of what residents do: offered in everybody's choices. Others are for who holds a post.
    for_residents: bool = False


@dataclass(frozen=True)
class NewNotice:
    """A notice that is to be made for one person; the key says what it is about."""

    kind: str
    key: str
    recipient_id: int
    link: str = ""
    data: dict[str, Any] = field(default_factory=dict)


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Adds a kind; an app calls it when it is ready."""
    _kinds[kind.name] = kind


def kinds() -> list[NoticeKind]:
    """All kinds, in the order of their registration."""
    return list(_kinds.values())


def kinds_for(user: User) -> list[NoticeKind]:
    """The kinds that concern somebody: who holds no post chooses among a resident's alone, and among
    those of which there ever was a notice."""
    if reach_of(user).roles:
        return kinds()
    had = set(Notice.objects.filter(recipient=user).order_by().values_list("kind", flat=True))
    return [kind for kind in kinds() if kind.for_residents or kind.name in had]


def channels_named(part: str) -> list[str]:
    """The channels out of the portal whose address needs a part of a person, like "email"."""
    return [name for name, address in settings.NOTICE_CHANNELS.items() if f"{{{part}}}" in address]


def text_of(notice: Notice) -> str:
    """What a notice says, in the language in force."""
    kind = _kinds.get(notice.kind)
    return kind.text(notice.data) if kind else ""


# --- Making --------------------------------------------------------------------------------------


def notify(new: Iterable[NewNotice], *, now: datetime) -> int:
    """Makes the notices that nobody has yet; answers how many. A fixed number of statements."""
    wanted = {(notice.recipient_id, notice.key): notice for notice in new}
    if not wanted:
        return 0
    people = {recipient for recipient, _key in wanted}
    keys = {key for _recipient, key in wanted}
    with transaction.atomic():
        known = set(
            Notice.objects.filter(recipient__in=people, key__in=keys).values_list(
                "recipient", "key"
            )
        )
        fresh = [notice for pair, notice in wanted.items() if pair not in known]
        Notice.objects.bulk_create(
            (
                Notice(
                    recipient_id=notice.recipient_id,
                    kind=notice.kind,
                    key=notice.key,
                    data=notice.data,
                    link=notice.link,
                    at=now,
                )
                for notice in fresh
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )
        if fresh and settings.NOTICE_CHANNELS:
            _send_out(people, {notice.key for notice in fresh}, now)
    return len(fresh)


def _send_out(people: set[int], keys: set[str], now: datetime) -> None:
    """Puts new notices into the outbox, when their readers want them, for each channel that reaches them.

    Whoever has no address for a channel is not somebody to whom sending failed.
    """
    readers = User.objects.filter(pk__in=people).select_related("notice_address")
    channels = {
        reader.pk: [channel for channel in settings.NOTICE_CHANNELS if _address(channel, reader)]
        for reader in readers
    }
    chosen = {
        (choice.user_id, choice.kind): NoticeWay(choice.way)
        for choice in NoticeChoice.objects.filter(user__in=people)
    }
    notices = Notice.objects.filter(recipient__in=people, key__in=keys, deliveries=None)
    Delivery.objects.bulk_create(
        (
            Delivery(notice=notice, channel=channel, due_at=due)
            for notice in notices
            if (due := _due(notice, chosen, now))
            for channel in channels[notice.recipient_id]
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


def _due(
    notice: Notice, chosen: Mapping[tuple[int, str], NoticeWay], now: datetime
) -> datetime | None:
    kind = _kinds[notice.kind]
    if kind.urgent:
        return now
    match chosen.get((notice.recipient_id, notice.kind), kind.way):
        case NoticeWay.PORTAL:
            return None
        case NoticeWay.DIGEST:
            return next_at(now, settings.NOTICE_DIGEST_AT)
        case _:
            return after_quiet_hours(now)


def next_at(now: datetime, clock: str) -> datetime:
    """The next time that local clocks show this hour and minute."""
    local = timezone.localtime(now)
    at = time.fromisoformat(clock)
    day = local.date() + timedelta(days=local.time() >= at)
    return timezone.make_aware(datetime.combine(day, at))


def after_quiet_hours(now: datetime) -> datetime:
    """Now, or the end of the quiet hours (QUIET_HOURS, such as "22:00-07:30") if these are they."""
    if not settings.QUIET_HOURS:
        return now
    begins, _dash, ends = settings.QUIET_HOURS.partition("-")
    clock = timezone.localtime(now).time()
    first, last = time.fromisoformat(begins), time.fromisoformat(ends)
    over_night = first > last
    quiet = (clock >= first or clock < last) if over_night else first <= clock < last
    return next_at(now, ends) if quiet else now


# --- Reading -------------------------------------------------------------------------------------


def unread_count(user: User) -> int:
    """How many notices somebody has not read."""
    return Notice.objects.filter(recipient=user, read_at=None).count()


def read(*, notices: QuerySet[Notice], by: User, now: datetime) -> int:
    """Marks one's own notices as read; others' are left alone."""
    return notices.filter(recipient=by, read_at=None).update(read_at=now)


def choose(*, ways: Mapping[str, NoticeWay], email: str | None, by: User) -> None:
    """Keeps how somebody wants to be told of each kind, and the address for notices (None: as it was)."""
    with transaction.atomic():
        # Saved twice at once, the second follows the first.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        NoticeChoice.objects.filter(user=by, kind__in=ways).delete()
        NoticeChoice.objects.bulk_create(
            NoticeChoice(user=by, kind=kind, way=way)
            for kind, way in ways.items()
            if kind in _kinds and not _kinds[kind].urgent
        )
        if email:
            NoticeAddress.objects.update_or_create(user=by, defaults={"email": email})
        elif email is not None:
            NoticeAddress.objects.filter(user=by).delete()


def way_of(user: User) -> dict[str, NoticeWay]:
    """How somebody is told of each kind: as chosen, or by default."""
    chosen = dict(NoticeChoice.objects.filter(user=user).values_list("kind", "way"))
    return {kind.name: NoticeWay(chosen.get(kind.name, kind.way)) for kind in kinds()}


# --- Going out -------------------------------------------------------------------------------------


def deliver(*, now: datetime, longest: float = LONGEST) -> int:
    """Sends what is due, and says how many notices went out; begins no new message after `longest` seconds.

    What is due for one person and channel goes as one message: claimed first, for a few minutes, then
    sent. A worker that dies between sending and noting it sends once more, never less; what took the
    worker with it each time is given up like what was refused each time.
    """
    due = Delivery.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
    due.filter(attempts__gt=len(WAITS)).update(
        failed_at=now, error=_("the worker died each time it was sent")
    )
    ends, sent, at = monotonic() + longest, 0, now
    while monotonic() < ends and (bundle := _claim(due, now)):
        sent += _send(bundle, at)
        # A moment of its own for each message, by which its parts are known together later: what was
        # told in between may be one person's second message of this run.
        at += timedelta(microseconds=1)
    return sent


def bring_forward(*, now: datetime, tolerance: timedelta) -> int:
    """Messages that were written by a clock that was ahead are due at once; answers how many."""
    waiting = Delivery.objects.filter(sent_at=None, failed_at=None, attempts=0, due_at__gt=now)
    return waiting.filter(notice__at__gt=now + tolerance).update(due_at=now)


def _claim(due: QuerySet[Delivery], now: datetime) -> list[Delivery]:
    """Takes what is due first, and what else is due for the same person through the same channel."""
    with transaction.atomic():
        free = due.select_for_update(skip_locked=True, of=("self",))
        first = free.select_related("notice").order_by("due_at", "pk").first()
        if first is None:
            return []
        same = free.filter(notice__recipient=first.notice.recipient_id, channel=first.channel)
        claimed = Delivery.objects.filter(pk__in=list(same.values_list("pk", flat=True)))
        claimed.update(due_at=now + LEASE, attempts=F("attempts") + 1)
    return list(claimed.select_related("notice__recipient__notice_address").order_by("pk"))


def _send(bundle: list[Delivery], now: datetime) -> int:
    """Sends one person's notices through one channel; answers how many were sent."""
    first = bundle[0]
    recipient = first.notice.recipient
    address = _address(first.channel, recipient)
    if not address:
        _note(bundle, failed_at=now, error=_("no address for this channel"))
        return 0
    try:
        sent = _notify_outside(address, *_message(bundle))
        error = "" if sent else _("the channel did not take it")
    except Exception as failure:
        log.warning("delivery_failed", channel=first.channel, exc_info=True)
        sent, error = False, _("the channel failed: %(name)s") % {"name": type(failure).__name__}
    if sent:
        _note(bundle, sent_at=now, error="")
        return len(bundle)
    for delivery in bundle:
        if delivery.attempts > len(WAITS):
            _note([delivery], failed_at=now, error=error)
        else:
            _note([delivery], due_at=now + WAITS[delivery.attempts - 1], error=error)
    return 0


def _note(bundle: list[Delivery], **values: Any) -> None:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in bundle]).update(**values)


def _message(bundle: list[Delivery]) -> tuple[str, str]:
    """Title and text, in the portal's language; the deliveries' own keys let a receiver see doubles."""
    with override(settings.LANGUAGE_CODE):
        lines = [text_of(delivery.notice) for delivery in bundle[:DIGEST_LINES]]
        if len(bundle) > DIGEST_LINES:
            lines.append(_("and %(count)d more") % {"count": len(bundle) - DIGEST_LINES})
        keys = f"[{bundle[0]}]"
        title = _("%(portal)s: %(count)d notices") % {
            "portal": _("Neighbours"),
            "count": len(bundle),
        }
        return title, "\n".join([*lines, settings.SITE_URL, keys])


def _address(channel: str, user: User) -> str:
    """The channel's address for one person; "" where the person lacks what it needs."""
    stored = getattr(user, "notice_address", None)
    known = {
        "email": stored.email if stored else "",
        "phone": user.phone if user.phone_verified else "",
        "username": user.username,
    }
    template: str = settings.NOTICE_CHANNELS.get(channel, "")
    lacking = any(f"{{{name}}}" in template and not value for name, value in known.items())
    quoted = {name: quote(value, safe="") for name, value in known.items()}
    return "" if lacking else template.format(**quoted)


# The channel whose messages go through the sender of codes: {"sms": "sender://{phone}"}.
SENDER = "sender://"


def _notify_outside(address: str, title: str, text: str) -> bool:
    if address.startswith(SENDER):
        import_string(settings.CODE_SENDER)(unquote(address.removeprefix(SENDER)), text)
        return True
    import apprise  # with all that it imports, 8 MB that only the worker needs

    sender = apprise.Apprise()
    if not sender.add(address):
        raise ValueError("the address of this channel is not understood")
    return bool(sender.notify(body=text, title=title))


def try_again(*, deliveries: QuerySet[Delivery], now: datetime) -> int:
    """Puts what was given up into the outbox again."""
    return deliveries.filter(failed_at__isnull=False).update(
        failed_at=None, attempts=0, due_at=now, error=""
    )
