"""A question that people answer and simple programs do not: arithmetic in words, no picture.

The page carries a signed token; what is right is known only through the server's key. A token is
good once: using it up, or answering it wrongly, leaves a mark in the database.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.errors import Refused
from orgs.models import OneTimeCode

SALT = "tasks.challenge"
# As long as a report may wait on a phone for a network, with the answer beside it.
LIFE = timedelta(days=14)
LARGEST = 9
NUMBERS = (
    gettext_lazy("nought"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)
HAN_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Challenge:
    """A question in words, and the token that goes with it."""

    question: str
    token: str


def ask() -> Challenge:
    """A new question."""
    first, second = (secrets.randbelow(LARGEST) + 1 for _number in range(2))
    nonce = secrets.token_urlsafe(12)
    if secrets.randbelow(2) and first > second:
        question, answer = _("What is %(first)s minus %(second)s?"), first - second
    else:
        question, answer = _("What is %(first)s plus %(second)s?"), first + second
    words = question % {"first": NUMBERS[first], "second": NUMBERS[second]}
    return Challenge(words, signing.dumps([nonce, _digest(nonce, answer), words], salt=SALT))


def again(token: str) -> Challenge | None:
    """The question of a token that is still good, so that a form shown again keeps it."""
    try:
        nonce, _digest_of_answer, words = _read(token)
    except Refused:
        return None
    return None if _marks(nonce).exists() else Challenge(words, token)


def check(*, token: str, answer: str, now: datetime) -> None:
    """Raises Refused for a wrong answer (which uses the question up) or a used or old question."""
    nonce, digest, _words = _read(token)
    if _marks(nonce).exists():
        raise Refused(_("This question was answered before: answer the new one."), code="used")
    number = _number(answer)
    if number is None or not hmac.compare_digest(digest, _digest(nonce, number)):
        _mark(nonce, now)
        raise Refused(_("That is not the answer: here is another question."), code="bad_answer")


def use_up(*, token: str, now: datetime) -> None:
    """Marks a question as used. Raises Refused where another request was faster."""
    nonce, _digest_of_answer, _words = _read(token)
    if not _mark(nonce, now):
        raise Refused(_("This question was answered before: answer the new one."), code="used")


def _read(token: str) -> tuple[str, str, str]:
    """What a token carries: its own name, what is right (unreadable), and the words."""
    try:
        nonce, digest, words = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.BadSignature as error:
        raise Refused(_("Answer this question."), code="used") from error
    return nonce, digest, words


def _marks(nonce: str) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(purpose=SALT, phone_index=nonce)


def _mark(nonce: str, now: datetime) -> bool:
    """Whether this was the first mark; two requests at once leave one (a unique key)."""
    _row, fresh = OneTimeCode.objects.get_or_create(
        purpose=SALT, phone_index=nonce, defaults={"digest": "", "expires_at": now + LIFE}
    )
    return fresh


def _digest(nonce: str, answer: int) -> str:
    return salted_hmac(SALT, f"{nonce}:{answer}", algorithm="sha256").hexdigest()


def _number(text: str) -> int | None:
    """12 for "12", "１２" and "十二"; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain) if len(plain) < 4 else None
    tens, ten, ones = plain.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or any(sign not in HAN_DIGITS for sign in tens + ones):
        return None
    if not (ten or ones):
        return None
    digit = HAN_DIGITS.index(ones) if ones else 0
    return digit + (10 * (HAN_DIGITS.index(tens) if tens else 1) if ten else 0)
