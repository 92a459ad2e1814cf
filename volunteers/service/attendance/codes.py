"""The rotating code on the organiser's screen: an HMAC of activity, direction and a slot of 15 seconds.

The code of the current and of the previous slot counts, by the clock of the server. Its six digits are
for whoever cannot scan. Nothing is stored: a code is counted anew.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from volunteers.service.enums import Direction
from volunteers.service.models import Activity

SLOT = timedelta(seconds=15)
# The organiser's page fetches so many slots ahead: two minutes.
AHEAD = 8
_DIRECTIONS = {Direction.IN: "i", Direction.OUT: "o"}


@dataclass(frozen=True)
class Code:
    """What is shown during one slot."""

    direction: Direction
    slot: int
    token: str
    digits: str
    url: str

    @property
    def valid_until(self) -> datetime:
        """Until then it counts: its own slot and the next one."""
        return start_of(self.slot + 2)


@dataclass(frozen=True)
class Scanned:
    """A genuine token: whose direction, and of which slot."""

    direction: Direction
    slot: int

    @property
    def at(self) -> datetime:
        """When it was shown, by the clock of the server."""
        return start_of(self.slot)


def slot_of(moment: datetime) -> int:
    """The number of the slot in which a moment lies."""
    return int(moment.timestamp() // SLOT.total_seconds())


def start_of(slot: int) -> datetime:
    """When a slot begins."""
    return datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC)


def code_of(activity: Activity, direction: Direction, slot: int) -> Code:
    """The code of a slot."""
    digest = _digest(activity, direction, slot)
    token = f"{_DIRECTIONS[direction]}.{slot:x}.{digest.hex()[:32]}"
    digits = f"{int.from_bytes(digest[16:24]) % 1_000_000:06}"
    address = reverse("service:scan", args=[activity.pk])
    return Code(direction, slot, token, digits, f"{settings.SITE_URL}{address}?t={token}")


def codes_ahead(activity: Activity, direction: Direction, now: datetime) -> list[Code]:
    """The codes from now on, two minutes of them."""
    first = slot_of(now)
    return [code_of(activity, direction, first + number) for number in range(AHEAD)]


def read(activity: Activity, token: str) -> Scanned | None:
    """The slot of a genuine token of this activity, whenever it was shown; None for any other."""
    parts = token.strip().split(".")
    if len(parts) != 3 or len(parts[1]) > 12:
        return None
    direction = next((one for one, letter in _DIRECTIONS.items() if letter == parts[0]), None)
    try:
        slot = int(parts[1], 16)
    except ValueError:
        return None
    if direction is None or slot < 0:
        return None
    genuine = code_of(activity, direction, slot).token
    return Scanned(direction, slot) if hmac.compare_digest(genuine, token.strip()) else None


def read_digits(activity: Activity, digits: str, now: datetime) -> Scanned | None:
    """The slot whose digits these are, among those that count now."""
    return next(
        (
            Scanned(direction, slot)
            for direction in Direction
            for slot in counting(now)
            if hmac.compare_digest(code_of(activity, direction, slot).digits, digits.strip())
        ),
        None,
    )


def counting(now: datetime) -> Iterable[int]:
    """The slots whose codes count now: this one and the one before."""
    slot = slot_of(now)
    return (slot, slot - 1)


def _digest(activity: Activity, direction: Direction, slot: int) -> bytes:
    said = f"{activity.pk}:{direction.value}:{slot}".encode()
    return hmac.digest(activity.secret.encode(), said, "sha256")
