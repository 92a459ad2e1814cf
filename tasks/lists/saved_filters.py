"""Filters that people keep under a name: saved, renamed, shown first, deleted."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.models import User
from tasks.models import SavedFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST = 20
MAX_NAME, MAX_QUERY = 20, 1000


def own(user: User) -> "QuerySet[SavedFilter]":
    """A person's saved filters, in the order in which they were made."""
    return SavedFilter.objects.filter(user=user)


def save(*, name: str, query: str, by: User, is_default: bool = False) -> SavedFilter:
    """Keeps a filter (as `tasks.lists.filters.kept` writes it) under a name that is free.

    Raises Refused without anything to keep, for a name that is taken, beyond `MOST` filters.
    """
    if not query or len(query) > MAX_QUERY:
        raise Refused(
            _("Choose what the list shall show first, then save it."),
            code="nothing_to_save",
            fields={"query": [_("no filter is set, or too many")]},
        )
    return _stored(SavedFilter(user=by, query=query), name, is_default)


def change(*, saved: SavedFilter, name: str, is_default: bool, by: User) -> SavedFilter:
    """Gives a saved filter of one's own another name, or another place."""
    assert saved.user_id == by.pk, "views look among the person's own"
    return _stored(saved, name, is_default)


def delete(*, saved: SavedFilter, by: User) -> None:
    """Forgets a saved filter of one's own."""
    assert saved.user_id == by.pk, "views look among the person's own"
    saved.delete()


def _stored(saved: SavedFilter, name: str, is_default: bool) -> SavedFilter:
    """Writes a filter; the owner's row is locked, so that two windows keep to the rules too."""
    saved.name, saved.is_default = _fit(name), is_default
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=saved.user_id)
            others = SavedFilter.objects.filter(user=saved.user_id).exclude(pk=saved.pk)
            if others.count() >= MOST:
                raise Refused(
                    _("At most %(most)d filters are kept: delete one first.") % {"most": MOST},
                    code="too_many",
                )
            if is_default:
                others.filter(is_default=True).update(is_default=False)
            saved.save()
    except IntegrityError:
        raise _bad_name(_("You have a filter of this name already."), "name_taken") from None
    return saved


def _fit(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise _bad_name(_("Give a name of at most %(count)d characters.") % {"count": MAX_NAME})
    return name


def _bad_name(message: str, code: str = "invalid") -> Refused:
    return Refused(message, code=code, field="name")
