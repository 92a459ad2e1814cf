"""What a password has to be: Django's four rules, said to people in one sentence."""

from typing import Any

from django.contrib.auth import password_validation as rules
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST = 10


class OneSentence:
    """Checks by Django's rules; a password that breaks some of them gets one sentence, not four."""

    def __init__(self) -> None:
        self.form = (rules.MinimumLengthValidator(LEAST), rules.NumericPasswordValidator())
        self.guess = (rules.UserAttributeSimilarityValidator(), rules.CommonPasswordValidator())

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError: too short or digits alone, or easy to guess."""
        if _breaks(self.form, password, user):
            raise ValidationError(self.get_help_text(), code="password_too_simple")
        if _breaks(self.guess, password, user):
            raise ValidationError(
                _("This password is easy to guess: choose another one."), code="password_guessed"
            )

    def get_help_text(self) -> str:
        return _("At least %(least)d characters, and not only digits") % {"least": LEAST}


def _breaks(validators: Any, password: str, user: Any) -> bool:
    for validator in validators:
        try:
            validator.validate(password, user)
        except ValidationError:
            return True
    return False
