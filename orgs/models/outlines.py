"""Where a compound or a grid lies: its outline on the map."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models.units import Grid, Unit


class Outline(models.Model):
    """The outline of one compound or one grid, as areas in WGS-84 (a GeoJSON MultiPolygon)."""

    unit = models.OneToOneField(
        Unit,
        verbose_name=_("compound"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="outline",
    )
    grid = models.OneToOneField(
        Grid,
        verbose_name=_("grid"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="outline",
    )
    areas: Any = models.JSONField(_("areas"))

    class Meta:
        verbose_name = _("outline")
        verbose_name_plural = _("outlines")
        constraints = [
            models.CheckConstraint(
                name="outline_of_unit_or_grid",
                condition=Q(unit=None, grid__isnull=False) | Q(unit__isnull=False, grid=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.unit or self.grid)
