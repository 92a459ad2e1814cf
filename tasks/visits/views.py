"""Pages of joint visits: what is ahead, and one appointment."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orgs.accounts.sign_in import signed_in
from orgs.web.paging import page_by_key
from tasks.models import JointVisit
from tasks.visits import queries

# So many that are ahead are shown; nobody has more.
AHEAD = 100


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """The appointments of the signed-in person: those ahead, then those of before, by pages."""
    user = signed_in(request)
    context = {
        "now": timezone.now(),
        "ahead": queries.ahead(user)[:AHEAD],
        "page": page_by_key(request, queries.past(user)),
    }
    return render(request, "tasks/visits/visits.html", context)


@login_required
@require_GET
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment. Who is invited and no authority of the task reads nothing of the task."""
    user = signed_in(request)
    seen = JointVisit.objects.visible_to(user, one=True)
    row = get_object_or_404(queries.with_guests(seen), pk=pk)
    context = {
        "now": timezone.now(),
        "visit": row,
        "guests": list(row.guests.all()),
        "reads_task": queries.reads_task(row, user),
        "trail": [(_("Joint visits"), reverse("tasks:visits")), (row.subject, "")],
    }
    return render(request, "tasks/visits/visit.html", context)
