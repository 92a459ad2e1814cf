"""The district for which somebody makes schemes."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from governance.assessment.enums import DISTRICT
from orgs.errors import NotAllowed
from orgs.models import Department, District
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.models import User


def district_of(user: "User") -> District:
    """The district whose office somebody holds, or to which their department belongs. Raises NotAllowed."""
    reach = reach_of(user)
    keys = set(reach.district_ids(DISTRICT))
    if not keys:
        departments = Department.objects.filter(pk__in=reach.department_ids)
        keys = set(departments.values_list("district", flat=True))
    if len(keys) != 1:
        raise NotAllowed(_("Only a district's office and its departments make schemes."))
    return District.objects.get(pk=keys.pop())
