"""What a decision promises: entered, worked on with pictures, finished or dropped."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import registry
from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment
from residents.deliberation.enums import PromiseState, SideKind, TopicStage
from residents.deliberation.models import (
    Promise,
    PromiseAttachment,
    PromiseEntry,
    PromisePart,
    Topic,
)
from residents.deliberation.models.promises import MAX_BUDGET_FEN
from residents.deliberation.topics.course.relations import SIDE_OF
from residents.deliberation.topics.course.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.models import User

KEEP = "deliberation.keep_promises"
# Promises are made once the decision is public, and kept while it is carried out.
PROMISING = frozenset({TopicStage.PUBLICITY, TopicStage.EXECUTING})


def promise(
    *,
    topic: Topic,
    text: str,
    owner: str,
    due_on: date,
    by: "User",
    now: datetime,
    budget_fen: int = 0,
    parts: Mapping[str, str] | None = None,
) -> Promise:
    """Promises something that the decision asks for; `parts` is what each side does (三方联动).

    Raises NotAllowed; WrongState before the decision is public and after the work is done.
    """
    with transaction.atomic():
        row = Topic.objects.select_for_update(of=("self",)).select_related("unit").get(pk=topic.pk)
        must_keep(by, row)
        if row.stage not in PROMISING:
            raise WrongState(_("Promises are made once the decision is public."))
        _refuse_bad(owner, due_on, budget_fen, now)
        made = Promise.objects.create(
            topic=row, round=row.round, text=text.strip(), owner=owner.strip(),
            budget_fen=budget_fen, due_on=due_on, promised_by=by, promised_at=now,
        )  # fmt: skip
        PromisePart.objects.bulk_create(
            PromisePart(promise=made, side=side, text=part.strip())
            for side, part in (parts or {}).items()
            if part.strip()
        )
        detail = {"topic": row.pk, "due_on": due_on.isoformat(), "budget_fen": budget_fen}
        audit.record("deliberation.promise", by=by, obj=made, now=now, detail=detail)
        return made


def _refuse_bad(owner: str, due_on: date, budget_fen: int, now: datetime) -> None:
    if not owner.strip():
        raise Refused(_("Say who does it."), field="owner")
    if due_on < timezone.localdate(now):
        raise Refused(_("This day has passed."), field="due_on")
    if not 0 <= budget_fen <= MAX_BUDGET_FEN:
        raise Refused(_("This is no budget."), field="budget_fen")


def report(
    *,
    promise: Promise,
    text: str,
    by: "User",
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> Promise:
    """Says how far a promise is, with pictures."""
    with transaction.atomic():
        row = _locked(promise, by)
        _add_entry(row, text, attachments, by, now)
        audit.record("deliberation.report-promise", by=by, obj=row, now=now)
    return row


def end(
    *,
    promise: Promise,
    text: str,
    by: "User",
    now: datetime,
    done: bool = True,
    attachments: Sequence[Attachment] = (),
) -> Promise:
    """The promise is done (every side's part first), or dropped with its reason.

    Raises WrongState (`parts_open`) while a side has not done its part, (`order_runs`) while its work
    order is worked on.
    """
    with transaction.atomic():
        row = _locked(promise, by)
        if done and row.parts.filter(done_at=None).exists():
            raise WrongState(_("Not every side has done its part."), code="parts_open")
        ask = registry.Name.WORK_ORDER_RUNS
        if done and row.order and any(registry.call(ask, number=row.order)):
            raise WrongState(
                _("The work order %(number)s is not done yet.") % {"number": row.order},
                code="order_runs",
            )
        row.state = PromiseState.DONE if done else PromiseState.DROPPED
        row.ended_on = timezone.localdate(now)
        row.save(update_fields=["state", "ended_on"])
        _add_entry(row, text, attachments, by, now)
        audit.record(
            "deliberation.end-promise", by=by, obj=row, now=now, detail={"state": row.state}
        )
    return row


def finish_part(
    *, promise: Promise, side: SideKind, result: str, by: "User", now: datetime
) -> Promise:
    """A side has done its part of the joint work order; the organisers may write it down for it."""
    with transaction.atomic():
        row = _locked(promise, by, keeping=False)
        part = row.parts.select_for_update().filter(side=side).first()
        if part is None:
            raise Refused(_("This side has no part in it."), code="unknown_side", field="side")
        own = {SIDE_OF[who] for who in WORKFLOW.relations(row.topic, by) & SIDE_OF.keys()}
        if side not in own and not by.has_perm(KEEP, row.topic):
            raise NotAllowed(_("You do not speak for this side."))
        if part.done_at is not None:
            raise WrongState(_("This part is done already."), code="ended")
        part.result, part.done_by, part.done_at = result.strip(), by, now
        part.save(update_fields=["result", "done_by", "done_at"])
        audit.record(
            "deliberation.finish-part", by=by, obj=row, now=now, detail={"side": side.value}
        )
    return row


def open_order(*, promise: Promise, category: str, by: "User", now: datetime) -> Promise:
    """Opens a work order for a promise, in whichever upper floor keeps work orders.

    `category` is the code of a kind of work. Raises Refused for an unknown one; WrongState
    (`order_open`) for a second order, (`no_orders`) where nobody keeps any.
    """
    with transaction.atomic():
        row = _locked(promise, by)
        if row.order:
            raise WrongState(_("A work order is open for it."), code="order_open")
        asked: dict[str, Any] = {
            "unit": row.topic.unit,
            "title": row.text[:80],
            "text": _("Promised in the topic “%(topic)s”: %(what)s. Done by %(owner)s until %(day)s.")
            % {
                "topic": row.topic.title, "what": row.text, "owner": row.owner,
                "day": date_format(row.due_on),
            },
            "category": category,
            "by": by,
            "now": now,
        }  # fmt: skip
        numbers = [one for one in registry.call(registry.Name.OPEN_WORK_ORDER, **asked) if one]
        if not numbers:
            raise WrongState(_("No work orders are kept here."), code="no_orders")
        row.order = numbers[0]
        row.save(update_fields=["order"])
        audit.record(
            "deliberation.open-order", by=by, obj=row, now=now, detail={"order": row.order}
        )
    return row


def must_keep(by: "User", topic: Topic) -> None:
    """Raises NotAllowed for who does not organise what the topic decided."""
    if not by.has_perm(KEEP, topic):
        raise NotAllowed(_("Only the committee and the community keep what was promised."))


def _locked(promise: Promise, by: "User", *, keeping: bool = True) -> Promise:
    rows = Promise.objects.select_for_update(of=("self",)).select_related("topic__unit")
    row = rows.get(pk=promise.pk)
    if keeping:
        must_keep(by, row.topic)
    if row.state != PromiseState.PLANNED:
        raise WrongState(_("This promise is no longer open."), code="ended")
    return row


def _add_entry(
    row: Promise, text: str, attachments: Sequence[Attachment], by: "User", now: datetime
) -> None:
    entry = PromiseEntry.objects.create(promise=row, text=text.strip(), by=by, at=now)
    PromiseAttachment.objects.bulk_create(
        PromiseAttachment(entry=entry, attachment=one, position=position)
        for position, one in enumerate(own_attachments(attachments, by.pk))
    )
