"""Pages, and problems for software, where an address leads nowhere or something broke."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from orgs.accounts.sign_in import API_PREFIX
from orgs.api.problems import early_problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return early_problem(400, _("Some of what was sent is not right."))
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return early_problem(404, _("Not found, or not for you to see."))
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return early_problem(500, _("Something went wrong here. Please try again later."))
    return defaults.server_error(request)
