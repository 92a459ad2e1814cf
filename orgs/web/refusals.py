"""A refusal: said in the form that was sent, and kept in the audit."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest

from orgs.audit import audit
from orgs.enums import AuditResult
from orgs.errors import DomainError

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
    for name, messages in error.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
            shown = True
    if not shown:
        form.add_error(field, error.message)
