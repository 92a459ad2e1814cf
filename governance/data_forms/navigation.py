"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import Permission
from orgs.web.navigation import NavItem, may

ITEMS = (
    NavItem(
        _("Forms to fill"),
        "file-spreadsheet",
        "data_forms:forms",
        may(Permission.FILL_FORMS),
        place=95,
    ),
    NavItem(
        _("Forms asked for"),
        "clipboard-check",
        "data_forms:collections",
        may(Permission.VIEW_COLLECTIONS),
        place=96,
    ),
    NavItem(
        _("Catalogue of forms"),
        "list-check",
        "data_forms:catalogue",
        may(Permission.VIEW_COLLECTIONS),
        place=97,
    ),
)
