"""What the lines and cells of a form that counts mean: proposed from their words, corrected by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from governance.data_forms.blanks.admitted import lock_unadmitted
from governance.data_forms.enums import FILLERS, ROWS, Match, Permission, Subject, SumKind
from governance.data_forms.fields import registry
from governance.data_forms.fillings import filters, words
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import BlankForm, FormColumn, SumPart
from governance.data_forms.workbooks.sums import Words, key_of
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User

# So many words of earlier forms are looked at for what was chosen there.
MOST_REMEMBERED = 5_000
# Places are known by their names down to compounds: buildings are called alike everywhere.
LOWEST_PLACE = 2
# What a number can be of: departments have their figures, and nothing else to be counted by.
COUNTED = tuple(subject for subject in ROWS if subject != Subject.DEPARTMENT)
# Of these subjects a column may count what lies in the place of each row.
OF_PLACES = frozenset({Subject.BUILDING, Subject.COMPOUND, Subject.COMMUNITY})


@dataclass(frozen=True)
class Chosen:
    """What somebody said that words count."""

    kind: SumKind
    subject: Subject | None = None
    filters: Filter = field(default_factory=Filter)


@dataclass(frozen=True)
class Known:
    """What is proposed for words, from what it is known and how surely in per cent."""

    chosen: Chosen
    match: Match
    certainty: int


NOTHING = Known(Chosen(SumKind.NONE), Match.NONE, 0)


def propose(form: BlankForm, found: Iterable[Words], by: "User") -> list[SumPart]:
    """The parts of a form that counts, not saved yet."""
    places, earlier = place_names(form.unit), remembered(by)
    parts = []
    for said in found:
        is_cell = bool(said.row and said.place)
        if is_cell and not said.text:
            known = Known(Chosen(SumKind.FOLLOWS), Match.SAME, 100)
        else:
            known = meaning_of(said.text, places, earlier, adds=not is_cell)
        parts.append(_part(form, said, known))
    return parts


def propose_columns(form: BlankForm, columns: Sequence[FormColumn], by: "User") -> list[SumPart]:
    """The columns that count, of a form with one row for each place; those are marked so."""
    if Subject(form.subject) not in OF_PLACES:
        return []
    earlier, parts = remembered(by), []
    for column in columns:
        if column.computed or column.match in (Match.SAME, Match.REMEMBERED, Match.CHOSEN):
            continue
        known = meaning_of(column.heading, {}, earlier, adds=False)
        if known.chosen.kind == SumKind.COUNT and known.chosen.subject and known.certainty == 100:
            column.field, column.match = registry.COUNT, known.match
            column.certainty = known.certainty
            parts.append(_part(form, Words(0, column.place, column.heading), known))
    return parts


def follow_columns(form: BlankForm, columns: Iterable[FormColumn]) -> None:
    """After somebody said which columns count: each of them has its part, and no other one."""
    counting = {column.place: column for column in columns if column.field == registry.COUNT}
    form.parts.filter(row=0).exclude(place__in=counting).delete()
    there = set(form.parts.filter(row=0).values_list("place", flat=True))
    SumPart.objects.bulk_create(
        _part(form, Words(0, place, column.heading), NOTHING)
        for place, column in counting.items()
        if place not in there
    )


def meaning_of(
    text: str, places: Mapping[str, str], earlier: Mapping[str, Chosen], *, adds: bool
) -> Known:
    """What words are thought to mean; of words over several lines all together, else the last alone.

    `adds`: whether they may say that other lines are added up.
    """
    own = text.rsplit(" · ", 1)[-1]
    for said in (text, own):
        if chosen := earlier.get(key_of(said)):
            return Known(chosen, Match.REMEMBERED, 100)
    if words.is_total(own):
        return Known(Chosen(SumKind.TOTAL), Match.SAME, 100) if adds else NOTHING
    meanings = [words.read(said, places) for said in dict.fromkeys((text, own))]
    meaning = max(meanings, key=lambda one: one.certainty)
    if not meaning.is_known:
        return NOTHING
    match = Match.SAME if meaning.certainty == 100 else Match.ALIKE
    return Known(Chosen(SumKind.COUNT, meaning.subject, meaning.filters), match, meaning.certainty)


def _part(form: BlankForm, said: Words, known: Known) -> SumPart:
    chosen = known.chosen
    return SumPart(
        form=form, row=said.row, place=said.place, text=said.text, key=key_of(said.text),
        kind=chosen.kind, subject=chosen.subject or "", filters=chosen.filters.said,
        match=known.match, certainty=known.certainty, formula=said.formula,
    )  # fmt: skip


def place_names(unit: Unit) -> dict[str, str]:
    """The codes of a place and of what lies in it, by the names that forms give them.

    A name that two places share means neither.
    """
    found: dict[str, str] = {}
    inside = Unit.objects.filter(lies_in(unit), level__lte=LOWEST_PLACE).order_by("tree_id", "lft")
    for place in inside:
        for name in {words.normalised(place.name), words.normalised(place.short_name)}:
            found[name] = "" if name in found else place.code
    return {name: code for name, code in found.items() if code}


def remembered(user: "User") -> dict[str, Chosen]:
    """What people chose for words on forms of the same streets: the latest choice counts."""
    streets = {
        held.area.tree_id for held in reach_of(user).holdings if held.area and held.role in FILLERS
    }
    chosen = SumPart.objects.filter(match=Match.CHOSEN, form__unit__tree_id__in=streets)
    latest = chosen.exclude(key="").order_by("-pk")
    rows = latest.values_list("key", "kind", "subject", "filters")[:MOST_REMEMBERED]
    # Of the same key the latest stands last, and so counts. A place belongs to its own form.
    return {
        key: Chosen(SumKind(kind), Subject(subject) if subject else None, Filter.of(said))
        for key, kind, subject, said in reversed(list(rows))
        if not said.get("unit")
    }


@transaction.atomic
def choose(
    *, part: SumPart, kind: SumKind, subject: Subject | None, filters_: Filter, by: "User",
    now: datetime,
) -> SumPart:  # fmt: skip
    """Says what a line or a cell counts from now on.

    Raises NotAllowed for a form or a place that is none of one's own, and for a care roster that one is
    not named for; WrongState (`form_admitted`); Refused where it says nothing, or what this part cannot
    say.
    """
    form = part.form
    if not by.has_perm(Permission.KEEP_FORMS, form):
        raise NotAllowed(_("Only those who work for this place keep its forms."))
    lock_unadmitted(form)
    if kind == SumKind.FOLLOWS and (not part.is_cell or part.text):
        raise Refused(_("Only a cell of a table follows its row and its column."), field="kind")
    if kind == SumKind.TOTAL and part.is_cell:
        raise Refused(_("Only a whole row or column adds up the others."), field="kind")
    asked = Filter()
    if kind == SumKind.COUNT:
        asked = _checked(form, part, subject, filters_, by)
    part.kind = kind
    part.subject = subject.value if subject and kind == SumKind.COUNT else ""
    part.filters, part.match, part.certainty = asked.said, Match.CHOSEN, 100
    if kind == SumKind.NONE:
        part.match, part.certainty = Match.NONE, 0
    part.save(update_fields=["kind", "subject", "filters", "match", "certainty"])
    detail = {"part": part.text, "counts": in_words(part), "row": part.row, "column": part.place}
    audit.record("data_forms.choose-sum", by=by, obj=form, detail=detail, now=now)
    return part


def _checked(
    form: BlankForm, part: SumPart, subject: Subject | None, asked: Filter, by: "User"
) -> Filter:
    if subject not in (None, *COUNTED):
        raise Refused(_("There is no such field."), field="subject")
    if subject is None and part.is_cell:
        raise Refused(_("Say what this cell counts."), code="no_subject", field="subject")
    if subject:
        asked = asked.for_subject(subject)
    if subject is None and not asked.said:
        raise Refused(
            _("Say what is counted, or of whom: else choose “not known”."),
            code="no_subject", field="subject",
        )  # fmt: skip
    known = Filter.of(form.filters)
    checked = filters.checked(Filter(**asked.said | {"unit": asked.unit or known.unit}), by)
    if asked.unit and not Unit.objects.filter(lies_in(form.unit), code=asked.unit).exists():
        raise Refused(_("This place lies outside of the form's."), code="place", field="unit")
    return Filter(**checked.said | {"unit": asked.unit})


def in_words(part: SumPart) -> str:
    """What a part says, as people say it."""
    if part.kind != SumKind.COUNT:
        return str(SumKind(part.kind).label)
    return counted_in_words(part.counts, Filter.of(part.filters))


def counted_in_words(subject: Subject | None, asked: Filter) -> str:
    """Who is counted: 人：80 岁以上、独居老人、西湖社区."""
    said = filters.words_of(asked)
    if asked.unit:
        unit = filters.unit_by_code(asked.unit)
        said.append(unit.short_name if unit else asked.unit)
    named = "、".join(said)
    if subject is None:
        return named
    if not named:
        return _("all: %(subject)s") % {"subject": subject.label}
    return _("%(subject)s: %(who)s") % {"subject": subject.label, "who": named}
