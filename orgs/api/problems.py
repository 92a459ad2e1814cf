"""Every error of the API is an RFC 9457 problem."""

from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from orgs.errors import DomainError, is_unstorable
from orgs.web.refusals import audit_refusal

logger = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_often",
}


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Any = None,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> Response:
    """One problem as a response."""
    body = _body(status, detail, code, **extra)
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def early_problem(status: int, detail: str, code: str = "") -> JsonResponse:
    """The same for a request that does not get as far as the framework."""
    return JsonResponse(_body(status, detail, code), status=status, content_type=CONTENT_TYPE)


def _body(status: int, detail: str, code: str, **extra: Any) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code or CODES.get(status, "error"),
        **extra,
    }


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: domain errors, DRF's own and Django's become problems.

    What was refused is written to the audit after the rollback; unexpected errors propagate.
    """
    set_rollback()
    answer = _answer(error)
    if answer is not None and answer.status_code in (403, 404, 409):
        audit_refusal(context["request"], error)
    return answer


def _answer(error: Exception) -> Response | None:
    if isinstance(error, DomainError):
        return problem(
            error.status, error.message, code=error.code, errors=error.fields, **error.extra
        )
    if isinstance(error, Http404):
        return problem(404, _("Not found, or not for you to see."))
    if isinstance(error, PermissionDenied):
        return problem(403, _("You may not do this."))
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400,
            _("Some of what was sent is not right."),
            errors=error.detail if isinstance(error.detail, dict) else {"detail": error.detail},
        )
    if is_unstorable(error):
        logger.warning("unreadable_request", error=repr(error)[:200])
        return problem(400, _("Some of what was sent is not right."))
    if isinstance(error, exceptions.APIException):
        headers = {}
        if scheme := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = scheme
        if seconds := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(seconds) + 1)
        code = getattr(error, "code", "")
        return problem(error.status_code, str(error.detail), code=code, headers=headers)
    return None
