"""Pages of classes of compounds: which has which, the history of one, giving and taking."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.assessment.classes import classes, queries
from governance.assessment.classes.forms import AwardForm, WithdrawForm
from governance.assessment.enums import CompoundClassKind, Permission
from governance.assessment.models import CompoundClass
from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.web.pages import row_for, use_case_page
from orgs.web.paging import page_by_key


@require_safe
@login_required
def class_list(request: HttpRequest) -> HttpResponse:
    """The compounds of one's places in code order, with their class."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_ASSESSMENTS):
        raise PermissionDenied
    tabs = [("", _("All")), *CompoundClassKind.choices, (queries.NONE, _("no class yet"))]
    asked = request.GET.get("kind", "")
    kind = asked if asked in dict(tabs) else ""
    page = page_by_key(request, queries.compounds(user, kind), 50, ("code",))
    context = {"page": page, "rows": page.rows, "kind": kind, "tabs": tabs}
    return render(request, "assessment/classes.html", context)


@require_safe
@login_required
def class_page(request: HttpRequest, code: str) -> HttpResponse:
    """One compound: every class that it had, by which documents."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_ASSESSMENTS):
        raise PermissionDenied
    compound = get_object_or_404(queries.compounds(user), code=code[:40])
    rows = list(queries.history(compound))
    context = {
        "compound": compound,
        "rows": rows,
        "current": next((row for row in rows if row.ends is None), None),
        "keeps": user.has_perm(Permission.KEEP_CLASSES, compound),
    }
    return render(request, "assessment/class.html", context)


@login_required
def award(request: HttpRequest, code: str) -> HttpResponse:
    """Gives a compound a class."""
    compound = _find(request, code)
    if not request.user.has_perm(Permission.KEEP_CLASSES, compound):
        raise PermissionDenied
    return use_case_page(
        request,
        AwardForm,
        partial(classes.award, compound=compound),
        heading=_("Class of %(name)s") % {"name": compound.name},
        submit=_("Enter the class"),
        done=lambda row: _("Entered: %(kind)s.") % {"kind": row.get_kind_display()},
        back=reverse("assessment:class", args=[compound.code]),
    )


@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the class of a compound away."""
    row = row_for(request, CompoundClass, pk, Permission.KEEP_CLASSES, "compound", at="compound")
    return use_case_page(
        request,
        WithdrawForm,
        partial(classes.withdraw, held=row),
        heading=_("Take away “%(kind)s” of %(name)s")
        % {"kind": row.get_kind_display(), "name": row.compound.name},
        submit=_("Take away"),
        done=_("The class has ended; its history is kept."),
        back=reverse("assessment:class", args=[row.compound.code]),
    )


def _find(request: HttpRequest, code: str) -> Unit:
    signed_in(request)
    row: Unit = get_object_or_404(Unit, code=code[:40], kind=UnitKind.COMPOUND)
    return row
