"""Undoing a whole import: what it changed gets its former values, what it made goes."""

import json
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError

from orgs.audit import audit
from orgs.db import append_only
from orgs.enums import ImportState
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.imports import progress
from orgs.imports.apply import GONE, audited, digest_of
from orgs.imports.planning import CHUNK, chunks, hold_street
from orgs.imports.rosters import Roster, Touches
from orgs.models import LedgerImport, LedgerTrace
from orgs.values.names import ComparedField
from orgs.values.sentences import gettext as _

NAMED = 10
AT_ONCE = 500


class ChangedSince(WrongState):
    """Somebody changed or used what the import brought; `rows` are rows of the file."""

    code = "changed_since"

    def __init__(self, rows: set[int]) -> None:
        message = _(
            "Nothing was undone: what %(count)d rows of the file brought was changed or used since "
            "(rows %(rows)s)."
        )
        super().__init__(message % named_rows(rows))
        self.rows = rows


def named_rows(rows: set[int]) -> dict[str, Any]:
    """For a sentence about rows of a file: how many they are, and the first of them."""
    named = "、".join(str(number) for number in sorted(rows)[:NAMED])
    return {"count": len(rows), "rows": named + ("…" if len(rows) > NAMED else "")}


def undo(*, imported: LedgerImport, roster: Roster, now: datetime) -> None:
    """Undoes a claimed import in one transaction, or says on it why not."""
    try:
        with transaction.atomic():
            locked = LedgerImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
            if locked.state != ImportState.UNDOING or locked.claim != imported.claim:
                return
            hold_street(locked)
            _take_back(locked, roster, now)
    except DomainError as refusal:
        _stays(imported, refusal.message)
    except IntegrityError:
        _stays(imported, _("Something was changed at the same moment. Undo once more."))


def _stays(imported: LedgerImport, problem: str) -> None:
    """Applied as before, with why."""
    LedgerImport.objects.filter(
        pk=imported.pk, state=ImportState.UNDOING, claim=imported.claim
    ).update(
        state=ImportState.APPLIED, ended_by=None, claim=None, claimed_at=None, problem=problem
    )  # fmt: skip


def _take_back(imported: LedgerImport, roster: Roster, now: datetime) -> None:
    by = imported.ended_by
    assert by is not None, "whoever undoes is written down with the state"
    if not by.has_perm(roster.permission, roster.target_of(imported)):
        raise NotAllowed(_("You may not import this roster here."))
    if roster.before_undo:
        roster.before_undo(imported, _touches(imported))
    past = _Past()
    done = 0
    for traces in chunks(imported.traces.order_by("-pk").iterator(chunk_size=CHUNK)):
        past.restore(traces)
        done += len(traces)
        progress.record(imported, done)
    if past.conflicts:
        raise ChangedSince(past.conflicts)
    protected = [
        model for model in append_only.protected_models() if model._meta.label in past.made
    ]
    if protected:
        with append_only.lifted(*protected, by=by, reason=f"undo of import {imported.pk}"):
            past.delete_made()
    else:
        past.delete_made()
    LedgerTrace.objects.filter(ledger_import=imported).delete()
    LedgerImport.objects.filter(pk=imported.pk).update(
        state=ImportState.UNDONE, ended_at=now, claim=None, claimed_at=None, problem=""
    )
    gone = {label: _ranges(sorted(known)) for label, known in past.made.items()}
    detail = audited(imported) | {"deleted": gone}
    audit.record("residents.undo-ledger", by=by, obj=imported, detail=detail, now=now)


def _touches(imported: LedgerImport) -> Touches:
    """What an import touched: the last row that did, by model and key."""
    touches: dict[str, dict[int, int]] = {}
    traces = imported.traces.order_by("pk").values_list("number", "touched")
    for number, touched in traces.iterator(chunk_size=CHUNK):
        for label, key, _digest in touched:
            touches.setdefault(label, {})[key] = number
    return touches


class _Past:
    """Going back over the traces of an import, the last first.

    `made` are the objects that it made, by model (those that point at others first) and key, with the
    row that made them; `conflicts` are rows whose objects are not as the import left them.
    """

    def __init__(self) -> None:
        self.made: dict[str, dict[int, int]] = {}
        self.conflicts: set[int] = set()
        self._checked: set[tuple[str, int]] = set()

    def restore(self, traces: list[LedgerTrace]) -> None:
        """Gives what a chunk of rows changed its former values."""
        steps = [step for trace in traces for step in _steps(trace)]
        for label in dict.fromkeys(label for label, *_rest in steps):
            model = apps.get_model(label)
            mine = [step for step in steps if step[0] == label]
            things = model._base_manager.in_bulk([key for _label, key, *_rest in mine])
            changed: dict[int, Any] = {}
            names: set[str] = set()
            for _label, key, digest, number, before in mine:
                if digest == GONE:
                    self._bring_back(model, key, number, before)
                elif self._is_other(label, key, digest, things.get(key)):
                    self.conflicts.add(number)
                elif before is None:
                    self.made.setdefault(label, {})[key] = number
                else:
                    _set_back(things[key], before)
                    changed[key], names = things[key], names | before.keys()
            if changed:
                names |= _compared_of(model, names)
                model._base_manager.bulk_update(changed.values(), sorted(names), AT_ONCE)

    def _bring_back(self, model: Any, key: int, number: int, before: dict[str, Any] | None) -> None:
        """What a row deleted, unless somebody made the same since."""
        thing = model()
        _set_back(thing, before or {})
        try:
            with transaction.atomic():
                thing.save(force_insert=True)
        except IntegrityError:
            self.conflicts.add(number)

    def _is_other(self, label: str, key: int, digest: str, thing: Any) -> bool:
        """Whether an object is gone or changed; asked at its last step only, which we meet first."""
        if thing is None:
            return True
        if (label, key) in self._checked:
            return False
        self._checked.add((label, key))
        return digest_of(thing) != digest

    def delete_made(self) -> None:
        """Raises ChangedSince where something that is not of the import needs what would go."""
        for label, known in self.made.items():
            model = apps.get_model(label)
            own = [link.attname for link in _links(model, model)]
            for keys in chunks(sorted(known, reverse=True)):
                rows = model._base_manager.filter(pk__in=keys)
                if own:
                    rows.update(**dict.fromkeys(own))
            for keys in chunks(sorted(known, reverse=True)):
                try:
                    model._base_manager.filter(pk__in=keys).delete()
                except (ProtectedError, RestrictedError) as error:
                    raise ChangedSince({known[key] for key in _used(error, model) & known.keys()})


def _steps(trace: LedgerTrace) -> list[tuple[str, int, str, int, dict[str, Any] | None]]:
    """What a row did, the last step first: model, key, digest afterwards, row, former values."""
    before = json.loads(trace.before) if trace.before else [None] * len(trace.touched)
    steps = zip(trace.touched, before, strict=True)
    undone = [(label, key, digest, trace.number, old) for (label, key, digest), old in steps]
    return undone[::-1]


def _set_back(thing: models.Model, before: dict[str, Any]) -> None:
    for name, value in before.items():
        field: Any = thing._meta.get_field(name)
        setattr(thing, field.attname, field.to_python(value))


def _compared_of(model: Any, names: set[str]) -> set[str]:
    """The comparing forms of columns, which follow them."""
    fields = model._meta.concrete_fields
    return {one.name for one in fields if isinstance(one, ComparedField) and one.source in names}


def _ranges(keys: list[int]) -> str:
    """Sorted keys, briefly: "5-9, 12"."""
    runs: list[list[int]] = []
    for key in keys:
        if runs and key == runs[-1][1] + 1:
            runs[-1][1] = key
        else:
            runs.append([key, key])
    return ", ".join(f"{first}-{last}" if first != last else str(first) for first, last in runs)


def _links(model: Any, target: Any) -> list[Any]:
    """The fields of a model that point at another."""
    return [
        column
        for column in model._meta.concrete_fields
        if column.is_relation and column.related_model is target
    ]


def _used(error: ProtectedError | RestrictedError, model: Any) -> set[Any]:
    """The keys of the objects that others need."""
    users: Any
    if isinstance(error, ProtectedError):
        users = error.protected_objects
    else:
        users = error.restricted_objects
    return {getattr(user, link.attname) for user in users for link in _links(type(user), model)}
