"""Hashed, expiring API tokens."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import APIException, AuthenticationFailed

from orgs.accounts.adapters import duty_of
from orgs.models import User


class OwesSomething(APIException):
    """The account must first choose a password (403) or set up a second factor (401)."""

    def __init__(self, person: User) -> None:
        super().__init__(_("Finish setting up your account in the browser first."))
        first_password = person.must_change_password
        self.status_code = 403 if first_password else 401
        self.code = "password_change_required" if first_password else "second_factor_required"


class TokenAuthentication(KnoxAuthentication):
    """Knox tokens, without its look at the person's other tokens in every request.

    Accounts that owe something are refused: one query more, only where staff must use a second
    factor. Expired tokens are refused here and deleted by the nightly job.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        if not token.isascii():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token: AuthToken) -> tuple[User, AuthToken]:
        """What the account has come to owe since the token was given counts too."""
        person, token = super().validate_user(auth_token)
        if duty_of(person, {}):
            raise OwesSomething(person)
        return person, token

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()


class TokenScheme(OpenApiAuthenticationExtension):
    """Tells the schema how the token is sent."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token …",
        }
