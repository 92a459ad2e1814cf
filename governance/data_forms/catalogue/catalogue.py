"""The catalogue of forms: what a street admits, which columns the basis covers, taking a form off it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from governance.data_forms.blanks import blanks
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.enums import Ground, Permission, Subject
from governance.data_forms.fields import registry, sensitive
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    BlankForm,
    CatalogueForm,
    Collection,
    CoveredColumn,
    FormColumn,
)
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values.sentences import gettext as _
from residents.privacy.purposes import Use

if TYPE_CHECKING:
    from orgs.models import User

# What is handed over unless the street says otherwise; a sensitive column is not.
_PLAIN = Ground.COVERED


def is_sensitive(column: FormColumn, form: BlankForm) -> bool:
    """Whether a column tells what the law calls sensitive: by what its field is kept for; by its heading
    where somebody types it; all of a form whose rows are chosen by what is sensitive."""
    subject = Subject(form.subject)
    chosen = Filter.of(form.filters).for_subject(subject)
    if _lists_sensitive(chosen) and column.field != registry.SERIAL:
        return True
    use = blanks.use_of(column)
    if use is not None:
        return use.sensitive
    return not column.field and bool(sensitive.matter_of(column.heading, subject))


def _lists_sensitive(chosen: Filter) -> bool:
    """Whether standing on the list tells it already: of a care roster, or of children under fourteen."""
    oldest, youngest = chosen.max_age, chosen.min_age or 0
    lists_children = oldest is not None and oldest < sensitive.GROWN_UP
    return bool(chosen.rosters) or (lists_children and youngest < sensitive.MINOR_AGE)


def proposed(form: BlankForm) -> dict[FormColumn, Ground]:
    """Which columns the street is proposed to hand over: none that is sensitive."""
    return {
        column: Ground.NONE if is_sensitive(column, form) else _PLAIN
        for column in form.columns.all()
    }


@dataclass(frozen=True)
class Described:
    """A column of a form as somebody reads what becomes of it; no `ground` before one is decided."""

    column: FormColumn
    ground: Ground | None
    use: Use | None
    is_sensitive: bool


def described(form: BlankForm, grounds: Mapping[int, Ground]) -> list[Described]:
    """The columns of a form with what the basis says of each."""
    return [
        Described(
            column, grounds.get(column.place), blanks.use_of(column), is_sensitive(column, form)
        )
        for column in form.columns.all()
    ]


def admit(
    collection: Collection, grounds: Mapping[int, Ground], days: int, by: "User", now: datetime
) -> CatalogueForm:
    """Puts the form of a collection on the catalogue, in the caller's transaction.

    `grounds` by column; columns that are left out are as `proposed`. Raises Refused where none is
    handed over, or a column does not exist.
    """
    # What its columns say stays as it is looked at here.
    lock(collection.form)
    decided = {
        column.place: (column, ground) for column, ground in proposed(collection.form).items()
    }
    for place, ground in grounds.items():
        if place not in decided:
            raise Refused(_("There is no such column."), code="unknown_column", field="grounds")
        decided[place] = decided[place][0], ground
    handed = [place for place, (column, ground) in decided.items() if ground != Ground.NONE]
    if not handed:
        raise Refused(
            _("Say which columns the basis covers: without one there is nothing to hand over."),
            code="nothing_covered",
        )
    if collection.form.subject != Subject.PERSON and any(
        ground == Ground.CONSENT for _column, ground in decided.values()
    ):
        raise Refused(_("Only people consent: this form lists none."), code="nobody_consents")
    entry = CatalogueForm.objects.create(
        street=collection.street, form=collection.form, department=collection.department,
        legal_basis=collection.legal_basis, purpose=collection.purpose,
        repeats=collection.repeats, days=days, admitted_by=by, admitted_at=now,
    )  # fmt: skip
    entry.communities.set(collection.communities.all())
    CoveredColumn.objects.bulk_create(
        CoveredColumn(
            entry=entry, column=column, ground=ground, received_whole=ground != Ground.NONE
        )
        for column, ground in decided.values()
    )
    return entry


@transaction.atomic
def end(*, entry: CatalogueForm, reason: str, by: "User", now: datetime) -> CatalogueForm:
    """Takes a form off the catalogue: it is asked no more. Raises NotAllowed, WrongState."""
    if not by.has_perm(Permission.KEEP_CATALOGUE, entry):
        raise NotAllowed(_("The street keeps its catalogue of forms."))
    entry = CatalogueForm.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not entry.is_open:
        raise WrongState(_("This form is off the catalogue already."), code="form_ended")
    entry.ends = timezone.localdate(now)
    entry.save(update_fields=["ends"])
    audit.record("data_forms.end-form", by=by, obj=entry, detail={"reason": reason}, now=now)
    return entry


def grounds_of(entry: CatalogueForm) -> dict[int, Ground]:
    """What the basis of a form says of each column, by its place."""
    covers = entry.covers.values_list("column__place", "ground")
    return {place: Ground(ground) for place, ground in covers}
