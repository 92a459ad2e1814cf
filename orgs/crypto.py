"""Encryption at rest with rotating keys, and finding encrypted values by a keyed blind index."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"field:{key}".encode()).digest()))
            for key in keys
        ]
    )


def fernet() -> MultiFernet:
    """The cipher of `settings.FIELD_KEYS`: encrypts with the first key, decrypts with any."""
    return _fernet(tuple(settings.FIELD_KEYS))


def blind_index(purpose: str, value: str) -> str:
    """A keyed digest by which an encrypted value is found (64 hex digits); "" for no value."""
    if not value:
        return ""
    key, text = settings.BLIND_INDEX_KEY.encode(), f"{purpose}:{value}".encode()
    return hmac.digest(key, text, "sha256").hex()


def _sealing() -> AESSIV:
    key = hashlib.sha512(f"sealed index:{settings.BLIND_INDEX_KEY}".encode()).digest()
    return AESSIV(key)


def sealed_index(index: str) -> str:
    """What stands for a blind index in an address: always the same, and of no use elsewhere, for who
    knows many indexes could compare them with those of numbers; "" for none.
    """
    if not index:
        return ""
    return base64.urlsafe_b64encode(_sealing().encrypt(bytes.fromhex(index), None)).decode()


def opened_index(sealed: str) -> str:
    """The blind index for which something stands; "" for what stands for none."""
    try:
        return _sealing().decrypt(base64.urlsafe_b64decode(sealed.encode()), None).hex()
    except (ValueError, InvalidTag):
        return ""


class SealedSerializer:
    """Encrypts what a session keeps, as `settings.SESSION_SERIALIZER` asks."""

    def dumps(self, value: Any) -> bytes:
        return fernet().encrypt(json.dumps(value, separators=(",", ":")).encode())

    def loads(self, data: bytes) -> Any:
        return json.loads(fernet().decrypt(data))


class Blank(models.Lookup):
    """Whether anything is kept at all; the one question that an encrypted column answers."""

    lookup_name = "blank"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} {'=' if self.rhs else '<>'} ''", list(values)


class EncryptedTextField(models.TextField):
    """Text kept as a Fernet token. It can be stored and read, never searched (only `__blank`)."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return fernet().encrypt(value.encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return fernet().decrypt(value.encode()).decode() if value else ""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == Blank.lookup_name:
            return Blank
        raise FieldError(f"{self.name} is encrypted; look it up through its blind index")
