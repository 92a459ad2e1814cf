"""Pages, and problems for software, where an address leads nowhere or something broke."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from orgs.api.problems import CONTENT_TYPE

API_PREFIX = "/api/"


def _problem(status: int, title: str, code: str, detail: str) -> JsonResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return _problem(400, "Bad Request", "invalid", _("Some of what was sent is not right."))
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return _problem(404, "Not Found", "not_found", _("Not found, or not for you to see."))
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        return _problem(
            500,
            "Internal Server Error",
            "error",
            _("Something went wrong here. Please try again later."),
        )
    return defaults.server_error(request)
