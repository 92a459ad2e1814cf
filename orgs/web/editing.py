"""Two people who edit one record: the second one is shown what changed meanwhile.

A form carries digests of what it showed when it was drawn. What somebody else changed since, and what
was left as it was shown, takes the new value; the form comes back (409) and says so, and nothing is
undone that its sender has not seen.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.errors import WrongState
from orgs.values.text import listed

FIELD = "shown"
SALT = "orgs.web.editing"


class ChangedMeanwhile(WrongState):
    """Somebody else changed what the form showed; `names` are its fields."""

    code = "changed_meanwhile"

    def __init__(self, names: list[str]) -> None:
        super().__init__(_("Somebody else changed this meanwhile."))
        self.names = names


@dataclass(frozen=True)
class Edited:
    """A row that a form edits. `values` reads from it what the form shows, by field; `hold` takes what
    the use-case locks before the row.
    """

    row: Model
    values: Callable[[Any], Mapping[str, Any]]
    hold: Callable[[], None] | None = None

    def shown(self) -> str:
        """What the form carries: a digest of each value, which tells nothing of it."""
        return json.dumps(_digests(self.values(self.row)))

    def refuse_changed(self, request: HttpRequest) -> None:
        """Locks the row; raises ChangedMeanwhile where it is no longer as the form showed it.

        Raises WrongState where it is gone. Call it in the transaction that writes.
        """
        if self.hold:
            self.hold()
        if names := _changed(request, self.values(self._now(lock=True))):
            raise ChangedMeanwhile(names)

    def fresh(self) -> "Edited":
        """The same with the row as it is now."""
        return replace(self, row=self._now())

    def _now(self, *, lock: bool = False) -> Model:
        """The row as it is now. Raises WrongState where somebody removed it."""
        rows = type(self.row)._base_manager.all()
        if lock:
            rows = rows.select_for_update(of=("self",), no_key=True)
        row: Model | None = rows.filter(pk=self.row.pk).first()
        if row is None:
            raise WrongState(_("Somebody else removed this meanwhile."))
        return row

    def merged(self, request: HttpRequest, form: BaseForm, names: list[str]) -> QueryDict:
        """What was typed, with the new values where nothing was typed over what was shown."""
        values, shown, data = self.values(self.row), _shown(request), request.POST.copy()
        for name in names:
            typed = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
            if _digest(name, typed) == shown.get(name):
                written = form.fields[name].prepare_value(values[name])
                several = written if isinstance(written, list) else [written]
                data.setlist(name, ["" if one is None else str(one) for one in several])
        return data

    def explain(self, form: BaseForm, names: list[str]) -> None:
        """Says in the form what changed meanwhile, and to what."""
        values = self.values(self.row)
        labels = [str(form.fields[name].label or name) for name in names if name in form.fields]
        form.add_error(
            None,
            _("Somebody else changed this meanwhile: %(fields)s. Look at it and send it again.")
            % {"fields": listed(labels)},
        )
        for name in names:
            if name in form.fields:
                now = _written(form, name, values[name]) or pgettext("a value of a form", "empty")
                form.add_error(name, _("Meanwhile it became “%(value)s”.") % {"value": now})


def _written(form: BaseForm, name: str, value: Any) -> str:
    """A value as people read it: a choice by its label."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return listed(_written(form, name, one) for one in value)
    choices = dict(getattr(form.fields[name], "choices", None) or ())
    written = choices.get(value, form.fields[name].prepare_value(value))
    return str(written)[:200]


def _changed(request: HttpRequest, values: Mapping[str, Any]) -> list[str]:
    shown = _shown(request)
    now = _digests(values)
    return [name for name in now if name in shown and shown[name] != now[name]]


def _shown(request: HttpRequest) -> dict[str, str]:
    try:
        shown = json.loads(request.POST.get(FIELD, ""))
    except (ValueError, RecursionError):
        return {}
    return shown if isinstance(shown, dict) else {}


def _digests(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _digest(name, value) for name, value in values.items()}


def _digest(name: str, value: Any) -> str:
    if isinstance(value, Model):
        value = value.pk
    if isinstance(value, list | QuerySet):
        value = ",".join(sorted(str(one.pk if isinstance(one, Model) else one) for one in value))
    written = "" if value is None else str(value).replace("\r\n", "\n").strip()
    return salted_hmac(SALT, f"{name}:{written}", algorithm="sha256").hexdigest()[:20]


def columns(*names: str) -> Callable[[Any], dict[str, Any]]:
    """Reads the columns of a row under their own names; a related row by its key."""

    def read(row: Any) -> dict[str, Any]:
        return {name: getattr(row, row._meta.get_field(name).attname) for name in names}

    return read
