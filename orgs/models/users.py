"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.enums import TypeSize
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
    # Sessions that were opened before are over: the person signed out everywhere.
    signed_out_at = models.DateTimeField(null=True, blank=True, editable=False)
    type_size = models.PositiveSmallIntegerField(
        _("type size"), choices=TypeSize, default=TypeSize.NORMAL
    )
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


class Device(models.Model):
    """A browser in which somebody is signed in; its session ends with the row, and the row with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("device"), max_length=60)
    stays = models.BooleanField(_("stays signed in"), default=False)
    since = models.DateTimeField(_("signed in since"))
    seen_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return self.name
