"""Which roles hold the permissions of forms."""

from typing import TYPE_CHECKING

from governance.data_forms.enums import ANSWERERS, FILLERS, Permission
from orgs.permissions import grant, in_sight
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from governance.data_forms.models import BlankForm
    from orgs.models import User


def _may_answer(user: "User", form: "BlankForm") -> bool:
    """Whoever completes forms for a place that this one may list."""
    return bool(reach_of(user).roles & ANSWERERS) and in_sight(user, form)


# Being a superuser decides nothing about what people's data are written into.
grant(Permission.KEEP_FORMS, FILLERS, "unit", superusers=False)
grant(Permission.FILL_FORMS, FILLERS, "", superusers=False)
grant(Permission.ANSWER_FORMS, ANSWERERS, _may_answer, superusers=False)
grant(Permission.KEEP_LISTS, FILLERS, "unit", superusers=False)
grant(Permission.EXPORT_LISTS, FILLERS, "", superusers=False)
for _name in ("blankform", "filledrun", "filledfile", "savedlist"):
    grant(f"data_forms.view_{_name}", FILLERS, in_sight)
