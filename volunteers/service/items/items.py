"""The library of items: which version is in force, adding one, the next version, ending one."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from volunteers.service.enums import ItemClass, ItemUse, MinutesKind, Permission
from volunteers.service.models import ServiceItem

if TYPE_CHECKING:
    from orgs.models import User


def latest() -> QuerySet[ServiceItem]:
    """The newest version of each item, those no longer offered among them."""
    newer = ServiceItem.objects.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
    return ServiceItem.objects.filter(~Exists(newer))


def in_force() -> QuerySet[ServiceItem]:
    """The items that are offered today, each in its version in force."""
    return latest().filter(has_ended=False)


def item_of(code: str) -> ServiceItem | None:
    """The version in force of an item that is offered."""
    return in_force().filter(code=code).first()


def save(
    *,
    code: str,
    item_class: ItemClass,
    name: str,
    minutes: int,
    points: int,
    minutes_kind: MinutesKind,
    source: str,
    text: str = "",
    use: ItemUse = ItemUse.BOTH,
    is_dangerous: bool = False,
    least_age: int = 0,
    skill: str = "",
    has_ended: bool = False,
    by: "User",
    now: datetime,
) -> ServiceItem:
    """Puts the next version of an item in force, or the first of a new one.

    What was ordered or held before keeps its version. Raises NotAllowed; Refused for what the bounds
    forbid; WrongState (`item_changed`) where somebody else saved the same at the same moment.
    """
    if not by.has_perm(Permission.KEEP_ITEMS):
        raise NotAllowed(_("Only the district keeps the library of items."))
    code, name, source = code.strip(), name.strip(), source.strip()
    wrong: dict[str, list[str]] = {}
    for field, value in (("code", code), ("name", name), ("source", source)):
        if not value:
            wrong[field] = [_("This is needed.")]
    if not 5 <= minutes <= 720:
        wrong["minutes"] = [_("An item takes 5 to 720 minutes.")]
    if not 0 <= points <= 1000:
        wrong["points"] = [_("An item earns 0 to 1000 points.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), code="bad_item", fields={**wrong})
    values: dict[str, Any] = {
        "item_class": item_class, "name": name, "text": text.strip(), "use": use,
        "minutes": minutes, "points": points, "minutes_kind": minutes_kind,
        "is_dangerous": is_dangerous, "least_age": least_age, "skill": skill,
        "has_ended": has_ended, "source": source,
    }  # fmt: skip
    before = latest().filter(code=code).first()
    version = before.version + 1 if before else 1
    try:
        with transaction.atomic():
            item: ServiceItem = ServiceItem.objects.create(
                code=code, version=version, entered_by=by, entered_at=now, **values
            )
            detail = {"code": code, "version": version, "minutes": minutes, "points": points}
            audit.record("service.save-item", by=by, obj=item, detail=detail, now=now)
    except IntegrityError:
        raise WrongState(
            _("Somebody changed this item at the same moment: look again."), code="item_changed"
        ) from None
    return item
