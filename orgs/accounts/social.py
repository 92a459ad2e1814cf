"""Signing in through WeChat or DingTalk: off unless the portal was given an app there.

Of the profile nothing is kept but the key by which the account there is known again. Nobody gets an
account by it: it is linked to one that has a confirmed number, by that number where the other side
tells it, else after its owner has signed in and said yes. Second factor and new password are asked
for as with any other way in.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from orgs.accounts import users
from orgs.audit import audit
from orgs.errors import Refused
from orgs.models import User

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

logger = structlog.get_logger(__name__)

# In the session: which account there waits for its owner's yes, and until when (seconds).
WAITS, WAITS_FOR = "social_waits", timedelta(minutes=30)
# What the other sides are called; the mark of a browser in which a way in works at all.
NAMES = {"weixin": "微信", "dingtalk": "钉钉"}
ONLY_IN = {"weixin": "MicroMessenger"}


def is_open(provider: str) -> bool:
    """Whether the portal was given an app there."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS.get(provider, {}).get("APPS"))


def ways_in(request: HttpRequest) -> list[tuple[str, str]]:
    """What the page of signing in offers in this browser: code and name; no query."""
    agent = request.headers.get("User-Agent", "")
    return [
        (provider, name)
        for provider, name in NAMES.items()
        if is_open(provider) and ONLY_IN.get(provider, "") in agent
    ]


class SocialAdapter(DefaultSocialAccountAdapter):
    """What becomes of somebody who comes back from the other side."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Neither name nor picture is kept."""
        sociallogin.account.extra_data = {}
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Goes on for an account that is known or found by its number; asks all others to sign in."""
        account, now = sociallogin.account, timezone.now()
        name = NAMES[account.provider]
        if request.user.is_authenticated and sociallogin.is_existing:
            if sociallogin.user.pk == request.user.pk:
                messages.info(request, _("%(name)s is linked already.") % {"name": name})
            else:
                other = _("This %(name)s is linked to another account.")
                messages.warning(request, other % {"name": name})
            raise ImmediateHttpResponse(redirect("orgs:account"))
        if sociallogin.is_existing:
            return
        owner = users.by_phone(sociallogin.phone) if sociallogin.phone else None
        sociallogin.phone = None  # the portal's own number stays as it is
        if owner and owner.phone_verified and not request.user.is_authenticated:
            try:
                sociallogin.account = link(
                    person=owner, provider=account.provider, uid=account.uid, by=owner, now=now
                )
            except Refused as refusal:
                messages.warning(request, refusal.message)
                raise ImmediateHttpResponse(redirect("account_login")) from None
            sociallogin.user = owner
            return
        until = (now + WAITS_FOR).timestamp()
        request.session[WAITS] = [account.provider, account.uid, until]
        there = reverse("orgs:link_social")
        if request.user.is_authenticated:
            raise ImmediateHttpResponse(redirect(there))
        first = _("%(name)s is not linked to an account yet. Sign in once, or open an account.")
        messages.info(request, first % {"name": name})
        raise ImmediateHttpResponse(
            redirect(f"{reverse('account_login')}?{urlencode({'next': there})}")
        )

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, *args: Any, **context: Any
    ) -> NoReturn:
        """Back to the other ways in, whatever went wrong; the log says what."""
        error, exception = context.get("error"), context.get("exception")
        logger.warning("social_sign_in_failed", provider=provider.id, error=str(exception or error))
        failed = _("Signing in with %(name)s did not work. Sign in another way, or try again.")
        messages.warning(request, failed % {"name": NAMES[provider.id]})
        raise ImmediateHttpResponse(redirect("account_login"))


def waiting(session: "SessionBase", now: datetime) -> tuple[str, str] | None:
    """The account there that waits for a yes: provider and key; None for none, or too late."""
    provider, uid, until = session.get(WAITS) or ("", "", 0)
    return (provider, uid) if until > now.timestamp() else None


@transaction.atomic
def link(*, person: User, provider: str, uid: str, by: User, now: datetime) -> SocialAccount:
    """Lets an account be entered through another side from now on.

    Raises Refused (`linked_already`) where either of the two is linked with a third.
    """
    taken = _("One of the two is linked already: end that link first.")
    person = User.objects.select_for_update().get(pk=person.pk)
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        raise Refused(taken, code="linked_already")
    try:
        with transaction.atomic():
            account: SocialAccount = SocialAccount.objects.create(
                user=person, provider=provider, uid=uid
            )
    except IntegrityError:
        raise Refused(taken, code="linked_already") from None
    audit.record("link_social", by=by, obj=person, detail={"name": NAMES[provider]}, now=now)
    return account


@transaction.atomic
def unlink(*, account: SocialAccount, by: User, now: datetime) -> None:
    """Ends a link of one's own."""
    name = NAMES.get(account.provider, account.provider)
    account.delete()
    audit.record("unlink_social", by=by, obj=by, detail={"name": name}, now=now)
