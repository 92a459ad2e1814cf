"""Blank forms: sending one, and saying what its headings mean."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from governance.data_forms.blanks.admitted import lock_unadmitted
from governance.data_forms.enums import (
    FILLERS,
    AnswerKind,
    Match,
    Permission,
    Subject,
    SumKind,
)
from governance.data_forms.fields import kinds, matching, registry
from governance.data_forms.fields import people as _people
from governance.data_forms.fields import places as _places
from governance.data_forms.fields import work as _work
from governance.data_forms.models import BlankForm, FormColumn, SumPart
from governance.data_forms.sums import parts
from governance.data_forms.workbooks import layout
from governance.data_forms.workbooks import sums as sums_layout
from orgs.audit import audit
from orgs.crypto import fernet
from orgs.errors import NotAllowed, Refused, TooLarge
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values.names import is_visible
from orgs.values.sentences import gettext as _
from residents.privacy.purposes import USES, Use

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import User

# Their fields register themselves.
FIELDS_OF = (_people, _places, _work)
MAX_BYTES = 2 * 1024 * 1024
LONGEST_NAME = 80
# So many headings of earlier forms are looked at for what was chosen there.
MOST_REMEMBERED = 5_000


@transaction.atomic
def add(
    *, unit: Unit, name: str, subject: Subject, file: "UploadedFile", by: "User", now: datetime
) -> BlankForm:
    """Keeps a blank form, with the fields that its headings are thought to mean.

    Raises NotAllowed outside of one's places; what `read_in` raises.
    """
    if not by.has_perm(Permission.FILL_FORMS, unit) or unit.level > 1:
        raise NotAllowed(_("Forms are kept for your own community or street."))
    return read_in(unit=unit, name=name, subject=subject, file=file, by=by, now=now)


def read_in(
    *, unit: Unit, name: str, subject: Subject, file: "UploadedFile", by: "User", now: datetime
) -> BlankForm:
    """Keeps a blank form for whoever was allowed to send it, in the caller's transaction.

    Raises TooLarge, Refused with a sentence about what is wrong with the file.
    """
    name = name.strip()
    if not is_visible(name) or len(name) > LONGEST_NAME:
        raise Refused(_("Give the form a name of at most 80 characters."), field="name")
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge(_("A blank form has at most 2 MB."))
    content = file.read()
    counts = subject == Subject.SUMS
    found = sums_layout.read(content) if counts else layout.read(content)
    form: BlankForm = BlankForm.objects.create(
        unit=unit, name=name, subject=subject, filters={"unit": unit.code}, sheet=found.sheet,
        heading_row=found.heading_row, first_row=found.first_row, last_row=found.last_row,
        foot_row=found.foot_row, file_name=(file.name or "")[:200],
        content=fernet().encrypt(content), by=by, at=now,
    )  # fmt: skip
    if isinstance(found, layout.Layout):
        detail = _add_columns(form, found, by)
    else:
        detail = _add_parts(form, found, by)
    audit.record("data_forms.add-form", by=by, obj=form, detail=detail, now=now)
    return form


def _add_columns(form: BlankForm, found: layout.Layout, by: "User") -> dict[str, int]:
    """The columns of a form with rows, each with its field; numbers for the audit."""
    subject = Subject(form.subject)
    matched = matching.match(found.headings, subject, remembered(by, subject))
    columns = []
    for heading in found.headings:
        match, guess = matched[heading.place], kinds.guess(heading)
        columns.append(
            FormColumn(
                form=form, place=heading.place, heading=heading.text, key=heading.key,
                field=match.field, match=match.match, certainty=match.certainty,
                computed=heading.computed, kind=guess.kind, options=guess.options, asked=guess.asked,
            )
        )  # fmt: skip
    SumPart.objects.bulk_create(parts.propose_columns(form, columns, by))
    FormColumn.objects.bulk_create(columns)
    return {"columns": len(columns), "known": sum(bool(column.field) for column in columns)}


def _add_parts(form: BlankForm, found: sums_layout.SumLayout, by: "User") -> dict[str, int]:
    """The lines and cells of a form that counts; numbers for the audit."""
    made = SumPart.objects.bulk_create(parts.propose(form, found.words, by))
    said = [part for part in made if part.text]
    return {"lines": len(said), "known": sum(part.kind != SumKind.NONE for part in said)}


def remembered(user: "User", subject: Subject) -> dict[str, str]:
    """What people chose for headings on forms of the same streets: the latest choice counts."""
    streets = {
        held.area.tree_id for held in reach_of(user).holdings if held.area and held.role in FILLERS
    }
    chosen = FormColumn.objects.filter(
        match=Match.CHOSEN, form__subject=subject, form__unit__tree_id__in=streets
    )
    latest = chosen.order_by("-pk").values_list("key", "field")[:MOST_REMEMBERED]
    # Of the same key the latest stands last, and so counts.
    return {key: field for key, field in reversed(list(latest)) if field}


# What is chosen for a column instead of a field: left empty on purpose, or asked for as such a kind.
LEFT_EMPTY = "left_empty"
ASKED_AS = {f"asked_{kind.value}": kind for kind in AnswerKind}


@transaction.atomic
def choose_fields(
    *,
    form: BlankForm,
    fields: dict[int, str],
    options: dict[int, list[str]] | None = None,
    by: "User",
    now: datetime,
) -> BlankForm:
    """Says what stands in columns, by column: the code of a field, LEFT_EMPTY, or one of ASKED_AS for
    what somebody has to answer ("" for text). `options`: the words of a choice.

    Raises NotAllowed; WrongState (`form_admitted`); Refused for a field of another subject, where one
    stands in two columns, and for a choice of fewer than two words.
    """
    if not by.has_perm(Permission.KEEP_FORMS, form):
        raise NotAllowed(_("Only those who work for this place keep its forms."))
    lock_unadmitted(form)
    columns = {column.place: column for column in form.columns.all()}
    known = {field.code for field in registry.of(Subject(form.subject))} | {registry.SERIAL}
    if Subject(form.subject) in parts.OF_PLACES:
        known.add(registry.COUNT)
    changed = []
    for place, code in fields.items():
        is_field = code in known
        if place not in columns or not (is_field or code in ("", LEFT_EMPTY, *ASKED_AS)):
            raise Refused(_("There is no such field."), code="unknown_field")
        column = columns[place]
        before = chosen_for(column), column.options
        if not is_field:
            _ask(column, code, (options or {}).get(place, column.options))
        elif column.field != code:
            column.field, column.match, column.certainty = code, Match.CHOSEN, 100
        if (chosen_for(column), column.options) != before:
            changed.append(column)
    _refuse_twice(columns)
    FormColumn.objects.bulk_update(
        changed, ["field", "match", "certainty", "kind", "options", "asked"]
    )
    parts.follow_columns(form, columns.values())
    audit.record(
        "data_forms.choose-fields", by=by, obj=form, detail={"columns": len(changed)}, now=now
    )
    return form


def chosen_for(column: FormColumn) -> str:
    """What is chosen for a column, as `choose_fields` takes it."""
    if column.field:
        return column.field
    return f"asked_{column.kind}" if column.asked else LEFT_EMPTY


def _ask(column: FormColumn, code: str, options: list[str]) -> None:
    """A column that the portal does not fill: asked for, or left empty."""
    column.field, column.match, column.certainty = "", Match.NONE, 0
    column.asked = code != LEFT_EMPTY
    if not column.asked:
        return
    column.kind = ASKED_AS.get(code, AnswerKind.TEXT)
    column.options = list(dict.fromkeys(options))
    if column.kind == AnswerKind.CHOICE and len(column.options) < 2:
        raise Refused(
            _("Write the words of the choice, at least two, separated by “、”."),
            code="no_options",
            field=f"options_{column.place}",
        )


def _refuse_twice(columns: dict[int, FormColumn]) -> None:
    seen: dict[str, FormColumn] = {}
    for column in columns.values():
        if column.field not in ("", registry.COUNT) and column.field in seen:
            message = _("“%(one)s” and “%(other)s” would say the same: choose another field.")
            words = {"one": seen[column.field].heading, "other": column.heading}
            raise Refused(message % words, code="field_twice", field=f"column_{column.place}")
        seen[column.field] = column


def use_of(column: FormColumn) -> Use | None:
    """For what the field of a column is kept; None for what says nothing about a person."""
    field = registry.get(column.field)
    if field is None or not field.column:
        return None
    app, model, name = field.column.split(".")
    return USES[f"{app}.{model}"][name]
