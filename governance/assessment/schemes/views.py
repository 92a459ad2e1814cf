"""Pages of schemes: which there are, one in words, editing it, putting it in force."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.assessment.enums import Permission, SchemeState, SubjectKind
from governance.assessment.indicators import registry
from governance.assessment.models import Scheme
from governance.assessment.schemes import examples, schemes
from governance.assessment.schemes.definitions import read
from governance.assessment.schemes.forms import SchemeForm, body_of
from governance.assessment.schemes.places import district_of
from orgs.accounts.sign_in import signed_in
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User


@require_safe
@login_required
def scheme_list(request: HttpRequest) -> HttpResponse:
    """The schemes in sight: in force, drafts, and earlier versions on demand."""
    user = signed_in(request)
    rows = Scheme.objects.visible_to(user).select_related("publisher")
    view = request.GET.get("view", "now")
    if view != "all":
        rows = rows.exclude(state=SchemeState.REPLACED)
    page = page_by_key(request, rows)
    context = {
        "page": page,
        "rows": page.rows,
        "view": "all" if view == "all" else "now",
        "tabs": [("now", _("In force and drafts")), ("all", _("All versions"))],
        "keeps": user.has_perm(Permission.KEEP_SCHEMES),
    }
    return render(request, "assessment/schemes.html", context)


@require_safe
@login_required
def scheme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One scheme in words: each indicator with its sentence, formula and weight."""
    user = signed_in(request)
    scheme = _find(request, pk)
    definition = read(scheme.definition)
    context = {
        "scheme": scheme,
        "definition": definition,
        "lines": [(item, registry.get(item.code)) for item in definition.items],
        "whole": sum(item.weight for item in definition.items),
        "may_keep": user.has_perm(Permission.KEEP_SCHEMES, scheme),
        "versions": Scheme.objects.visible_to(user)
        .filter(district=scheme.district_id, code=scheme.code)
        .order_by("-version"),
    }
    return render(request, "assessment/scheme.html", context)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Drafts the next version; what is in force stays as it is."""
    scheme = _find_kept(request, pk)
    indicators = registry.fitting(SubjectKind(scheme.subject_kind))

    def save(*, by: "User", now: "datetime", **typed: Any) -> Scheme:
        changes = body_of(typed, indicators)
        definition = changes.pop("definition")
        whole = schemes.edited(scheme, **changes)
        return schemes.draft(**{**whole, "definition": definition}, by=by, now=now)

    return use_case_page(
        request,
        partial(SchemeForm, scheme=scheme),
        save,
        heading=_("Next version of “%(name)s”") % {"name": scheme.name},
        submit=_("Save the draft"),
        done=_("Saved as a draft; nothing is computed by it before it is put in force."),
        back=reverse("assessment:scheme", args=[scheme.pk]),
        then=lambda row: reverse("assessment:scheme", args=[row.pk]),
        template="assessment/edit.html",
        scheme=scheme,
    )


@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a draft in force."""
    scheme = _find_kept(request, pk)
    address = reverse("assessment:scheme", args=[scheme.pk])
    return use_case_page(
        request,
        forms.Form,
        partial(schemes.publish, scheme=scheme),
        heading=_("Put “%(name)s”, version %(version)d, in force?")
        % {"name": scheme.name, "version": scheme.version},
        submit=_("Put in force"),
        done=_("In force; periods that are over are computed by themselves."),
        back=address,
        then=lambda row: address,
    )


@login_required
def add_examples(request: HttpRequest) -> HttpResponse:
    """Drafts the examples that the district does not have yet."""
    user = signed_in(request)
    if not user.has_perm(Permission.KEEP_SCHEMES):
        raise PermissionDenied
    district = district_of(user)
    back = reverse("assessment:schemes")
    return use_case_page(
        request,
        forms.Form,
        partial(
            examples.add_examples, district=district, begins=timezone.localdate().replace(day=1)
        ),
        heading=_("Add the schemes that come with the portal as examples?"),
        submit=_("Add as drafts"),
        done=lambda made: _("%(number)d examples added as drafts.") % {"number": len(made)},
        back=back,
    )


def _find(request: HttpRequest, pk: int) -> Scheme:
    seen = Scheme.objects.visible_to(signed_in(request), one=True)
    row: Scheme = get_object_or_404(seen.select_related("district", "publisher"), pk=pk)
    return row


def _find_kept(request: HttpRequest, pk: int) -> Scheme:
    scheme = _find(request, pk)
    if not request.user.has_perm(Permission.KEEP_SCHEMES, scheme):
        raise PermissionDenied
    return scheme
