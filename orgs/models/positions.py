"""Who holds which role where, from when until when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import ROLE_TARGETS, PositionTarget, Role
from orgs.models.organisations import Department, PartyOrganisation
from orgs.models.units import District, Grid, Unit
from orgs.models.users import User


def _held_at_its_target() -> Q:
    """Each role sits at exactly its one kind of target."""
    checks = []
    for target in PositionTarget:
        roles = [role for role, where in ROLE_TARGETS.items() if where == target]
        filled = {f"{field}__isnull": field != target for field in PositionTarget.values}
        checks.append(Q(role__in=roles, **filled))
    return Q(*checks, _connector=Q.OR)


class Position(models.Model):
    """A role held at one unit, grid, district, party organisation or department.

    It gives its rights from `starts` to `ends`, both days included. `acting_for` marks a stand-in
    who does the work of another position while its holder is away.
    """

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="positions"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT
    )
    grid = models.ForeignKey(
        Grid, verbose_name=_("grid"), null=True, blank=True, on_delete=models.PROTECT
    )
    district = models.ForeignKey(
        District, verbose_name=_("district"), null=True, blank=True, on_delete=models.PROTECT
    )
    party_organisation = models.ForeignKey(
        PartyOrganisation,
        verbose_name=_("party organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.PROTECT
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    acting_for = models.ForeignKey(
        "self",
        verbose_name=_("stands in for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stand_ins",
    )

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["user", "role", "pk"]
        constraints = [
            models.CheckConstraint(name="position_at_its_target", condition=_held_at_its_target()),
            models.CheckConstraint(
                name="position_ends_after_start",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="position_stand_in_ends",
                condition=Q(acting_for=None) | Q(ends__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.where}"

    @property
    def where(self) -> Unit | Grid | District | PartyOrganisation | Department:
        """The thing at which the position is held."""
        return getattr(self, ROLE_TARGETS[Role(self.role)])
