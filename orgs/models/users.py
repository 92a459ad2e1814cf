"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.permissions import granted, superusers_hold


class PhoneUserManager(UserManager["User"]):
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        """Without an e-mail address: the portal keeps none."""
        extra |= {"is_staff": True, "is_superuser": True}
        user = self.model(username=username, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        """Without an e-mail address: the portal keeps none."""
        user = self.model(username=username, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """One person's account. What it may do comes from its positions."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=40, blank=True)
    phone = EncryptedTextField(_("mobile number"), blank=True, default="")
    phone_index = models.CharField(max_length=64, null=True, unique=True, editable=False)
    phone_verified = models.BooleanField(_("number verified"), default=False)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    large_type = models.BooleanField(_("large type"), default=False)
    home = models.ForeignKey(
        "orgs.Unit",
        verbose_name=_("home"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects: ClassVar[PhoneUserManager] = PhoneUserManager()
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions = [("unmask_person", "May see private data in clear, with a reason")]

    def __str__(self) -> str:
        return self.name or self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's check, except that some permissions ignore `is_superuser`."""
        return super().has_perm(perm, obj) if superusers_hold(perm) else granted(self, perm, obj)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
