"""Signing in to the API and out of it."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from orgs.accounts.adapters import has_second_factor, needs_second_factor
from orgs.accounts.sign_in import locked_message, lockout_name, signed_in
from orgs.audit import audit
from orgs.errors import DomainError, NotAllowed, TooOften
from orgs.models import User


class BadCredentials(DomainError):
    """Wrong name, number or password: 401."""

    status = 401
    code = "bad_credentials"


class SecondFactorRequired(DomainError):
    """The account has, or owes, a second factor, and no good code came with the password: 401."""

    status = 401
    code = "second_factor_required"


class LoginThrottle(SimpleRateThrottle):
    """Counts by account and address, so that people behind one address do not stop each other."""

    scope = "login"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        name = request.data.get("username", "") if isinstance(request.data, dict) else ""
        asked = lockout_name(request._request, {"username": name})
        return self.cache_format % {
            "scope": self.scope,
            "ident": f"{self.get_ident(request)}:{asked.encode().hex()}",
        }


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150, help_text="User name or mobile number.")
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    totp = serializers.CharField(max_length=20, required=False, allow_blank=True)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LoginView(APIView):
    """Gives a token for a name (or mobile number), a password and, where needed, a code."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)

    @extend_schema(
        operation_id="login",
        request=LoginSerializer,
        responses={200: TokenSerializer, 401: OpenApiResponse(description="Problem")},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        token, expires_at = sign_in(request._request, now=timezone.now(), **given.validated_data)
        answer = TokenSerializer({"token": token, "expires_at": expires_at}).data
        return Response(answer, headers={"Cache-Control": "no-store"})


class SessionSerializer(serializers.Serializer):
    owner = serializers.CharField(help_text="The account's key; empty where nobody is signed in.")
    token = serializers.CharField(help_text="For the header X-CSRFToken.")


class SessionView(APIView):
    """Who is signed in here, and a fresh token: what a page asks before it sends what waited."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="session", responses=SessionSerializer, auth=[])
    def get(self, request: Request) -> Response:
        owner = str(request.user.pk) if request.user.is_authenticated else ""
        answer = SessionSerializer({"owner": owner, "token": get_token(request._request)}).data
        return Response(answer, headers={"Cache-Control": "no-store"})


class LogoutView(APIView):
    """Deletes the token that the request came with."""

    @extend_schema(operation_id="logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        with transaction.atomic():
            if isinstance(request.auth, AuthToken):
                request.auth.delete()
            person = signed_in(request)
            audit.record("logout", by=person, obj=person)
        return Response(status=204)


def sign_in(
    request: HttpRequest, *, username: str, password: str, now: datetime, totp: str = ""
) -> tuple[str, datetime]:
    """A new token and when it ends. Every refusal raises a DomainError and counts as a failure.

    It takes the request because axes keeps where failures came from.
    """
    credentials = {"username": username, "phone": username, "password": password}
    person = authenticate(request, **credentials)
    if person is None:
        _refuse_if_locked(request)
        raise BadCredentials(_("The name or the password is wrong."))
    if person.must_change_password:
        raise NotAllowed(
            _("Sign in with the browser first and choose a password of your own."),
            code="password_change_required",
        )
    if person.phone and not person.phone_verified:
        raise NotAllowed(
            _("Sign in with the browser first and confirm your mobile number with a code."),
            code="phone_unverified",
        )
    _check_second_factor(request, person, totp)
    # Counted failures end here; Django's own signal would open a session.
    AxesProxyHandler.reset_attempts(
        username=lockout_name(request, {"username": person.get_username()})
    )
    with transaction.atomic():
        update_last_login(User, person)
        row, token = AuthToken.objects.create(user=person)
        audit.record("login", by=person, obj=person, detail={"api": True}, now=now)
    return token, row.expiry


def _check_second_factor(request: HttpRequest, person: User, totp: str) -> None:
    if not has_second_factor(person):
        if needs_second_factor(person):
            raise SecondFactorRequired(
                _("Sign in with the browser first and set up your second factor.")
            )
        return
    if not totp:
        raise SecondFactorRequired(_("Send the six digits of your authenticator app as totp."))
    if any(row.wrap().validate_code(totp) for row in Authenticator.objects.filter(user=person)):
        return
    user_login_failed.send(
        sender=__name__, credentials={"username": person.get_username()}, request=request
    )
    _refuse_if_locked(request)
    raise SecondFactorRequired(_("These six digits are wrong or were used before."))


def _refuse_if_locked(request: Any) -> None:
    if getattr(request, "axes_locked_out", False):
        raise TooOften(locked_message(), code="locked")


urlpatterns = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("session/", SessionView.as_view(), name="session"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
]
