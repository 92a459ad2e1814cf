"""The roster of a campaign list: its measures, added and changed by Excel, out and in again."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from orgs.enums import Verdict
from orgs.imports.rosters import SMALL, Column, Links, Roster, Row, Run, Touches
from orgs.imports.undo import ChangedSince
from orgs.imports.workbooks import cells, spreadsheets
from orgs.models import Department, LedgerImport
from orgs.values.sentences import gettext as _
from tasks.campaigns.campaigns import (
    MAX_MEASURES,
    MAX_NUMBER,
    first_warning,
    locked_campaign,
    next_number,
)
from tasks.campaigns.queries import departments_for
from tasks.enums import MeasureAction, MeasureState, Permission
from tasks.models import Campaign, Measure, MeasureEntry

_BETWEEN = re.compile(r"[、,，;；/\s]+")


def _number(value: Any) -> int:
    written = spreadsheets.text(value)
    if not (written.isascii() and written.isdigit() and 0 < int(written[:9]) <= MAX_NUMBER):
        raise cells.bad(_("Write a whole number from 1 to %(most)d.") % {"most": MAX_NUMBER})
    return int(written)


def _text_of(name: str) -> Callable[[Any], str]:
    return cells.line(getattr(Measure._meta.get_field(name), "max_length", 0))


def _department_names(campaign: Campaign | None) -> Sequence[str]:
    """For the drop-down: the departments that a list may name."""
    departments = departments_for(campaign).order_by("code") if campaign else []
    return [department.short_name for department in departments]


COLUMNS = (
    Column(
        "number", "序号", _number, example=1,
        note=gettext_lazy("a whole number, once in the list; empty: the next one, or that of the same measure"),
    ),
    Column(
        "aspect", "方面", _text_of("aspect"), example="公共安全",
        note=gettext_lazy("empty: as in the row above"),
    ),
    Column(
        "problem", "问题", _text_of("problem"), example="飞线充电屡禁不止",
        note=gettext_lazy("empty: as in the row above"),
    ),
    Column("text", "措施", _text_of("text"), required=True, example="每个小区建成集中充电桩"),
    Column(
        "lead", "牵头单位", cells.line(80), required=True, example="城管局",
        offers=_department_names,
        note=gettext_lazy("one department by its short name, name or code"),
    ),
    Column(
        "assist", "协办单位", cells.line(400), example="住建局、消防大队",
        note=gettext_lazy("any number of departments, separated by “、”"),
    ),
    Column(
        "due_on", "完成时限", cells.day, required=True, example="2026-06-30",
        note=gettext_lazy("a day within those of the list, like 2026-06-30"),
    ),
)  # fmt: skip


@dataclass
class _Pass:
    """What one pass over a sheet knows of the list and of the rows before."""

    campaign: Campaign
    known: dict[int, Measure]
    departments: dict[str, Department]
    # The numbers on the list by what the measures say: a row without a number is one of them, or new.
    by_words: dict[tuple[str, str, str], list[int]]
    above: dict[str, str] = field(default_factory=lambda: {"aspect": "", "problem": ""})
    rows: dict[int, int] = field(default_factory=dict)
    added: int = 0


@dataclass
class _Line:
    """What a row says of a measure."""

    number: int | None
    values: dict[str, Any]
    assist: list[Department]
    measure: Measure | None = None


def _begin(run: Run) -> _Pass:
    if "pass" not in run.seen:
        campaign = locked_campaign(run.target, run.by) if run.applying else run.target
        measures = Measure.objects.filter(campaign=campaign).prefetch_related("assist")
        if run.applying:
            measures = measures.select_for_update(of=("self",))
        known = {measure.number: measure for measure in measures.order_by("number")}
        departments = {
            spreadsheets.text(name).casefold(): department
            for department in departments_for(campaign)
            for name in (department.name, department.short_name, department.code)
        }
        by_words = defaultdict(list)
        for number, measure in known.items():
            by_words[measure.aspect, measure.problem, measure.text].append(number)
        run.seen["pass"] = _Pass(campaign, known, departments, by_words)
    begun: _Pass = run.seen["pass"]
    return begun


def plan(rows: list[Row], run: Run) -> None:
    """A measure is added, or a known one that is under way is changed."""
    begun = _begin(run)
    for row in rows:
        line = _line(row, begun)
        if row.is_wrong:
            continue
        row.plan = line
        line.measure = begun.known.get(line.number or 0)
        if line.measure is None:
            row.verdict = Verdict.NEW
        else:
            row.changes = _changes(line.measure, line)
            row.verdict = Verdict.CHANGED if row.changes else Verdict.UNCHANGED
        _refuse_clash(row, line, begun)


def _line(row: Row, begun: _Pass) -> _Line:
    """One row; every wrong cell is noted on it."""
    for key in begun.above:
        begun.above[key] = row.get(key) or begun.above[key]
        if not begun.above[key]:
            row.wrong(key, _("This cell is needed."))
    due_on = date.fromisoformat(row.get("due_on")) if row.get("due_on") else date.min
    campaign = begun.campaign
    if row.get("due_on") and not campaign.starts <= due_on <= campaign.ends:
        facts = {"first": campaign.starts, "last": campaign.ends}
        message = _("The limit lies within the days of the list: %(first)s to %(last)s.")
        row.wrong("due_on", message % facts)
    lead = _department(row, "lead", row.get("lead"), begun)
    parts = dict.fromkeys(part for part in _BETWEEN.split(row.get("assist")) if part)
    assist = [_department(row, "assist", part, begun) for part in parts]
    values = {
        **begun.above,
        "text": row.get("text"),
        "lead_id": lead.pk if lead else None,
        "due_on": due_on,
        "warn_on": first_warning(campaign.starts, due_on) if not row.is_wrong else None,
    }
    assisting = dict.fromkeys(
        department for department in assist if department and department != lead
    )
    line = _Line(row.get("number", None), values, list(assisting))
    same = begun.by_words[values["aspect"], values["problem"], values["text"]]
    if line.number is None and same and not row.is_wrong:
        line.number = same.pop(0)
    return line


def _department(row: Row, key: str, name: str, begun: _Pass) -> Department | None:
    department = begun.departments.get(spreadsheets.text(name).casefold())
    if name and department is None:
        sentence = _("There is no department “%(name)s” that this list can name.")
        row.wrong(key, sentence % {"name": name[:40]})
    return department


def _changes(measure: Measure, line: _Line) -> list[str]:
    """The columns in which a row says something else than the list."""
    changed = [name for name, value in line.values.items() if getattr(measure, name) != value]
    if {department.pk for department in measure.assist.all()} != {
        department.pk for department in line.assist
    }:
        changed.append("assist")
    return [name.removesuffix("_id") for name in changed if name != "warn_on"]


def _refuse_clash(row: Row, line: _Line, begun: _Pass) -> None:
    """What stands against a row's number, and against one more."""
    if line.number is not None:
        first = begun.rows.setdefault(line.number, row.number)
        if first != row.number:
            row.wrong("number", _("Row %(row)d has this number.") % {"row": first})
            return
    if line.measure is None:
        begun.added += 1
        if len(begun.known) + begun.added > MAX_MEASURES:
            message = _("A list holds at most %(most)d measures.")
            row.wrong("number", message % {"most": MAX_MEASURES})
    elif row.changes and line.measure.state != MeasureState.OPEN:
        sentence = _("This measure is %(state)s and cannot be changed.")
        row.wrong("number", sentence % {"state": MeasureState(line.measure.state).label})


def write(rows: list[Row], run: Run) -> None:
    """Measures with their assists and the entries of their timelines, each in one statement."""
    begun, lines = _begin(run), [(row, row.plan) for row in rows]
    given = [line.number for _row, line in lines if line.number is not None]
    number = max([next_number(begun.campaign) - 1, *given])
    for _row, line in lines:
        if line.number is None:
            line.number = number = number + 1
    new = [(row, line) for row, line in lines if line.measure is None]
    changed = [(row, line) for row, line in lines if line.measure]
    for _row, line in new:
        line.measure = Measure(campaign=begun.campaign, number=line.number, **line.values)
    run.create([(row, line.measure) for row, line in new])
    run.change([(row, line.measure, line.values) for row, line in changed])
    _write_assists(changed, new, run)
    for kind, some in ((MeasureAction.ADD, new), (MeasureAction.CHANGE, changed)):
        run.create(
            [
                (row, MeasureEntry(measure=line.measure, action=kind, by=run.by, at=run.now))
                for row, line in some
            ]
        )


def _write_assists(
    changed: list[tuple[Row, _Line]], new: list[tuple[Row, _Line]], run: Run
) -> None:
    through = Measure.assist.through
    rows = {line.measure.pk: row for row, line in changed if line.measure}
    wanted = {
        (line.measure.pk, department.pk): row
        for row, line in (*new, *changed)
        if line.measure
        for department in line.assist
    }
    present = {
        (link.measure_id, link.department_id): link
        for link in through._default_manager.filter(measure__in=rows)
    }
    run.delete([(rows[key[0]], link) for key, link in present.items() if key not in wanted])
    run.create(
        [
            (row, through(measure_id=key[0], department_id=key[1]))
            for key, row in wanted.items()
            if key not in present
        ]
    )


def before_undo(imported: LedgerImport, touched: Touches) -> None:
    """Raises ChangedSince for measures whose timelines went on, their own columns changed or not."""
    rows = touched.get(Measure._meta.label, {})
    own = touched.get(MeasureEntry._meta.label, {})
    list(Measure.objects.select_for_update().filter(pk__in=rows).order_by("pk").values_list("pk"))
    later = MeasureEntry.objects.filter(measure__in=rows, pk__gt=min(own, default=0))
    if went_on := set(later.exclude(pk__in=own).values_list("measure_id", flat=True)):
        raise ChangedSince({rows[key] for key in went_on})


def links(imported: LedgerImport) -> Links:
    """Addresses around an import."""
    campaign = reverse("tasks:campaign", args=[imported.subject_id])
    return Links(
        back=campaign,
        send=reverse("tasks:campaign_import", args=[imported.subject_id]),
        results=[("checklist", gettext_lazy("To the list"), campaign)],
    )


MEASURES = Roster(
    code="measures",
    name=gettext_lazy("measures"),
    about=gettext_lazy(
        "One row for each measure. A number that is on the list changes that measure while it is under "
        "way; other rows are added."
    ),
    columns=COLUMNS,
    permission=Permission.KEEP_CAMPAIGN,
    plan=plan,
    write=write,
    links=links,
    subject="tasks.Campaign",
    limits=SMALL,
    applied_as="tasks.import-campaign",
    before_undo=before_undo,
)
