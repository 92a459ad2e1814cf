"""The part of a page that shows whom to call: of an order, a ring and a question alike."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError, NotAllowed
from orgs.models import User
from orgs.web.refusals import audit_refusal
from volunteers.service.orders import contacts


def contact_fields(row: contacts.Asked, user: User, address: str) -> dict[str, Any]:
    """What `service/orders/contact.html` shows before anything is revealed."""
    return {
        "may_reveal": contacts.may_reveal(row, user),
        "revealed": None,
        "reveal_error": "",
        "reveal_purpose": "",
        "reveal_url": reverse(address, args=[row.pk]),
    }


def reveal_on(
    page: Callable[..., HttpResponse], request: HttpRequest, row: contacts.Asked
) -> HttpResponse:
    """The row's page with the contact in clear, or with why it is not shown."""
    purpose = request.POST.get("purpose", "")
    try:
        contact = contacts.reveal(
            row=row, purpose=purpose, by=signed_in(request), now=timezone.now()
        )
    except NotAllowed:
        raise PermissionDenied from None
    except DomainError as refusal:
        audit_refusal(request, refusal)
        kept = {"reveal_error": refusal.message, "reveal_purpose": purpose}
        return page(request, row, status=refusal.status, **kept)
    return page(request, row, revealed=contact)
