"""Pages of the catalogue: which forms, what each costs, which ask the same, month by month."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.data_forms.catalogue import catalogue, costs, queries
from governance.data_forms.catalogue.forms import AskForm, EndForm, ReproposalForm
from governance.data_forms.collections import collections
from governance.data_forms.collections import queries as collection_queries
from governance.data_forms.enums import Permission
from governance.data_forms.models import CatalogueForm
from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key

SHOWN = 20


@require_safe
@login_required
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """The forms that streets have admitted, each with what it has cost."""
    user, now = signed_in(request), timezone.now()
    if not user.has_perm(Permission.VIEW_COLLECTIONS):
        raise PermissionDenied
    ended = request.GET.get("ended") == "1"
    page = page_by_key(request, queries.catalogue(user, now, ended=ended), 30)
    context = {
        "page": page,
        "rows": costs.costs(page.rows),
        "ended": ended,
        "may_ask": user.has_perm(Permission.ASK_FOR_FORMS),
        "may_see_burden": user.has_perm(Permission.VIEW_BURDEN),
        "now": now,
    }
    return render(request, "data_forms/catalogue/list.html", context)


@require_safe
@login_required
def catalogue_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One form of the catalogue: its basis, what it hands over, what it costs, who else asks the same."""
    user, now = signed_in(request), timezone.now()
    entry = _find(user, pk)
    grounds = catalogue.grounds_of(entry)
    [cost] = costs.costs([entry])
    rounds = collection_queries.collections(user).filter(entry=entry).order_by("-pk")[:SHOWN]
    others = CatalogueForm.objects.visible_to(user).filter(form=entry.form)
    context = {
        "entry": entry,
        "cost": cost,
        "columns": catalogue.described(entry.form, grounds),
        "rounds": rounds,
        "communities": entry.communities.count(),
        "others": others.exclude(pk=entry.pk),
        "may_propose": queries.may_propose_anew(user, entry),
        "may_ask": entry.is_open and user.has_perm(Permission.ASK_FOR_FORMS, entry),
        "may_keep": entry.is_open and user.has_perm(Permission.KEEP_CATALOGUE, entry),
        "now": now,
    }
    return render(request, "data_forms/catalogue/entry.html", context)


@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks communities for a form of the catalogue."""
    entry = row_for(
        request, CatalogueForm, pk, Permission.ASK_FOR_FORMS, "street", "form", "department"
    )
    return use_case_page(
        request,
        partial(AskForm, tree=entry.street.tree_id),
        partial(collections.ask, entry=entry),
        heading=_("Ask for “%(form)s”") % {"form": entry},
        submit=_("Ask for it"),
        done=_("Asked; the portal fills it in for each community."),
        back=reverse("data_forms:catalogue_form", args=[entry.pk]),
        then=lambda row: reverse("data_forms:collection", args=[row.pk]),
    )


@login_required
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a form that was taken off the catalogue: the street admits it anew."""
    entry = row_for(
        request, CatalogueForm, pk, Permission.ASK_FOR_FORMS, "street", "form", "department"
    )
    return use_case_page(
        request,
        partial(ReproposalForm, entry=entry),
        partial(collections.propose_anew, entry=entry),
        heading=_("Propose “%(form)s” anew") % {"form": entry},
        submit=_("Ask for it"),
        done=_("Asked; the street decides whether the form is admitted."),
        back=reverse("data_forms:catalogue_form", args=[entry.pk]),
        then=lambda row: reverse("data_forms:collection", args=[row.pk]),
    )


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a form off the catalogue."""
    entry = row_for(
        request, CatalogueForm, pk, Permission.KEEP_CATALOGUE, "street", "form", "department"
    )
    return use_case_page(
        request,
        EndForm,
        partial(catalogue.end, entry=entry),
        heading=_("Take “%(form)s” off the catalogue") % {"form": entry},
        submit=_("Take it off"),
        done=_("Off the catalogue: it is asked no more."),
        back=reverse("data_forms:catalogue_form", args=[entry.pk]),
    )


@require_safe
@login_required
def burden(request: HttpRequest) -> HttpResponse:
    """What forms cost, month by month: forms, entries, minutes, asked twice."""
    user, now = signed_in(request), timezone.now()
    if not user.has_perm(Permission.VIEW_BURDEN):
        raise PermissionDenied
    months = costs.months(user, now)
    series = [
        (_("forms asked"), [month.forms for month in months]),
        (_("fields asked twice"), [month.twice for month in months]),
        (_("entries signed off"), [month.entries for month in months]),
    ]
    chart = {
        "apart": True,
        "days": [f"{month.first:%Y-%m}" for month in months],
        "series": [{"name": name, "values": values} for name, values in series],
    }
    context = {"months": months, "chart": chart, "now": now}
    return render(request, "data_forms/catalogue/burden.html", context)


def _find(user: User, pk: int) -> CatalogueForm:
    if not user.has_perm(Permission.VIEW_COLLECTIONS):
        raise Http404
    seen = CatalogueForm.objects.visible_to(user, one=True)
    entry: CatalogueForm = get_object_or_404(
        seen.select_related("street", "department", "form", "admitted_by").defer("form__content"),
        pk=pk,
    )
    return entry
