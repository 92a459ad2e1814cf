"""Writing the audit. What succeeded is written in its own transaction; what was refused, after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from orgs.enums import AuditResult
from orgs.models import AuditEntry

if TYPE_CHECKING:
    from orgs.scoping import Person


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the present work comes from: set by the middleware for a request."""

    ip: str | None = None
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())


@contextmanager
def originating(origin: Origin) -> Iterator[None]:
    """Everything audited inside carries this origin."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def on_behalf_of(row: models.Model | None) -> dict[str, Any]:
    """For whom the desk did it, as a detail; nothing where somebody did it themselves."""
    return {"on_behalf_of": row.pk} if row else {}


def record(
    action: str,
    *,
    by: "Person | None",
    obj: models.Model | None = None,
    result: AuditResult = AuditResult.OK,
    detail: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Adds one entry. `detail` must hold no private data in clear."""
    origin = _origin.get()
    known = by if by is not None and by.is_authenticated else None
    return AuditEntry.objects.create(
        at=now or timezone.now(),
        actor_id=known.pk if known else None,
        actor=known.get_username() if known else "",
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        result=result,
        detail=detail or {},
        ip=origin.ip,
        request_id=origin.request_id,
    )
