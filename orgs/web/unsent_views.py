"""Doing without what was not sent."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orgs.web import unsent_forms
from orgs.web.return_to import next_page


@require_POST
@login_required
def discard(request: HttpRequest) -> HttpResponse:
    """Forgets the words that wait for one address."""
    unsent_forms.forget(request, request.POST.get("address", ""))
    return redirect(next_page(request) or "home")
