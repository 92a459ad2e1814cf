"""What the community (or the street in its place) does with a report: accept, decline, pass, merge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Attachment, Department, Unit, User
from tasks.catalogue.catalogue import rule_in_force
from tasks.enums import Action, DeclineReason, Ending, Status, Triage, WhistleKind, Who
from tasks.models import Category, Task, Transfer
from tasks.models.catalogue import COMPLAINTS
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep, ended
from tasks.workflow.steps.dispatch import refuse_strangers

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def accept(*, task: Task, by: "Actor", now: datetime) -> Task:
    """Takes a report in hand."""
    with WORKFLOW.step(Action.ACCEPT, task, by=by, now=now) as move:
        return move.task


def decline(
    *, task: Task, reason_code: DeclineReason, reason: str, by: "Actor", now: datetime
) -> Task:
    """Refuses a report for one of the reviewed reasons (北京市接诉即办工作条例, article 11)."""
    with WORKFLOW.step(Action.DECLINE, task, by=by, now=now) as move:
        move.task.decline_reason = reason_code
        move.text, move.data = reason, {"reason_code": reason_code}
        return move.task


def whistle(
    *,
    task: Task,
    kind: WhistleKind,
    reason: str,
    by: "Actor",
    now: datetime,
    departments: Sequence[Department] = (),
    attachments: Sequence[Attachment] = (),
) -> Task:
    """Asks the street to call departments (街道吹哨): only the street's dispatch calls them.

    `departments` are proposed to the street. Raises Refused for those that it cannot call.
    """
    with WORKFLOW.step(Action.WHISTLE, task, by=by, now=now) as move:
        refuse_strangers(departments, move.task.unit)
        move.task.whistle_kind = kind
        move.task.whistle_rule = rule_in_force(kind)
        move.task.signed_by = move.task.signed_at = None
        move.text, move.data, move.attachments = reason, {"kind": kind}, attachments
        if departments:
            move.data["departments"] = {one.code: one.short_name for one in departments}
        return move.task


def transfer(*, task: Task, unit: Unit, by: "Actor", now: datetime) -> Task:
    """Passes a report to another community of the same street; the sender keeps reading it.

    Raises Refused for a place outside the street, or in the community where the report is.
    """
    with WORKFLOW.step(Action.TRANSFER, task, by=by, now=now) as move:
        old = move.task.unit
        if unit.kind == UnitKind.STREET or unit.tree_id != old.tree_id:
            raise Refused(_("Choose a community of the same street."), code="bad_unit")
        if community_of(unit) == community_of(old):
            raise Refused(_("The report is in this community already."), code="same_community")
        Transfer.objects.create(task=move.task, from_unit=old, to_unit=unit, at=now)
        move.task.unit, move.task.triage, move.task.moved_at = unit, Triage.COMMUNITY, now
        move.task.handed_to = None
        move.data = {"from": str(old), "to": str(unit)}
        return move.task


def correct(
    *,
    task: Task,
    reason: str,
    by: "Actor",
    now: datetime,
    category: Category | None = None,
    unit: Unit | None = None,
) -> Task:
    """Puts a wrong kind or place right; what stood there before is on the timeline.

    Limits, proposals and the rates follow. Raises Refused where nothing would change, for a heading,
    and for a place outside of what the person answers for: the community's, or the street's.
    """
    with WORKFLOW.step(Action.CORRECT, task, by=by, now=now) as move:
        row = move.task
        if category and category != row.category:
            _correct_category(move, category)
        if unit and unit != row.unit:
            _correct_unit(move, unit)
        if not move.data:
            message = _("Nothing would change: choose another kind or another place.")
            raise Refused(message, code="nothing_changed")
        move.text = reason
        return row


def _correct_category(move: TaskStep, category: Category) -> None:
    row = move.task
    if not category.is_selectable:
        message = _("Choose one of the kinds below this heading.")
        raise Refused(message, code="bad_category", field="category")
    move.data["category"] = [row.category.name, category.name]
    # A report without words of its own is called by its kind.
    if row.title == row.category.name:
        row.title = category.name
    move.data["became_urgent"] = category.is_urgent and not row.is_urgent
    row.category = category
    if category.code == COMPLAINTS and row.status in (Status.SUBMITTED, Status.HANDLING):
        if row.triage != Triage.STREET:
            # Whoever had it in hand is of the community.
            row.handed_to = None
        row.triage = Triage.STREET


def _correct_unit(move: TaskStep, unit: Unit) -> None:
    row = move.task
    old, passed_on = row.unit, community_of(unit) != community_of(row.unit)
    received_by = row.triage
    within_street = Who.STREET in WORKFLOW.relations(row, move.by)
    if unit.tree_id != old.tree_id or (passed_on and not within_street):
        message = _("Choose a place that you answer for; what is another community's is passed on.")
        raise Refused(message, code="bad_unit", field="unit")
    if passed_on:
        Transfer.objects.create(task=row, from_unit=old, to_unit=unit, at=move.now)
    if unit.kind == UnitKind.STREET:
        row.triage = Triage.STREET
    elif row.category.code == COMPLAINTS:
        pass  # the street's wherever it is about
    elif old.kind == UnitKind.STREET and row.status in (Status.SUBMITTED, Status.HANDLING):
        row.triage = Triage.COMMUNITY
    if passed_on or row.triage != received_by:
        # Whoever had it in hand is of another office.
        row.handed_to = None
    move.data["unit"] = [str(old), str(unit)]
    row.unit = unit


def community_of(unit: Unit) -> Unit | None:
    """The community in which a unit lies; None for a street."""
    if unit.kind == UnitKind.STREET:
        return None
    return unit.get_ancestors(include_self=True).get(kind=UnitKind.COMMUNITY)


def merge(*, task: Task, into: Task, by: "Actor", now: datetime, across: bool = True) -> Task:
    """Closes a duplicate, which goes on under the other's number; its reporter keeps following.

    Raises Refused unless `into` is another open task that the person sees, and (`other_kind`) where
    the two are of different kinds and nobody said that they are one problem all the same.
    """
    assert isinstance(by, User), "only staff merge"
    if not Task.objects.all().sees(by, into):
        raise Refused(_("There is no such task in your sight."), code="bad_into")
    if not across and task.category_id != into.category_id:
        raise Refused(of_other_kinds(task, into), code="other_kind", field="across")
    with transaction.atomic():
        # Both in one order, so that two people who merge two tasks into each other do not wait for
        # each other for ever.
        pair = Task.objects.select_for_update().filter(pk__in=[task.pk, into.pk])
        list(pair.order_by("pk").values_list("pk"))
        return _merge(task, into, by, now)


def of_other_kinds(task: Task, other: Task) -> str:
    """Asks whether two reports of different kinds are one problem."""
    kinds = {"own": task.category.name, "other": other.category.name}
    message = _("They are of different kinds: “%(own)s” and “%(other)s”. Is it one problem?")
    return message % kinds


def _merge(task: Task, into: Task, by: "Actor", now: datetime) -> Task:
    with WORKFLOW.step(Action.MERGE, task, by=by, now=now) as move:
        target = WORKFLOW.locked(into)
        if target == move.task or not target.is_open:
            raise Refused(_("Choose another task that is still open."), code="bad_into")
        move.task.merged_into = target
        ended(move, Ending.MERGED)
        move.data = {"into": target.number}
        data = {"from": move.task.number}
        WORKFLOW.record(replace(move, row=target, source=target.status, data=data))
        return move.task
