"""What somebody sent when the session had already ended."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField


class UnsentForm(models.Model):
    """The words of a form that was turned away, until its author has signed in again.

    Found by three things together: a random key in a cookie of the browser, the person, and the
    address that the form was sent to. The words and the address themselves are encrypted.
    """

    browser = models.CharField(max_length=64)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)
    body = EncryptedTextField()
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    class Meta:
        verbose_name = _("form not sent yet")
        verbose_name_plural = _("forms not sent yet")
        constraints = [
            models.UniqueConstraint(
                fields=["browser", "owner", "address"], name="one_unsent_form_an_address"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
