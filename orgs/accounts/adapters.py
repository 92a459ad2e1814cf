"""Accounts: what allauth asks of us, and what an account owes before it may go on."""

from functools import lru_cache
from typing import Any

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.stages import PhoneVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs import registry
from orgs.accounts import one_time_codes, users
from orgs.crypto import fernet
from orgs.enums import STAFF_ROLES
from orgs.errors import TooOften
from orgs.models import User
from orgs.scoping import reach_of

# Set in a session whose account is known to have its second factor: no need to ask again.
SECOND_FACTOR_SEEN = "second_factor_seen"


class PhoneStage(PhoneVerificationStage):
    """Asks for the number's code after a sign-up; accounts without a number pass."""

    def handle(self) -> Any:
        user = self.login.user
        return (None, True) if user is not None and not user.phone else super().handle()


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by user name or mobile number, by password or by a code."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # While changing it; who signs up is told to sign in.
        "phone_taken": _("This number is used by another account."),
        "same_as_current": _("This is your present number."),
        "unknown_phone": _("No account has this mobile number. Sign up first."),
        "username_password_mismatch": _("The name or the password is wrong."),
        "phone_password_mismatch": _("The mobile number or the password is wrong."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
    }

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": "orgs.accounts.adapters.PhoneStage"
        }
        return [ours.get(path, path) for path in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Failures are counted in the database (axes), not in allauth's cache as well."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        data, now = form.cleaned_data, timezone.now()
        with transaction.atomic():
            person = users.sign_up(
                name=data.get("name", ""), phone=data["phone"], password=data["password1"], now=now
            )
            if data.get("notice"):
                registry.call(registry.Name.NOTICE_ACCEPTED, by=person, now=now)
        return person

    def clean_password(self, password: str, user: User | None = None) -> str:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("Choose a password that is not the present one."))
        return super().clean_password(password, user)

    def set_password(self, user: User, password: str) -> None:
        users.change_password(person=user, password=password, by=user, now=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to the desk: a first password was all that stood before it."""
        return reverse("home")

    def phone_form_field(self, **options: Any) -> Any:
        from orgs.web.form_fields import MobileField

        return MobileField(**options)

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        return one_time_codes.random_code()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **extra: Any) -> None:
        try:
            one_time_codes.deliver(phone, code, timezone.now())
        except TooOften:
            # Who asks for a code to sign in is not told that the number has an account.
            signs_in = user is not None and user.phone_verified and user.phone == phone
            if not signs_in or self.request.user.is_authenticated:
                raise
            logger.warning("code_not_sent", reason="too_often")

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        users.set_phone(person=user, phone=phone, verified=verified, by=user, now=timezone.now())

    def set_phone_verified(self, user: User, phone: str) -> None:
        if user.phone != phone or not user.phone_verified:
            self.set_phone(user, phone, True)

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Who has signed in within the last minutes has just shown who they are."""
        required = super().is_reauthentication_required(app=app, **options)
        return required and not _signed_in_lately(self.request)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        return users.by_phone(phone)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor: its secrets are encrypted at rest; staff may not switch it off."""

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)

    def get_totp_label(self, user: User) -> str:
        return user.get_username()


logger = structlog.get_logger(__name__)


def _signed_in_lately(request: HttpRequest) -> bool:
    earliest = timezone.now().timestamp() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["at"] > earliest for record in records)


def needs_second_factor(user: User) -> bool:
    """Whether the rules ask this account for a second factor; one query, shared with the page's."""
    if not settings.STAFF_SECOND_FACTOR:
        return False
    return user.is_staff or user.is_superuser or bool(reach_of(user).roles & STAFF_ROLES)


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app is set up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def duty_page(request: HttpRequest) -> str | None:
    """The page that the account must see first, if any: a new password, then a second factor."""
    if not request.session.session_key or not request.user.is_authenticated:
        return None
    page = duty_of(request.user, request.session)
    return page if page and not _is_exempt(request.path) else None


def duty_of(user: User, session: Any) -> str | None:
    """The page where an account does what it owes, None if it owes nothing.

    A session remembers that the second factor was seen; a token passes an empty dictionary.
    """
    if user.must_change_password:
        return reverse("account_change_password")
    if session.get(SECOND_FACTOR_SEEN) or not needs_second_factor(user):
        return None
    if has_second_factor(user):
        session[SECOND_FACTOR_SEEN] = True
        return None
    return reverse("mfa_activate_totp")


@lru_cache(maxsize=1)
def _exempt_paths() -> frozenset[str]:
    names = (
        "account_login", "account_logout", "account_change_password", "account_reauthenticate",
        "mfa_activate_totp", "mfa_reauthenticate", "mfa_view_recovery_codes",
        "mfa_download_recovery_codes", "set_language",
    )  # fmt: skip
    return frozenset(reverse(name) for name in names)


def _is_exempt(path: str) -> bool:
    return (
        path in _exempt_paths()
        or path in ("/healthz", "/readyz")
        or path.startswith(
            (settings.STATIC_URL, "/api/v1/auth/login/", "/api/schema/", "/api/docs/")
        )
    )
