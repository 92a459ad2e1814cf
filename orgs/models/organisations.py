"""Party organisations and departments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import FoundingMode, PartyOrganisationKind
from orgs.models.units import District, Unit


class PartyOrganisation(models.Model):
    """A party organisation and the units that it covers."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=PartyOrganisationKind)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT
    )
    covers = models.ManyToManyField(
        Unit, verbose_name=_("covers"), blank=True, related_name="party_organisations"
    )
    founding_mode = models.CharField(
        _("founding mode"), max_length=10, choices=FoundingMode, blank=True
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)

    class Meta:
        verbose_name = _("party organisation")
        verbose_name_plural = _("party organisations")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department that a street can call: of a district, or one of the street's own offices."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=20)
    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="departments"
    )
    street = models.ForeignKey(
        Unit,
        verbose_name=_("street (for its own offices)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="departments",
    )
    is_active = models.BooleanField(_("can be called"), default=True)
    # For everybody to read: how residents reach it.
    phone = models.CharField(_("public telephone"), max_length=40, blank=True)
    address = models.CharField(_("address of the office"), max_length=100, blank=True)
    hours = models.CharField(_("office hours"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="department_has_short_name", condition=~Q(short_name=""))
        ]

    def __str__(self) -> str:
        return self.short_name
