"""Reading the audit: entries by who, what, result, day and record, in the words that it shows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import labels
from orgs.audit.labels import Records
from orgs.errors import Refused
from orgs.models import AuditEntry, User
from orgs.values.names import compared

# Where more records of a model are meant by some words, more words have to say which.
MOST_RECORDS = 200
# A single letter or sign stands in too many names.
SHORTEST = 2


class TooManyRecords(Refused):
    """Words mean more records than are looked at."""

    def __init__(self, words: str) -> None:
        super().__init__(
            _("“%(words)s” fits more than %(count)s records. Write more of the name or the number.")
            % {"words": words, "count": MOST_RECORDS}
        )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def search(
    *,
    who: str = "",
    what: str = "",
    result: str = "",
    since: date | None = None,
    until: date | None = None,
    record: str = "",
) -> QuerySet[AuditEntry]:
    """The entries that fit; both days are included. Raises TooManyRecords for words that say too little."""
    entries = AuditEntry.objects.all()
    if who:
        entries = entries.filter(by_person(who))
    if what:
        entries = entries.filter(by_words(what))
    if record:
        entries = entries.filter(by_record(record))
    if result:
        entries = entries.filter(result=result)
    if since:
        entries = entries.filter(at__gte=_start_of(since))
    if until:
        entries = entries.filter(at__lt=_start_of(until + timedelta(days=1)))
    return entries


def by_person(who: str) -> Q:
    """Done by an account, by its name for signing in or that of the person."""
    named = _keys_of(User, labels.records()["orgs.user"], who)
    return Q(actor=who) | Q(actor_id__in=named)


def by_words(what: str) -> Q:
    """With the words of an action or a kind of record, or the beginning of an action's code."""
    called = Q(action__in=labels.actions_called(what)) | Q(action__startswith=what)
    if labels.is_page(what):
        # What no use-case, and no call of the interface, is called.
        other = {*labels.actions_called(""), *labels.calls()}
        called |= ~Q(action__in=other) & ~Q(action__startswith="api/")
    if labels.is_call(what):
        called |= Q(action__in=labels.calls()) | Q(action__startswith="api/")
    return called | Q(object_type__in=labels.kinds_called(what))


def by_record(words: str) -> Q:
    """To a record: by its number here, the number of a task, a place, a department, a person."""
    wanted = Q(object_id=words)
    for label, records in labels.records().items():
        keys = _keys_of(apps.get_model(label), records, words)
        if keys:
            wanted |= Q(object_type=label, object_id__in=[str(key) for key in keys])
    return wanted


def names_of(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], str]:
    """What the records of some entries are called, by kind and number; a statement a kind."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if labels.records().get(entry.object_type, Records()).shown and entry.object_id.isdecimal():
            wanted[entry.object_type].add(entry.object_id)
    return {
        (label, str(key)): str(name)
        for label, keys in wanted.items()
        for key, name in apps.get_model(label)
        ._base_manager.filter(pk__in=keys)
        .values_list("pk", labels.records()[label].shown)
    }


def people_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """The names of those who did it, by account; one statement."""
    keys = {entry.actor_id for entry in entries if entry.actor_id}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))


def _keys_of(model: type, records: Records, words: str) -> list[int]:
    """The keys of the records that some words mean."""
    wanted = Q(*[Q((name, words)) for name in records.exact], _connector=Q.OR)
    key = compared(words)
    if len(key) >= SHORTEST:
        wanted |= Q(*[Q((f"{name}__contains", key)) for name in records.compared], _connector=Q.OR)
        wanted |= Q(
            *[Q((f"{name}__icontains", words)) for name in records.contains], _connector=Q.OR
        )
    if not wanted:
        # Nothing to look for, which would mean every record.
        return []
    rows = model._base_manager.filter(wanted)  # type: ignore[attr-defined]  # every model has one
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[: MOST_RECORDS + 1])
    if len(keys) > MOST_RECORDS:
        raise TooManyRecords(words)
    return keys
