"""A refusal: said in the form that was sent or on the next page, and kept in the audit."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest

from orgs.audit import audit
from orgs.enums import AuditResult
from orgs.errors import DomainError, NotAllowed

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def audit_refusal(request: Any, error: Exception) -> None:
    """Writes a refused or failed request to the audit; looking for what is not there is no act."""
    if isinstance(error, Http404) and request.method in SAFE_METHODS:
        return
    refused = isinstance(error, DomainError | PermissionDenied | Http404)
    match = request.resolver_match
    audit.record(
        match.view_name or match.route if match else request.path,
        by=request.user,
        result=AuditResult.REFUSED if refused else AuditResult.FAILED,
        detail={
            "method": request.method,
            "error": getattr(error, "code", type(error).__name__),
            "target": {name: str(value) for name, value in match.kwargs.items()} if match else {},
        },
    )


def refuse(
    request: HttpRequest, form: BaseForm, error: DomainError, field: str | None = None
) -> None:
    """Puts what a use-case refused beside its fields, or above the form, and into the audit.

    `field` gets the sentence of an error that names no field. Call it outside of the transaction
    that was refused, or the audit is rolled back with it.
    """
    audit_refusal(request, error)
    shown = False
    for name, sentences in error.fields.items():
        for message in sentences:
            form.add_error(name if name in form.fields else None, message)
            shown = True
    if not shown:
        form.add_error(field, error.message)


class SaidOnNextPage(AbstractContextManager["SaidOnNextPage"]):
    """What a use-case refuses inside is a warning on the page that comes next, and stands in the audit.

    For a button, beside which there is no form to say it. Whoever has no right to the act is answered
    as everywhere: NotAllowed goes on. `code` is that of the refusal, "" where there was none.
    """

    code = ""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DomainError) or isinstance(error, NotAllowed):
            return False
        audit_refusal(self.request, error)
        messages.warning(self.request, error.message)
        self.code = error.code
        return True
