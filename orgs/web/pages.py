"""Answers that many pages give: one form, one workbook, the way down to a unit."""

from typing import IO, Any, TypeAlias

from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from orgs.imports import spreadsheets
from orgs.models import Unit

# Labels with their addresses, from the top down; the page itself, the last, has none.
Trail: TypeAlias = list[tuple[str, str]]


def form_page(
    request: HttpRequest,
    form: BaseForm,
    heading: str,
    submit: str,
    back: str,
    *,
    template: str = "components/form_page.html",
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    """One form with its heading; a refused one is answered with 400 and what was typed.

    `more` goes to the template: a `trail`, or what one that extends the common one shows.
    """
    context = {"form": form, "heading": heading, "submit": submit, "back": back} | more
    return render(request, template, context, status=status or (400 if form.errors else 200))


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page; going back in its history wants all of it."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def trail(unit: Unit, last: str) -> Trail:
    """The way down to a unit, and the page itself."""
    above = unit.get_ancestors(include_self=True)
    return [
        *((one.short_name, reverse("orgs:unit", args=[one.code])) for one in above),
        (last, ""),
    ]


def workbook(content: bytes | IO[bytes], name: str) -> HttpResponseBase:
    """A workbook that a browser saves as `name`.xlsx; an open file is sent in pieces."""
    if not isinstance(content, bytes):
        return FileResponse(
            content,
            as_attachment=True,
            filename=f"{name}.xlsx",
            content_type=spreadsheets.CONTENT_TYPE,
        )
    disposition = content_disposition_header(True, f"{name}.xlsx")
    return HttpResponse(
        content,
        content_type=spreadsheets.CONTENT_TYPE,
        headers={"Content-Disposition": disposition},
    )


def to_fill_in(title: str) -> str:
    """The name of a sheet that people fill in."""
    return _("%(title)s, to fill in") % {"title": title}


def dated(title: str) -> str:
    """A file's name of what is different tomorrow."""
    return f"{title}{timezone.localdate():%Y%m%d}"
