"""Pages of a register: its list at one's own place, and one form that enters, changes and ends."""

from collections.abc import Collection
from functools import partial
from itertools import groupby
from operator import methodcaller
from typing import Any

from django.db.models import Case, When
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from orgs.models.registers import UnitRow
from orgs.registers import rows
from orgs.registers.filters import UnitRowFilter, at_own_place
from orgs.units.queries import unit_for
from orgs.web.editing import Edited, columns
from orgs.web.form_fields import RowForm
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key


def register_page(
    request: HttpRequest,
    filter_class: type[UnitRowFilter],
    row: str,
    *,
    add: str,
    by: str,
) -> HttpResponse:
    """The entries in force, grouped `by` a column in the order of its choices, as entered.

    `row` is the template of one `entry`; `kept` are the entries that its reader may change; `add` is
    the name of the address where one is entered.
    """
    model = filter_class.Meta.model
    field: Any = model._meta.get_field(by)
    choices = field.choices
    rank = Case(*[When(**{by: code, "then": rank}) for rank, (code, _label) in enumerate(choices)])
    label_of = methodcaller(f"get_{by}_display")
    chosen = at_own_place(request, filter_class)
    page = page_by_key(request, chosen.qs.annotate(rank=rank), order=("rank",))
    may, unit = request.user.has_perm, chosen.place
    context = {
        "heading": _title(model),
        "row": row,
        "groups": [(label, list(entries)) for label, entries in groupby(page.rows, label_of)],
        "page": page,
        "form": chosen.form,
        "unit": unit,
        "add": reverse(add, args=[unit.code])
        if unit and may(rows.permission(model, "add"), unit)
        else "",
        "kept": [one for one in page.rows if may(rows.permission(model, "change"), one)],
    }
    return render(request, "orgs/registers/register.html", context)


def entry_page(
    request: HttpRequest,
    model: type[UnitRow],
    fields: Collection[str],
    *,
    back: str,
    code: str = "",
    pk: int = 0,
) -> HttpResponse:
    """The form of an entry: a new one at a unit (`code`), or one that is there (`pk`), which may end.

    `back` is the name of the list's address.
    """
    row, call = None, rows.change
    if code:
        unit = unit_for(request.user, code, rows.permission(model, "add"))
        row, call = model(unit=unit), rows.add
    else:
        row = row_for(request, model, pk, rows.permission(model, "change"), "unit")
        fields = (*fields, "ends")
    return use_case_page(
        request,
        partial(modelform_factory(model, RowForm, fields=fields), instance=row),
        partial(call, row=row),
        heading=f"{_title(model)} · {row.unit.short_name}",
        done=lambda row: _("Entered: %(entry)s") % {"entry": row},
        back=f"{reverse(back)}?unit={row.unit.code}",
        edits=Edited(row, columns(*fields)) if pk else None,
    )


def _title(model: type[UnitRow]) -> str:
    return capfirst(str(model._meta.verbose_name_plural))
