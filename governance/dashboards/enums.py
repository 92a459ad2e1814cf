"""The choices of this app."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role, UnitKind


class BoardKind(models.TextChoices):
    """Of what a dashboard is."""

    DISTRICT = "district", _("district")
    STREET = UnitKind.STREET.value, UnitKind.STREET.label
    COMMUNITY = UnitKind.COMMUNITY.value, UnitKind.COMMUNITY.label
    COMPOUND = UnitKind.COMPOUND.value, UnitKind.COMPOUND.label
    DEPARTMENT = "department", _("department")


OF_UNITS = frozenset({BoardKind.STREET, BoardKind.COMMUNITY, BoardKind.COMPOUND})


class Part(models.TextChoices):
    """What is counted together, and so has one "as of" time."""

    NOW = "now", _("what is open now")
    DAYS = "days", _("reports and rates by day")
    SPOTS = "spots", _("hot spots")
    DUTY = "duty", _("monthly duty")
    COVERAGE = "coverage", _("five full coverages")


class Permission(StrEnum):
    """The permissions of this app."""

    VIEW_BOARD = "dashboards.view_board"


# Who has a dashboard of the places they work for.
READERS = frozenset(
    {
        *(Role.DISTRICT_OFFICE, Role.STREET_CADRE, Role.STREET_LEADER),
        *(Role.COMMUNITY_WORKER, Role.BRANCH_SECRETARY),
    }
)
