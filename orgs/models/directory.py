"""What a place tells everybody: whom to call, where to go, what its roads and landmarks are called."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import LandmarkKind, Opening, ServiceKind
from orgs.models.registers import UnitRow
from orgs.values import geo
from orgs.values.names import ComparedField

NUMBER = RegexValidator(r"^[0-9][0-9-]{2,19}\Z", _("Write digits and dashes: 110, 0713-8350000."))


class ServicePoint(UnitRow):
    """A counter or a telephone number that a unit names to everybody (公告、便民电话)."""

    kind = models.CharField(_("Kind"), max_length=12, choices=ServiceKind)
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=20, blank=True, validators=[NUMBER])
    address = models.CharField(_("address"), max_length=120, blank=True)
    opening = models.CharField(_("opening hours"), max_length=12, choices=Opening, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("service point")
        verbose_name_plural = _("useful numbers")
        constraints = [
            models.UniqueConstraint(
                name="service_point_once", fields=["unit", "kind", "name"], condition=Q(ends=None),
                violation_error_message=_("This place has an entry of this kind and name."),
            ),
            models.CheckConstraint(
                name="service_point_sound",
                condition=(~Q(phone="") | ~Q(address=""))
                & Q(kind__in=ServiceKind.values, opening__in=["", *Opening.values]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.phone}".strip()

    def clean(self) -> None:
        super().clean()
        if not (self.phone or self.address):
            raise ValidationError({"phone": _("Give a telephone number or an address.")})


class Landmark(UnitRow):
    """A road, a school, a bus stop: known to everybody, in no compound or in one (路名、地标)."""

    kind = models.CharField(_("Kind"), max_length=10, choices=LandmarkKind)
    name = models.CharField(_("name"), max_length=60)
    name_key = ComparedField(source="name")
    lon = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)

    class Meta:
        verbose_name = _("road or landmark")
        verbose_name_plural = _("roads and landmarks")
        constraints = [
            models.UniqueConstraint(
                name="landmark_once", fields=["unit", "name"], condition=Q(ends=None),
                violation_error_message=_("This place has an entry of this name."),
            ),
            models.CheckConstraint(
                name="landmark_sound",
                condition=(
                    Q(lon=None, lat=None)
                    # A comparison with nothing is not false for a database: ask for both.
                    | Q(lon__isnull=False, lat__isnull=False)
                    & Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)
                )
                & Q(kind__in=LandmarkKind.values),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["lat", "lon"], name="landmark_around")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if wrong := geo.faults(self.lon, self.lat):
            raise ValidationError({**wrong})
