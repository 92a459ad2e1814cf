"""One measure of a campaign list: its page, putting it on the list, changing it, every step with it."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.editing import Edited
from orgs.web.pages import use_case_page
from orgs.workflow.specification import first_of
from orgs.workflow.views import ActView
from tasks.campaigns import queries
from tasks.campaigns.campaigns import add_measure
from tasks.campaigns.forms import NewMeasureForm, shown_of
from tasks.campaigns.specification import SPECIFICATIONS
from tasks.campaigns.workflow import WORKFLOW
from tasks.enums import MeasureAction, Permission
from tasks.models import Campaign, Measure


@require_safe
@login_required
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one measure, and what the reader may do."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    mine = WORKFLOW.options(row, user, now)
    first = first_of(SPECIFICATIONS, mine)
    context = {
        "now": now,
        "measure": row,
        "light": row.light(timezone.localdate(now)),
        "trail": _trail(row),
        "entries": [(entry, WORKFLOW.sentence(entry)) for entry in queries.entries(row)],
        "first": _button(first, row) if first else None,
        "others": [
            _button(option.action, row)
            for option in mine
            if option.is_open and option.action != first
        ],
    }
    return render(request, "tasks/campaigns/measure.html", context)


def _button(action: MeasureAction, row: Measure) -> dict[str, str]:
    url = reverse("tasks:measure_act", args=[row.pk, action.value])
    return {"label": capfirst(str(action.label)), "url": url}


@login_required
def measure_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a measure on a list."""
    user = signed_in(request)
    seen = Campaign.objects.visible_to(user, one=True).select_related("district", "street")
    row = get_object_or_404(seen, pk=pk)
    if not user.has_perm(Permission.KEEP_CAMPAIGN, row):
        raise PermissionDenied
    back, heading = reverse("tasks:campaign", args=[row.pk]), _("Add a measure")
    return use_case_page(
        request,
        partial(NewMeasureForm, campaign=row),
        partial(add_measure, campaign=row),
        heading=heading,
        submit=_("Add"),
        done=lambda new: _("Measure %(number)d is on the list.") % {"number": new.number},
        back=back,
        template="tasks/campaigns/form.html",
        trail=[(_("Campaign lists"), reverse("tasks:campaigns")), (row.name, back), (heading, "")],
    )


class MeasureActView(ActView):
    """One action with a measure."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    template_name = "tasks/campaigns/form.html"

    def get_object(self) -> Measure:
        return _find(self.request, self.kwargs["pk"])

    def edits(self) -> Edited | None:
        changes = self.action == MeasureAction.CHANGE
        return Edited(self.object, shown_of) if changes else None

    def page_of(self, row: Measure) -> str:
        return _address(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(measure=self.object, **kwargs)
        return context | {"trail": _trail(self.object, context["heading"])}


def _find(request: HttpRequest, pk: int) -> Any:
    seen = Measure.objects.visible_to(signed_in(request), one=True)
    return get_object_or_404(
        queries.measures(seen).select_related(
            *("campaign__district", "campaign__street", "lead", "closed_by"),
            *("submitted_by", "evidence"),
        ),
        pk=pk,
    )


def _address(row: Measure) -> str:
    return reverse("tasks:measure", args=[row.pk])


def _trail(row: Measure, last: str = "") -> list[tuple[str, str]]:
    number = _("No. %(number)d") % {"number": row.number}
    trail = [
        (_("Campaign lists"), reverse("tasks:campaigns")),
        (row.campaign.name, reverse("tasks:campaign", args=[row.campaign_id])),
    ]
    if not last:
        return [*trail, (number, "")]
    return [*trail, (number, _address(row)), (last, "")]
