"""The pages of this app that everybody's navigation offers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from governance.data_forms.enums import Permission
from orgs.web.navigation import Group, NavItem, may

if TYPE_CHECKING:
    from orgs.scoping import Person


def _answers_alone(person: "Person") -> bool:
    """Whoever fills forms completes them at the desk."""
    answers = person.has_perm(Permission.ANSWER_FORMS)
    return answers and not person.has_perm(Permission.FILL_FORMS)


ITEMS = (
    NavItem(
        _("Forms to fill"),
        "file-spreadsheet",
        "data_forms:forms",
        may(Permission.FILL_FORMS),
        place=95,
        group=Group.FORMS,
    ),
    NavItem(
        _("Forms to complete"),
        "file-spreadsheet",
        "data_forms:phone_forms",
        _answers_alone,
        place=95,
        group=Group.FORMS,
    ),
    NavItem(
        _("Forms asked for"),
        "clipboard-check",
        "data_forms:collections",
        may(Permission.VIEW_COLLECTIONS),
        place=96,
        group=Group.FORMS,
    ),
    NavItem(
        _("Catalogue of forms"),
        "list-check",
        "data_forms:catalogue",
        may(Permission.VIEW_COLLECTIONS),
        place=97,
        group=Group.FORMS,
    ),
)
