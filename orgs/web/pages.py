"""Answers that many pages give: one form, one button, one workbook, the way down to a unit."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from operator import attrgetter
from types import MappingProxyType
from typing import IO, Any, TypeAlias, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from orgs.accounts.sign_in import signed_in
from orgs.attachments.uploads import kept_by, store_each
from orgs.errors import DomainError, NotAllowed
from orgs.models import Unit
from orgs.web import once
from orgs.web.editing import FIELD, ChangedMeanwhile, Edited
from orgs.web.form_fields import KEPT, FilesField, is_filled
from orgs.web.refusals import SaidOnNextPage, audit_refusal, refuse
from orgs.web.unsent.forms import restored

Result = TypeVar("Result")

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Labels with their addresses, from the top down; the page itself, the last, has none.
Trail: TypeAlias = list[tuple[str, str]]


def use_case_page(
    request: HttpRequest,
    form_class: Callable[..., BaseForm],
    call: Callable[..., Result],
    *,
    heading: str = "",
    submit: str = "",
    done: str | Callable[[Result], str] = "",
    back: str,
    then: Callable[[Result], str] | None = None,
    refused_field: str | None = None,
    edits: Edited | None = None,
    **page: Any,
) -> HttpResponse:
    """A page with one form that makes one call of a use-case.

    The call gets what was typed, `by` and `now`; files are stored first and handed on as
    attachments. `done` is the sentence about what the call gave ("": the next page says it), `then`
    the address to go on to (`back` where it is left out), `page` is for the template. `edits` is the
    row that the form shows as it is: who is second to change it sees what the first one did. What is
    refused is said in the form, with what was typed (400): beside `refused_field` where the refusal
    names none.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method == "POST" and (before := once.earlier(request)):
        return before
    if request.method == "POST":
        form = form_class(request.POST, request.FILES)
    else:
        form = restored(request, form_class)
    is_right = request.method == "POST" and is_filled(form)
    body = store_files(request, form) if request.method == "POST" else None
    if is_right and body is not None:
        words = body

        def work() -> tuple[str, str]:
            with transaction.atomic() if edits else nullcontext():
                if edits:
                    edits.refuse_changed(request)
                result = call(**words, by=signed_in(request), now=timezone.now())
            return _said_and_next(result, done, then, back)

        try:
            return redirect(once.done_once(request, work))
        except NotAllowed:
            raise  # nothing that was typed is the reason
        except ChangedMeanwhile as error:
            assert edits is not None, "raised for an edited row only"
            audit_refusal(request, error)
            edits = edits.fresh()
            form = form_class(edits.merged(request, form, error.names), request.FILES)
            edits.explain(form, error.names)
            page |= {"status": error.status, "shown": edits.shown()}
        except DomainError as error:
            refuse(request, form, error, field=refused_field)
    if edits:
        # Words that come back go on comparing with what their author saw, not with the row of now.
        page.setdefault("shown", form.data.get(FIELD) or edits.shown())
    return form_page(request, form, heading, submit or _("Save"), back, **page)


def use_case_button(
    request: HttpRequest,
    call: Callable[..., Result],
    *,
    done: str | Callable[[Result], str] = "",
    back: str,
    then: Callable[[Result], str] | None = None,
    asked_at: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    """A button that makes one call of a use-case, and the page that it leads to.

    As `use_case_page` without anything to type: pressed twice it is done once, and what is refused is
    said on `back`, or on the page that asks for what is missing: `asked_at` has it by the code.
    """
    if before := once.earlier(request):
        return before

    def work() -> tuple[str, str]:
        result = call(by=signed_in(request), now=timezone.now())
        return _said_and_next(result, done, then, back)

    with SaidOnNextPage(request) as refusal:
        return redirect(once.done_once(request, work))
    return redirect(asked_at.get(refusal.code, back))


def _said_and_next(
    result: Result,
    done: str | Callable[[Result], str],
    then: Callable[[Result], str] | None,
    back: str,
) -> tuple[str, str]:
    """The sentence about what a call gave, and the address to go on to."""
    return done(result) if callable(done) else done, then(result) if then else back


def store_files(request: HttpRequest, form: BaseForm) -> dict[str, Any] | None:
    """What was typed, with the files stored; None where something is refused, which the form then says.

    Files are kept whatever else is wrong: the form shows them, and takes them when it is sent again.
    """
    body = dict(form.cleaned_data)
    keeps = getattr(form, "keeps_files", True) or not form.errors
    for name, field in form.fields.items():
        if isinstance(field, FilesField) and keeps:
            kept = kept_by(request, request.POST.getlist(f"{name}{KEPT}"))
            uploads = request.FILES.getlist(form.add_prefix(name))
            stored, problems = store_each(request, uploads[: max(field.most - len(kept), 0)])
            if len(kept) + len(uploads) > field.most and name not in form.errors:
                message = field.error_messages["too_many"] % {"most": field.most}
                problems.append(str(message))
            body[name] = field.widget.kept = [*kept, *stored]
            for problem in problems:
                form.add_error(name, problem)
    return None if form.errors else body


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


def row_for(
    request: HttpRequest, model: type[Model], pk: int, perm: str, *related: str, at: str = ""
) -> Any:
    """The row of a page, with `related` ones. Raises Http404 out of sight, PermissionDenied without
    `perm` for it, or for what lies `at` the end of a way like `household__building`."""
    seen = model._default_manager.visible_to(signed_in(request), one=True)  # type: ignore[attr-defined]
    row = get_object_or_404(seen.select_related(*related), pk=pk)
    if not request.user.has_perm(perm, attrgetter(at.replace("__", "."))(row) if at else row):
        raise PermissionDenied
    return row


def trail(unit: Unit, last: str) -> Trail:
    """The way down to a unit, and the page itself."""
    above = unit.get_ancestors(include_self=True)
    return [
        *((ancestor.short_name, reverse("orgs:unit", args=[ancestor.code])) for ancestor in above),
        (last, ""),
    ]


def page_worker(request: HttpRequest, *, kept: str, path: str) -> HttpResponse:
    """The script by which a browser keeps the pages below `path`, and opens them without a network.

    `kept` names the store. Only for pages that name nobody in full: they stay until somebody is found to
    be signed out.
    """
    answer = render(
        request,
        "components/worker.js",
        {"kept": kept, "path": path},
        content_type="text/javascript",
    )
    answer["Cache-Control"] = "no-cache"
    return answer


def workbook(content: bytes | IO[bytes], name: str) -> HttpResponseBase:
    """A workbook that a browser saves as `name`.xlsx; an open file is sent in pieces."""
    if not isinstance(content, bytes):
        return FileResponse(
            content,
            as_attachment=True,
            filename=f"{name}.xlsx",
            content_type=WORKBOOK_TYPE,
        )
    disposition = content_disposition_header(True, f"{name}.xlsx")
    return HttpResponse(
        content,
        content_type=WORKBOOK_TYPE,
        headers={"Content-Disposition": disposition},
    )


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF shown in the browser; saved, it is called `name`.pdf."""
    headers = {"Content-Disposition": str(content_disposition_header(False, f"{name}.pdf"))}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def dated(title: str) -> str:
    """A file's name of what is different tomorrow."""
    return f"{title}{timezone.localdate():%Y%m%d}"
