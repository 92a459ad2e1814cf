"""Forms of accounts."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context, ratelimit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs import registry
from orgs.accounts import users
from orgs.models import User

# How long a code that was just entered stands in for the present password, in seconds.
CODE_COUNTS_FOR = 600


class SignupForm(allauth_forms.SignupForm):
    """A resident's sign-up: mobile number and password, and how to be called."""

    name = forms.CharField(
        label=_("How may we call you?"), max_length=users.MAX_NAME, required=False
    )
    field_order = ["phone", "name", "password1", "password2", "notice"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(registry.call(registry.Name.NOTICE_TO_ACCEPT)):
            self.fields["notice"] = forms.BooleanField(
                label=_(
                    "I am 14 or older, have read the privacy notice and agree to my data being used "
                    "for it."
                ),
                error_messages={
                    "required": _(
                        "Read the notice and agree to it. For a child under 14 the guardian opens "
                        "the account, and acts for the child."
                    )
                },
            )

    def _clean_phone(self) -> None:
        """A number that nobody confirmed is free again."""
        phone = self.cleaned_data.get("phone")
        person = users.by_phone(phone) if phone else None
        if person and person.phone_verified:
            self.add_error(
                "phone", _("This mobile number already belongs to an account. Sign in with it.")
            )


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """A number to send a code to; numbers without account count against the limit too."""

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        adapter = get_adapter()
        if not ratelimit.consume(context.request, action="request_login_code", key=phone):
            raise adapter.validation_error("too_many_login_attempts")
        self._user = adapter.get_user_by_phone(phone)
        if self._user is None:
            raise adapter.validation_error("unknown_phone")
        return phone


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """A new password; who has just signed in by code, having forgotten it, gives no old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if _came_by_code(self.user):
            del self.fields["oldpassword"]


def _came_by_code(user: User | None) -> bool:
    now = timezone.now().timestamp()
    return any(
        record["method"] == "code" and now - record["at"] < CODE_COUNTS_FOR
        for record in get_authentication_records(context.request, user)
    )


class ProfileForm(forms.ModelForm):
    """How a person is called, and the size of type."""

    class Meta:
        model = User
        fields = ["name", "large_type"]


class LoginForm(allauth_forms.LoginForm):
    """User name or mobile number, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or mobile number")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "placeholder": ""}
        self.fields["password"].help_text = ""
