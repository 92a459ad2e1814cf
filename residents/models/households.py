"""Households: the flats, shops and parking spaces of a building."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import HOUSEHOLD_READERS, AreaSource, HouseholdState

if TYPE_CHECKING:
    from orgs.models import User


class Household(Scoped):
    """One flat, shop or parking space. Its building is a leaf of the unit tree.

    `area` is in units of 0.01 m². The code is the building's with entrance (0 if none) and room; it
    moves along when the building's code does.
    """

    scope_path = "building"

    building = models.ForeignKey(
        Unit,
        verbose_name=_("building"),
        on_delete=models.PROTECT,
        related_name="households",
        limit_choices_to={"kind": UnitKind.BUILDING},
    )
    entrance = models.CharField(_("entrance"), max_length=10, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=12)
    code = models.CharField(_("code"), max_length=50, unique=True)
    area = models.PositiveIntegerField(_("area (0.01 m²)"), null=True, blank=True)
    area_source = models.CharField(
        _("area known from"), max_length=10, choices=AreaSource, blank=True
    )
    state = models.CharField(
        _("state"), max_length=12, choices=HouseholdState, default=HouseholdState.LIVED_IN
    )

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["code"]
        indexes = [models.Index(fields=["room", "building"], name="household_by_room")]
        constraints = [
            models.UniqueConstraint(
                name="household_room_once", fields=["building", "entrance", "room"]
            ),
            models.CheckConstraint(name="household_has_room", condition=~Q(room="")),
            models.CheckConstraint(
                name="household_area_has_source",
                condition=Q(area=None, area_source="")
                | (Q(area__isnull=False, area__gt=0) & Q(area_source__in=AreaSource.values)),
            ),
            models.CheckConstraint(
                name="household_state_known", condition=Q(state__in=HouseholdState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building} · {self.door}"

    @property
    def door(self) -> str:
        """Entrance and room as people say them."""
        return door_of(self.entrance, self.room)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Those who read the roll of the place, and who belongs to the household today."""
        return [
            reach_of(user).q(cls.scope_path, HOUSEHOLD_READERS),
            cls._default_manager.filter(
                belongings__person__account=user, belongings__ends=None
            ).values("pk"),
        ]


def door_of(entrance: str, room: str) -> str:
    """An entrance (perhaps "") and a room as people say them."""
    if not entrance:
        return room
    return _("entrance %(entrance)s, %(room)s") % {"entrance": entrance, "room": room}
