"""Going back to where one came from, within the portal only."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(address: str, request: HttpRequest) -> bool:
    """Whether an address leads to this portal."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())


def next_page(request: HttpRequest) -> str:
    """Where a form wants to return to (`next`): a path of the portal; "" without such a wish.

    What begins with no slash could be the name of a view to `redirect`, and most names are none.
    """
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if target.startswith("/") and is_ours(target, request) else ""
