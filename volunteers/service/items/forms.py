"""The form of an item of the library."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.web.form_fields import RowForm
from volunteers.service.enums import Skill
from volunteers.service.models import ServiceItem

FIELDS: tuple[str, ...] = (
    *("item_class", "name", "text", "use", "minutes", "points", "minutes_kind"),
    *("is_dangerous", "least_age", "skill", "has_ended", "source"),
)


class ItemForm(RowForm):
    """The next version of an item; what was ordered before keeps its own."""

    skill = forms.ChoiceField(
        label=_("Skill needed"), choices=[("", _("none")), *Skill.choices], required=False
    )

    class Meta(RowForm.Meta):
        model = ServiceItem
        fields: tuple[str, ...] = FIELDS


class NewItemForm(ItemForm):
    """A new one, with its code."""

    class Meta(ItemForm.Meta):
        fields = ("code", *FIELDS)


def initial_of(item: ServiceItem) -> dict[str, Any]:
    """What the form of the next version begins with."""
    return {name: getattr(item, name) for name in FIELDS}
