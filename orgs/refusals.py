"""A refusal on a page: said in the form that was sent, and kept in the audit."""

from django.forms import BaseForm
from django.http import HttpRequest

from orgs.errors import DomainError
from orgs.middleware import audit_refusal


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
