"""A form whose session had ended: its words wait for their author to sign in again.

Kept encrypted for some minutes, under a random key in a cookie of the browser, for the one person who
was signed in there, at the one address. After signing in the page of that address shows the form
with the words; nothing is ever sent by itself. Files are named, and have to be chosen again.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from orgs.accounts.sign_in import API_PREFIX
from orgs.crypto import blind_index
from orgs.models import UnsentForm

# The key of what waits, and who was signed in last; both end with the browser.
KEY_COOKIE, OWNER_COOKIE = "unsent", "signed_in_last"
SALT = "orgs.unsent"
LIFE = timedelta(minutes=30)
MAX_BYTES = 200_000
MOST = 10
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# Nobody's password is kept, whatever the page.
NEVER_KEPT = ("account_", "mfa_")


@dataclass
class Unsent:
    """What waits for this address. `shown` once a page has put the words into its form."""

    row: UnsentForm
    address: str
    data: QueryDict
    files: list[tuple[str, str]]
    shown: bool = field(default=False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each field with each of its values, in their order."""
        return [(name, value) for name, values in self.data.lists() for value in values]

    @property
    def words(self) -> list[str]:
        """What a person typed rather than chose: nothing short in plain ASCII."""
        return [value for _name, value in self.pairs if len(value) > 40 or not value.isascii()]


def waiting(request: HttpRequest) -> Unsent | None:
    """What waits for the person, the browser and the address of a request; None without any.

    Costs no query where the browser carries no key.
    """
    rows = _rows(request, request.get_full_path())
    row = rows.filter(expires_at__gt=timezone.now()).first() if rows is not None else None
    if row is None:
        return None
    body = json.loads(row.body)
    data = QueryDict(mutable=True)
    for name, values in body["fields"]:
        data.setlist(name, values)
    return Unsent(row, body["address"], data, [(name, file) for name, file in body["files"]])


def unsent(request: HttpRequest) -> Unsent | None:
    """What the middleware found waiting for this request, which a view now takes into its form."""
    found: Unsent | None = getattr(request, "unsent", None)
    if found:
        found.shown = True
    return found


def restored(request: HttpRequest, make: Callable[..., BaseForm]) -> BaseForm:
    """A form as its page first shows it: fresh, or with the words that wait, unjudged."""
    found = unsent(request)
    if found is None:
        return make()
    form = make(found.data)
    form.errors.clear()
    return form


def keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Keeps what a request sent, and gives the browser its key; whether there was anything.

    Without knowing whose browser it was nothing is kept.
    """
    owner = last_owner(request)
    fields = [
        (name, values)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    files = [(name, one.name) for name, ones in request.FILES.lists() for one in ones]
    address = request.get_full_path()
    body = json.dumps({"address": address, "fields": fields, "files": files}, ensure_ascii=False)
    if owner is None or _is_never_kept(request) or len(body) > MAX_BYTES:
        return False
    key, now = _key(request) or secrets.token_urlsafe(32), timezone.now()
    UnsentForm.objects.update_or_create(
        browser=blind_index(SALT, key),
        owner_id=owner,
        address=blind_index(SALT, address),
        defaults={"body": body, "expires_at": now + LIFE},
    )
    kept = UnsentForm.objects.filter(owner_id=owner).order_by("-expires_at", "-pk")
    UnsentForm.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST:])).delete()
    _set_cookie(response, KEY_COOKIE, key)
    setattr(request, "was_kept", True)  # noqa: B010  not an attribute that Django declares
    return True


def was_kept(request: HttpRequest) -> bool:
    """Whether this very request's words were kept."""
    return getattr(request, "was_kept", False)


def remember_owner(request: HttpRequest, response: HttpResponseBase) -> None:
    """Notes in the browser who is signed in, so that words are given back to nobody else."""
    if request.user.is_authenticated and last_owner(request) != request.user.pk:
        _set_cookie(response, OWNER_COOKIE, str(request.user.pk))


def last_owner(request: HttpRequest) -> int | None:
    """The key of whoever was signed in last in this browser."""
    value = request.get_signed_cookie(OWNER_COOKIE, default="", salt=SALT)
    return int(value) if value else None


def forget(request: HttpRequest, address: str) -> None:
    """Forgets what waits for an address: it has been sent now, or is not wanted."""
    rows = _rows(request, address)
    if rows is not None:
        rows.delete()


def leads_to_sign_in(response: HttpResponseBase) -> bool:
    """Whether an answer is the way to the door."""
    if response.status_code != 302:
        return False
    path = urlsplit(response.headers["Location"]).path
    return path in (reverse(settings.LOGIN_URL), reverse("admin:login"))


def offer(request: HttpRequest, found: Unsent) -> HttpResponse:
    """A page with the words, where the page of the address itself does not show them."""
    return render(request, "orgs/unsent.html", {"unsent": found, "page": page_above(request)})


def page_above(request: HttpRequest) -> str:
    """The page that an address of a form belongs to: the nearest one above it."""
    parts = request.path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:count])}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return reverse("home")


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The page of a form whose mark no longer fits: somebody signed in or out in another window.

    A form of our own pages (the browser says where it comes from) keeps its words.
    """
    ours = f"{request.scheme}://{request.get_host()}"
    if request.path.startswith(API_PREFIX) or request.headers.get("Origin") != ours:
        return csrf_failure(request, reason)
    answer: HttpResponseBase = redirect(request.get_full_path())
    if not request.user.is_authenticated:
        answer = redirect_to_login(request.get_full_path())
    elif last_owner(request) != request.user.pk:
        return csrf_failure(request, reason)
    if not keep(request, answer):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        say_kept(request)
    return answer


def say_kept(request: HttpRequest) -> None:
    """On the page of the door: what was written is not lost."""
    messages.info(
        request,
        _(
            "Nothing was sent yet. What you wrote is kept for %(minutes)d minutes: sign in and it is there."
        )
        % {"minutes": LIFE.total_seconds() // 60},
    )


def _rows(request: HttpRequest, address: str) -> QuerySet[UnsentForm] | None:
    key = _key(request)
    if not key or not request.user.is_authenticated:
        return None
    return UnsentForm.objects.filter(
        browser=blind_index(SALT, key), owner=request.user, address=blind_index(SALT, address)
    )


def _key(request: HttpRequest) -> str:
    return request.get_signed_cookie(KEY_COOKIE, default="", salt=SALT) or ""


def never_kept(view: View) -> View:
    """Marks a page whose words are kept nowhere, such as a ballot's."""
    view.is_never_kept = True  # type: ignore[attr-defined]
    return view


def _is_never_kept(request: HttpRequest) -> bool:
    match = request.resolver_match
    return (
        match is None
        or match.view_name.startswith(NEVER_KEPT)
        or getattr(match.func, "is_never_kept", False)
    )


def _set_cookie(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=SALT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
