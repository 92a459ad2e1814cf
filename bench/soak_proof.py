"""What must hold after a soak: nothing lost, nothing doubled. Each proof gives the sentences of what is wrong."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

_KEY = re.compile(r"soak-\d+-\d+-[a-z-]+")


class Arrived(NamedTuple):
    """A message that came out of the portal: the key of its first notice, and how many it holds."""

    key: str
    notices: int


def arrived(title: str, text: str) -> Arrived:
    """What a message says of itself."""
    key, count = re.search(r"\[(\d+-\w+)\]", text), re.search(r"\d+", title)
    return Arrived(key[1] if key else "", int(count[0]) if count else 0)


def proofs(
    done: dict[str, str], unanswered: dict[str, str], received: list[Arrived], now: datetime
) -> Iterator[str]:
    """Everything that is wrong; nothing when all is well."""
    yield from requests_once(done, unanswered)
    yield from timelines_tell_the_states()
    yield from steps_once(now)
    yield from told_once(received, now)
    yield from audit_holds(now)


def requests_once(done: dict[str, str], unanswered: dict[str, str]) -> Iterator[str]:
    """What was answered happened once; what never was, at most once."""
    from tasks.models import Event, Task

    reports = _keys(Task.objects.values_list("text", flat=True))
    comments = _keys(Event.objects.filter(action="comment").values_list("text", flat=True))
    for what, found in (("report", reports), ("comment", comments)):
        asked = {key for key in done if key.endswith(what)}
        maybe = {key for key in unanswered if key.endswith(what)}
        yield from (f"{key}: lost" for key in asked - found.keys())
        yield from (f"{key}: {count} times" for key, count in found.items() if count > 1)
        yield from (f"{key}: nobody asked for it" for key in found.keys() - asked - maybe)
    # Steps of the workflow: as many on the timelines as were answered, or a few never answered.
    asked_steps = _steps(done.values())
    maybe_steps = _steps(unanswered.values())
    found_steps = Counter(
        Event.objects.exclude(action__in=("report", "comment", "remind", "escalate"))
        .order_by("pk")
        .values_list("task__number", "action")
    )
    for step in asked_steps.keys() | found_steps.keys():
        least, count = asked_steps[step], found_steps[step]
        if not least <= count <= least + maybe_steps[step]:
            yield f"{step}: {count} on the timeline, {least} answered"


def _keys(texts: Iterable[str]) -> Counter[str]:
    return Counter(found[0] for text in texts if (found := _KEY.search(text)))


def _steps(paths: Iterable[str]) -> Counter[tuple[str, str]]:
    """Task and action of each path that names both."""
    parts = (path.strip("/").split("/") for path in paths)
    return Counter((part[1], part[2]) for part in parts if len(part) == 3 and part[2] != "comment")


def timelines_tell_the_states() -> Iterator[str]:
    """Each entry begins where the one before ended, and the last one's end is the task's state."""
    from tasks.models import Event, Task

    states: dict[int, str] = {}
    events = Event.objects.order_by("task", "pk").values_list("task", "from_status", "to_status")
    for task, before, after in events.iterator():
        if states.get(task, "") != before:
            yield f"task {task}: an entry begins in {before}, the one before ended elsewhere"
        states[task] = after
    for task, status in Task.objects.order_by("pk").values_list("pk", "status").iterator():
        if states.get(task) != status:
            yield f"task {task}: is {status}, its timeline says {states.get(task)}"


def steps_once(now: datetime) -> Iterator[str]:
    """Every step of every limit that was due, once, in order, and on the timeline."""
    from tasks.models import Event, LimitStepTaken, Task

    taken = Counter(LimitStepTaken.objects.order_by("pk").values_list("task", "kind", "step"))
    told = Counter(
        Event.objects.filter(action__in=("remind", "escalate"))
        .order_by("pk")
        .values_list("task", "data__limit", "data__step")
    )
    if taken != told:
        yield f"steps taken and steps told differ: {(taken - told) + (told - taken)}"
    limits: dict[tuple, list[int]] = defaultdict(list)
    rows = LimitStepTaken.objects.order_by("step").values_list("task", "kind", "due_at", "step")
    for *limit, step in rows:
        limits[tuple(limit)].append(step)
    for limit, steps in limits.items():
        if steps != list(range(steps[0], steps[0] + len(steps))) or steps[0] > 2:
            yield f"{limit}: steps {steps}"
    for task, kind, at, step in Task.objects.exclude(limit_kind="").values_list(
        "pk", "limit_kind", "limit_at", "limit_step"
    ):
        last = max(limits.get((task, kind, at), [0]))
        if last != step:
            yield f"task {task}: stands at step {step}, {last} was taken"
    overdue = Task.objects.filter(next_step_at__lte=now).count()
    if overdue:
        yield f"{overdue} steps that are due were never taken"


def told_once(received: list[Arrived], now: datetime) -> Iterator[str]:
    """Each person told of each thing once; each message out at least once, and none given up."""
    from orgs.models import Delivery, Notice
    from tasks.workflow import notifications

    missed = notifications.notify_of_events(now)
    if missed:
        yield f"{missed} notices had not been given"
    doubled = Counter(Notice.objects.order_by("pk").values_list("recipient", "key"))
    yield from (f"notice {key}: {count} times" for key, count in doubled.items() if count > 1)
    waiting = Delivery.objects.filter(sent_at=None).count()
    if waiting:
        yield f"{waiting} messages were not sent"
    # What is due for one person at one time goes as one message, with the key of its first part.
    sent: dict[tuple, list[str]] = defaultdict(list)
    for one in Delivery.objects.exclude(sent_at=None).select_related("notice").order_by("pk"):
        sent[one.notice.recipient_id, one.channel, one.sent_at].append(str(one))
    noted = {Arrived(keys[0], len(keys)) for keys in sent.values()}
    yield from (
        f"message {one.key} of {one.notices} notices: sent, never arrived so"
        for one in sorted(noted - set(received))
    )


def audit_holds(now: datetime) -> Iterator[str]:
    """Each report is in the audit once, and all seals hold."""
    from orgs.audit import seals
    from orgs.models import AuditEntry
    from tasks.models import Task

    seals.seal(now=now)
    _holding, broken = seals.verify()
    if broken:
        yield f"the seal of {broken.first_id} to {broken.last_id} does not hold"
    audited = Counter(
        AuditEntry.objects.filter(action="tasks.report", result="ok")
        .order_by("pk")
        .values_list("object_id", flat=True)
    )
    tasks = Counter(map(str, Task.objects.order_by("pk").values_list("pk", flat=True)))
    if audited != tasks:
        yield f"reports and their audit differ: {(audited - tasks) + (tasks - audited)}"
