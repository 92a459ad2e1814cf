"""What the steps of the demo's stories carry: words, departments, dates."""

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from governance.demo.cast import Cast
from governance.demo.tasks import sentences
from governance.demo.tasks.stories import Step
from orgs.models import Unit, User
from tasks.catalogue.catalogue import propose
from tasks.enums import (
    Action,
    AssignmentRole,
    GuestKind,
    Outcome,
    Status,
    WhistleKind,
)
from tasks.models import Assignment, Task
from tasks.workflow.queries import colleagues

if TYPE_CHECKING:
    from governance.demo.tasks.player import Story


def assigned(task: Task, role: AssignmentRole) -> Assignment | None:
    """The first assignment of the present dispatch in a role."""
    return next(
        (
            assignment
            for assignment in task.assignments.all()
            if assignment.round == task.dispatch_round and assignment.role == role
        ),
        None,
    )


def filled(text: str, unit: Unit, random: Random) -> str:
    number = unit.name.removesuffix("栋")
    return text.format(
        n=number if number.isdigit() else random.randint(1, 8),
        f=random.randint(2, 11),
        w=random.choice(sentences.TIMES),
    )


def body_of(story: "Story", step: Step, cast: Cast, at: datetime) -> dict[str, Any]:
    """What the step carries."""
    task, pick = story.task, story.random.choice
    match step.action:
        case Action.DECLINE:
            code, reason = pick(sentences.DECLINES)
            return {"reason_code": code, "reason": reason}
        case Action.WHISTLE:
            return {
                "kind": WhistleKind(step.body.get("kind") or cast.whistle_kind(story.random, task)),
                "reason": pick(sentences.WHISTLES),
            }
        case Action.DISPATCH:
            return _called(story, again=bool(step.body.get("again")))
        case Action.TRANSFER:
            return {"unit": cast.elsewhere(story.random, task.unit)}
        case Action.CORRECT:
            others = [kind for kind in cast.categories if kind != task.category]
            return {"category": pick(others), "reason": "电话问清楚了，原来的类别选错了"}
        case Action.MERGE:
            assert story.host is not None
            return {"into": story.host.task}
        case Action.OFFER:
            return {"minutes": pick([30, 60, 60, 90, 120]), "points": pick([5, 10, 10, 20])}
        case Action.RESOLVE:
            return _result(story)
        case Action.RATE:
            return _opinion(story)
        case Action.REQUEST_EXTENSION:
            limit = max(task.resolve_by or at, at) + timedelta(days=pick([2, 3]))
            return {"until": limit, "reason": pick(sentences.EXTENSIONS)}
        case Action.DECIDE_EXTENSION | Action.DECIDE_REFUSAL:
            granted = step.body["granted"]
            return {"granted": granted, "reason": sentences.DECISIONS[granted]}
        case Action.ASSIGN:
            return {"person": _colleague(task, cast, at, story.random)}
        case Action.ARRANGE_VISIT:
            return _invitation(task, at + timedelta(days=step.body["days"]))
        case Action.RECORD_VISIT:
            return _minutes(task)
        case Action.COMMENT if step.body.get("internal"):
            return {"text": pick(sentences.INTERNAL), "internal": True}
        case _:
            return _chosen_sentence(step.action, story.random)


# What is only a sentence: the name of the field, and what there is to choose from.
_SENTENCES: dict[Action, tuple[str, tuple[str, ...]]] = {
    Action.COMMENT: ("text", sentences.COMMENTS),
    Action.URGE: ("text", sentences.URGES),
    Action.CONTACT: ("text", sentences.CONTACTS),
    Action.FINISH: ("text", sentences.ASSIST_RESULTS),
    Action.REFUSE: ("reason", sentences.REFUSALS),
    Action.REWORK: ("reason", sentences.REWORKS),
    Action.RETURN: ("reason", sentences.RETURNS),
    Action.REOPEN: ("reason", sentences.REOPENS),
    Action.WITHDRAW: ("reason", sentences.WITHDRAWALS),
    Action.HAND_BACK: ("reason", ("这两天在外参加培训，请安排其他同事。",)),
    Action.CANCEL_VISIT: ("reason", ("物业临时有抢修，改日再约。",)),
    Action.DROP: ("reason", ("临时有事，先退回来。",)),
}


def _chosen_sentence(action: Action, random: Random) -> dict[str, Any]:
    if action not in _SENTENCES:
        return {}
    name, choices = _SENTENCES[action]
    return {name: random.choice(choices)}


def _called(story: "Story", *, again: bool) -> dict[str, Any]:
    """Lead and assisting departments, as the duty lists propose them; `again`: another leads."""
    task = story.task
    proposal = propose(story.category, task.unit.get_root())
    assert proposal.lead is not None, "every kind of the demo has a lead"
    lead = proposal.lead.department
    assist = [duty.department for duty in proposal.assist]
    if again and assist:
        lead, assist = assist[0], assist[1:]
    return {"lead": lead, "assist": assist[: story.random.choice([0, 1, 1, 2])]}


def _colleague(task: Task, cast: Cast, at: datetime, random: Random) -> User:
    """Somebody of the office that has the task."""
    lead = assigned(task, AssignmentRole.LEAD)
    return cast.by_id[random.choice(sorted(colleagues(task, lead, timezone.localdate(at))))]


def _invitation(task: Task, at: datetime) -> dict[str, Any]:
    """Those who have to meet: the departments, the community, the firm and the branch secretary."""
    return {
        "starts_at": at.replace(minute=0, second=0, microsecond=0),
        "departments": [one.department for one in task.assignments.all() if one.is_active],
        "guests": [GuestKind.COMMUNITY, GuestKind.PROPERTY, GuestKind.SECRETARY],
        "others": ["居民代表"],
    }


def _minutes(task: Task) -> dict[str, Any]:
    """Everybody came but the residents' representative."""
    assert task.pending_visit is not None, "arranged two steps before"
    came = task.pending_visit.guests.exclude(kind=GuestKind.OTHER)
    return {"came": list(came), "minutes": sentences.MINUTES}


def _result(story: "Story") -> dict[str, Any]:
    random, task = story.random, story.task
    if task.status == Status.TAKEN:
        text = random.choice(sentences.MEMBER_RESULTS)
    elif task.status == Status.HANDLING:
        text = random.choice(sentences.OWN_RESULTS)
    else:
        text = filled(random.choice(sentences.WORDS[story.category.code][1]), story.unit, random)
    outcome = random.choices(list(Outcome), weights=[82, 12, 6])[0]
    return {"outcome": outcome, "text": text, "reason": _unfinished(task)}


def _unfinished(task: Task) -> str:
    """Why the work is done although others are not finished; "" where all are."""
    waiting = [
        assignment
        for assignment in task.assignments.all()
        if assignment.is_active and assignment.role == AssignmentRole.ASSIST
    ]
    return "协办单位无需再到场。" if waiting else ""


def _opinion(story: "Story") -> dict[str, Any]:
    random = story.random
    stars = random.choices([5, 4, 3, 2, 1], weights=[50, 27, 11, 6, 6])[0]
    return {
        "contacted": random.random() < 0.93,
        "resolved": stars > 2 or random.random() < 0.3,
        "stars": stars,
        "text": random.choice(sentences.RATINGS[stars]),
    }
