"""Pages of answers on a phone: a grid worker completes what is missing of the own houses.

A page names doors and family names alone, and shows nothing that is known: a phone may keep it for a
house without a network. What is written down waits in the phone's queue (static/js/queue.js).
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.data_forms.answers import answers, questions
from governance.data_forms.answers.forms import CellsForm, cells
from governance.data_forms.answers.views.desk import key_of_text, keys_of_text, said
from governance.data_forms.blanks.queries import form_for
from governance.data_forms.enums import Permission
from governance.data_forms.models import BlankForm
from orgs.accounts.sign_in import signed_in
from orgs.web.pages import page_worker, use_case_page
from orgs.web.paging import page_by_key

if TYPE_CHECKING:
    from datetime import datetime

    from orgs.models import User

# So many rows stand on one page: more than one house has, and little to carry.
SHOWN_ROWS = 60


@require_safe
@login_required
@permission_required(Permission.ANSWER_FORMS, raise_exception=True)
def form_list(request: HttpRequest) -> HttpResponse:
    """The forms that ask for something."""
    user = signed_in(request)
    asks = questions.asking(form=OuterRef("pk"))
    seen = BlankForm.objects.visible_to(user).filter(Exists(asks)).select_related("unit")
    page = page_by_key(request, seen.defer("content"))
    context = {"page": page, "rows": page.rows, "now": timezone.now()}
    return render(request, "data_forms/phone_forms.html", context)


@login_required
@never_cache
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a form of which cells are empty, each with a form of its own."""
    form, user, now = (
        form_for(signed_in(request), pk, Permission.ANSWER_FORMS),
        signed_in(request),
        timezone.now(),
    )
    sent = keys_of_text(request.POST.get("rows", "")) if request.method == "POST" else None
    if sent == []:
        raise Http404
    shown = answers.waiting(
        form=form, after=key_of_text(request.GET.get("after", "")), keys=sent, most=SHOWN_ROWS,
        kept=True, by=user, now=now,
    )  # fmt: skip
    gone = [answers.Cell(row, 0, "") for row in sent or () if row not in shown.lines]

    def save(*, by: "User", now: "datetime", **typed: Any) -> dict[str, int]:
        return answers.save(form=form, cells=[*cells(typed), *gone], by=by, now=now)

    return use_case_page(
        request,
        partial(CellsForm, shown=shown),
        save,
        heading=form.name,
        done=said,
        back=reverse("data_forms:phone_forms"),
        then=lambda _done: request.get_full_path(),
        template="data_forms/phone_rows.html",
        form_=form,
        waiting=shown,
        submit=_("Keep"),
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that lets a phone open these pages without a network."""
    return page_worker(request, kept="forms-phone", path=reverse("data_forms:phone_forms"))
