"""Certificates: what they say is kept, so that a changed figure on paper is seen by whoever scans it."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from volunteers.service.enums import CertificateKind
from volunteers.service.models import Certificate, Participant

if TYPE_CHECKING:
    from orgs.models import Unit, User


def canonical(payload: dict[str, Any]) -> bytes:
    """The one form of a payload that is hashed: sorted, without blanks, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(payload: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def made(
    kind: CertificateKind,
    *,
    unit: "Unit",
    payload: dict[str, Any],
    participant: Participant | None = None,
    employer: int | None = None,
    by: "User | None",
    now: datetime,
) -> Certificate:
    """An unsaved certificate; its number is random and cannot be guessed. `employer` is a key."""
    return Certificate(
        kind=kind,
        number=secrets.token_hex(16),
        unit=unit,
        participant=participant,
        employer_id=employer,
        payload=payload,
        digest=digest_of(payload),
        issued_by=by,
        issued_at=now,
    )


def issue(kind: CertificateKind, **said: Any) -> Certificate:
    """Makes a certificate and keeps it: `made` says what it takes."""
    certificate = made(kind, **said)
    certificate.save(force_insert=True)
    return certificate


def revoke(certificate: Certificate, *, because: str, by: "User | None", now: datetime) -> None:
    """Whoever scans it reads from now on that it does not hold, and why. Once."""
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_by = now, by
        certificate.revoked_because = because[:200]
        certificate.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])


def is_intact(certificate: Certificate) -> bool:
    """Whether what is kept is what was issued."""
    return digest_of(certificate.payload) == certificate.digest


def address_of(certificate: Certificate) -> str:
    """The whole address that the code on paper leads to."""
    return f"{settings.SITE_URL}{reverse('service:certificate', args=[certificate.number])}"
