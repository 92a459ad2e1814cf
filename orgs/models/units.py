"""Districts, the unit tree (street > community > compound > building), and grids."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet

from orgs.enums import UNIT_LEVELS, CompoundType, PropertyMode, UnitKind
from orgs.scoping import ScopedQuerySet
from orgs.values import geo
from orgs.values.names import ComparedField

if TYPE_CHECKING:
    from orgs.models.users import User
    from orgs.scoping import Way


class District(models.Model):  # type: ignore[django-manager-missing]  # streets: mptt's manager
    """A county-level division: what streets and departments belong to."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(TreeQuerySet, ScopedQuerySet):
    """Units are public knowledge: whoever is signed in reads them all."""


class UnitManager(TreeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]  # made by a call
    """mptt's manager, with `visible_to`."""


class Unit(MPTTModel):
    """One place in a street's tree. Roots are streets, buildings are leaves."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=UnitKind)
    official_type = models.CharField(_("official type"), max_length=30, blank=True)
    parent = TreeForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    district = models.ForeignKey(
        District,
        verbose_name=_("district"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="streets",
    )
    # Names from the street down, kept by orgs.units, so that a list needs no ancestors.
    path_name = models.CharField(_("place"), max_length=255, editable=False)
    # How neighbours are told apart, and how a place is searched: every way of writing is one.
    name_key = ComparedField(source="name")
    path_key = ComparedField(source="path_name", max_length=255)

    objects = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["tree_id", "lft"]
        permissions = [("move_unit", "May move a unit")]
        indexes = [models.Index(fields=["tree_id", "lft", "rght"], name="unit_subtree")]
        constraints = [
            models.CheckConstraint(
                name="unit_kind_is_level",
                condition=Q(kind=UnitKind.STREET, level=0, parent=None)
                | Q(
                    *[
                        Q(kind=kind, level=level, parent__isnull=False)
                        for level, kind in enumerate(UNIT_LEVELS)
                        if level
                    ],
                    _connector=Q.OR,
                ),
            ),
            models.CheckConstraint(
                name="unit_street_has_district",
                condition=Q(kind=UnitKind.STREET, district__isnull=False)
                | (~Q(kind=UnitKind.STREET) & Q(district=None)),
            ),
            models.UniqueConstraint(name="unit_name_once", fields=["parent", "name_key"]),
            models.UniqueConstraint(
                name="unit_street_name_once",
                fields=["district", "name_key"],
                condition=Q(kind=UnitKind.STREET),
            ),
        ]

    def __str__(self) -> str:
        return self.path_name or self.name

    @classmethod
    def ways(cls, user: "User") -> "list[Way]":
        """Every signed-in person may read every unit."""
        return [Q()]

    @property
    def short_name(self) -> str:
        """西湖社区 for 西湖社区居民委员会, 东湖村 for 东湖村(村)民委员会: what people say."""
        for suffix in ("居民委员会", "居委会", "村民委员会", "村委会"):
            place = self.name.removesuffix(suffix)
            if place and place != self.name:
                return f"{place}村" if suffix[0] == "村" and place[-1] != "村" else place
        return self.name


class UnitAlias(models.Model):
    """A code that a unit had before it was moved; old papers and links still find it."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("former code")
        verbose_name_plural = _("former codes")

    def __str__(self) -> str:
        return self.code


class CompoundProfile(models.Model):
    """What is known of a compound beyond its place in the tree."""

    unit = models.OneToOneField(
        Unit,
        verbose_name=_("compound"),
        on_delete=models.CASCADE,
        related_name="profile",
        limit_choices_to={"kind": UnitKind.COMPOUND},
    )
    year_built = models.PositiveSmallIntegerField(
        _("year built"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    type = models.CharField(_("type"), max_length=16, choices=CompoundType, blank=True)
    property_mode = models.CharField(
        _("property service"), max_length=10, choices=PropertyMode, blank=True
    )
    property_firm = models.CharField(_("property firm"), max_length=80, blank=True)
    planned_households = models.PositiveIntegerField(_("planned households"), null=True, blank=True)
    lon = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)

    class Meta:
        verbose_name = _("compound profile")
        verbose_name_plural = _("compound profiles")
        constraints = [
            models.CheckConstraint(
                name="profile_point_whole",
                condition=Q(lon=None, lat=None)
                | Q(lon__isnull=False, lat__isnull=False)
                & Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
            )
        ]

    def __str__(self) -> str:
        return str(self.unit)

    def clean(self) -> None:
        if wrong := geo.faults(self.lon, self.lat):
            raise ValidationError(wrong)


class Grid(models.Model):
    """A patrol area: compounds or buildings of one community."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=60)
    community = models.ForeignKey(
        Unit,
        verbose_name=_("community"),
        on_delete=models.PROTECT,
        related_name="grids",
        limit_choices_to={"kind": UnitKind.COMMUNITY},
    )
    units = models.ManyToManyField(
        Unit, verbose_name=_("compounds and buildings"), related_name="covering_grids"
    )

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
