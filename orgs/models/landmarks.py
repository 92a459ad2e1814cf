"""Roads and landmarks: names by which people say where something is."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import LandmarkKind
from orgs.models.registers import UnitRow
from orgs.values import geo
from orgs.values.names import ComparedField


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
