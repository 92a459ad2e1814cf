"""Which roles hold the permissions of forms."""

from governance.data_forms.enums import FILLERS, Permission
from orgs.permissions import grant, in_sight

# Being a superuser decides nothing about what people's data are written into.
grant(Permission.KEEP_FORMS, FILLERS, "unit", superusers=False)
grant(Permission.FILL_FORMS, FILLERS, "", superusers=False)
grant(Permission.KEEP_LISTS, FILLERS, "unit", superusers=False)
grant(Permission.EXPORT_LISTS, FILLERS, "", superusers=False)
for _name in ("blankform", "filledrun", "filledfile", "savedlist"):
    grant(f"data_forms.view_{_name}", FILLERS, in_sight)
