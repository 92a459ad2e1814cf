"""Pages of collections: what waits, asking, one collection, its steps, its merged copies."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.data_forms.catalogue import catalogue
from governance.data_forms.catalogue.catalogue import grounds_of
from governance.data_forms.collections import collections, queries
from governance.data_forms.collections.forms import CopyForm, ProposeForm, StreetForm, proposed
from governance.data_forms.collections.specification import SPECIFICATIONS
from governance.data_forms.collections.workflow import WORKFLOW
from governance.data_forms.enums import CollectionState, Ground, Permission, Subject
from governance.data_forms.fillings import filters
from governance.data_forms.models import BlankForm, Collection, FilledRun
from governance.data_forms.submissions import merging
from governance.data_forms.submissions import queries as submissions
from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key
from orgs.workflow.views import ActView, open_steps

SHOWN_COPIES = 10


@require_safe
@login_required
def collection_list(request: HttpRequest) -> HttpResponse:
    """What one's communities have to fill in, then the collections in sight, newest first."""
    user, now = signed_in(request), timezone.now()
    if not user.has_perm(Permission.VIEW_COLLECTIONS):
        raise PermissionDenied
    today = timezone.localdate(now)
    waiting = [(row, row.light(today)) for row in submissions.waiting(user)[:50]]
    state = request.GET.get("state", "")
    rows = queries.collections(user)
    if state in CollectionState.values:
        rows = rows.filter(state=state)
    page = page_by_key(request, rows)
    tabs = [("", _("All")), *((one.value, capfirst(str(one.label))) for one in CollectionState)]
    context = {
        "waiting": waiting,
        "page": page,
        "rows": page.rows,
        "state": state,
        "tabs": tabs,
        "may_ask": user.has_perm(Permission.ASK_FOR_FORMS),
        "now": now,
    }
    return render(request, "data_forms/collections/list.html", context)


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for a form that is not on the catalogue: a street's own, or a department's workbook."""
    user = signed_in(request)
    if not user.has_perm(Permission.ASK_FOR_FORMS):
        raise PermissionDenied
    streets = queries.streets_of(user)
    own = [one for one in streets if user.has_perm(Permission.KEEP_CATALOGUE, one)]
    words: dict[str, Any] = {
        "heading": _("Ask for a form"),
        "submit": _("Ask for it"),
        "done": _("Asked; the street decides whether the form is admitted."),
        "back": reverse("data_forms:collections"),
        "then": lambda row: reverse("data_forms:collection", args=[row.pk]),
        "template": "data_forms/collections/ask.html",
    }
    if own:
        street = own[0]
        form = partial(StreetForm, blanks=queries.blanks_of(user, street), tree=street.tree_id)
        return use_case_page(
            request, form, partial(collections.propose, street=street), **words, of_street=True
        )

    def send(*, by: User, now: datetime, **typed: Any) -> Collection:
        return collections.propose(**proposed(typed), by=by, now=now)

    return use_case_page(
        request, partial(ProposeForm, streets=streets), send, **words, refused_field="file"
    )


@require_safe
@login_required
def collection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One collection: on what basis, who is how far, who is late, what may be done."""
    user, now = signed_in(request), timezone.now()
    row = _find(user, pk)
    parts = queries.parts(row, user, timezone.localdate(now))
    receives = user.has_perm(Permission.RECEIVE_FORMS, row)
    may_open = set(
        submissions.submissions(user).filter(collection=row).values_list("pk", flat=True)
    )
    grounds = grounds_of(row.entry) if row.entry else _proposed(row)
    copies = FilledRun.objects.visible_to(user).filter(collection=row, expires_at__gt=now, by=user)
    is_street = user.has_perm(Permission.KEEP_CATALOGUE, row.street)
    delivered = row.state == CollectionState.DELIVERED
    context = {
        "row": row,
        "who": filters.in_words(filters.Filter.of(row.form.filters), Subject(row.form.subject)),
        "parts": parts,
        "signed": sum(bool(part.submission.signed_at) for part in parts),
        "late": queries.late(parts),
        "may_open": may_open,
        "columns": catalogue.described(row.form, grounds),
        "covered": sum(ground != "none" for ground in grounds.values()),
        "entries": row.entries.select_related("by"),
        "buttons": open_steps(CollectionActView, row, user, now, "data_forms:collection_act"),
        "copies": copies.select_related("sheet").order_by("-pk")[:SHOWN_COPIES],
        "may_copy": receives and (delivered or is_street) and any(
            part.submission.signed_at for part in parts
        ),
        "may_see_form": BlankForm.objects.sees(user, row.form),
        "now": now,
    }  # fmt: skip
    return render(request, "data_forms/collections/collection.html", context)


def _proposed(row: Collection) -> dict[int, Ground]:
    """What would be handed over of a form that waits for its admission."""
    return {column.place: ground for column, ground in catalogue.proposed(row.form).items()}


class CollectionActView(ActView):
    """One step with a collection."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    template_name = "data_forms/collections/act.html"

    def get_object(self) -> Collection:
        return _find(self.user, self.kwargs["pk"])

    def page_of(self, row: Collection) -> str:
        return reverse("data_forms:collection", args=[row.pk])


@login_required
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Orders a merged copy."""
    row = row_for(request, Collection, pk, Permission.RECEIVE_FORMS, "street", "form", "department")
    return use_case_page(
        request,
        CopyForm,
        partial(merging.order, collection=row),
        heading=_("Merge “%(form)s” into one workbook") % {"form": row},
        submit=_("Make the workbook"),
        back=reverse("data_forms:collection", args=[row.pk]),
        then=lambda run: reverse("data_forms:filled", args=[run.pk]),
    )


def _find(user: User, pk: int) -> Collection:
    if not user.has_perm(Permission.VIEW_COLLECTIONS):
        raise Http404
    seen = Collection.objects.visible_to(user, one=True).select_related(
        "form", "street", "department", "entry", "by"
    )
    row: Collection = get_object_or_404(seen.defer("form__content"), pk=pk)
    return row
