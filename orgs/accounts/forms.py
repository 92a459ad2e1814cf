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
from orgs.accounts import devices, users
from orgs.models import User

# How long a code that was just entered stands in for the present password, in seconds.
CODE_COUNTS_FOR = 600


def is_guessing() -> bool:
    """Whether this address has learned of so many numbers that it learns of no more for a while."""
    return not ratelimit.consume(context.request, action="number_guess", dry_run=True)


def count_guess() -> None:
    """The page is about to say whether a number has an account: counted by address."""
    ratelimit.consume(context.request, action="number_guess")


class SignupForm(allauth_forms.SignupForm):
    """A resident's sign-up: mobile number and password, and how to be called."""

    name = forms.CharField(
        label=_("How may we call you?"), max_length=users.MAX_NAME, required=False
    )
    field_order = ["phone", "name", "password1", "password2", "remember", "notice"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        devices.choose(context.request.session, stays=bool(cleaned.get("remember")))
        return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].label = _("The password once more")
        self.fields["remember"] = stay_field()
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
        if not phone:
            return
        if is_guessing() or not ratelimit.consume(
            context.request, action="signup_phone", key=phone
        ):
            self.add_error("phone", get_adapter().validation_error("too_many_login_attempts"))
            return
        person = users.by_phone(phone)
        if person and person.phone_verified:
            count_guess()
            self.add_error(
                "phone", _("This mobile number already belongs to an account. Sign in with it.")
            )


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """A number to send a code to; numbers without account count against the limit too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"] = stay_field()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        devices.choose(context.request.session, stays=bool(cleaned.get("remember")))
        return cleaned

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        adapter = get_adapter()
        if is_guessing() or not ratelimit.consume(
            context.request, action="request_login_code", key=phone
        ):
            raise adapter.validation_error("too_many_login_attempts")
        self._user = adapter.get_user_by_phone(phone)
        if self._user is None:
            count_guess()
            raise adapter.validation_error("unknown_phone")
        return phone


def stay_field() -> forms.BooleanField:
    """Whether to stay signed in; who holds a post is signed out after a while all the same."""
    return forms.BooleanField(
        label=_("Stay signed in for a month on this phone"),
        help_text=_("Only on a phone of your own. Whoever works in the portal signs in each time."),
        required=False,
    )


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """A new password; who has just signed in by code, having forgotten it, gives no old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].label = _("The password once more")
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
        fields = ["name", "type_size"]
        widgets = {"type_size": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_size"].required = False

    def clean_type_size(self) -> int:
        """What is not said stays."""
        size: int | str | None = self.cleaned_data["type_size"]
        return self.instance.type_size if size in (None, "") else int(size or 0)


class LoginForm(allauth_forms.LoginForm):
    """User name or mobile number, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or mobile number")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "placeholder": ""}
        self.fields["password"].help_text = ""
        self.fields["remember"] = stay_field()

    def login(self, request: Any, redirect_url: Any = None) -> Any:
        """As allauth does, which shortens every session; what was chosen counts again."""
        response = super().login(request, redirect_url=redirect_url)
        devices.keep_choice(request.session)
        return response
