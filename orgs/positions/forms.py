"""Forms of positions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import Role
from orgs.models import User
from orgs.positions.appointments import find_targets
from orgs.web.form_fields import DayField, EnumField, PersonField


class StaffFilterForm(forms.Form):
    """What of the staff list is shown."""

    WHEN = [
        ("", gettext_lazy("Today")),
        ("coming", gettext_lazy("From later on")),
        ("ended", gettext_lazy("Ended")),
    ]
    q = forms.CharField(
        label=gettext_lazy("Name, user name or mobile number"), required=False, max_length=150
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[("", gettext_lazy("any role")), *Role.choices],
    )
    when = forms.ChoiceField(label=gettext_lazy("When"), required=False, choices=WHEN)


class AppointForm(forms.Form):
    """Somebody's new position. The place is named by its code or a part of its name."""

    person = PersonField(label=gettext_lazy("Person"))
    role = EnumField(Role, label=gettext_lazy("Role"))
    where = forms.CharField(
        label=gettext_lazy("Place or department"),
        help_text=gettext_lazy("Its code, or a part of its name"),
        max_length=60,
    )
    starts = DayField(label=gettext_lazy("First day"), initial=timezone.localdate)
    ends = DayField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") and data.get("where"):
            targets = find_targets(self.by, data["role"], data["where"].strip())
            if len(targets) == 1:
                data["where"] = targets[0]
            else:
                self.add_error("where", self._which(targets))
        return data

    def _which(self, targets: list[Any]) -> str:
        if not targets:
            return _("Nothing like this where you may appoint to this role.")
        named = "、".join(f"{place} ({place.code})" for place in targets)
        return _("Which one? Give the code: %(places)s") % {"places": named}


class EndForm(forms.Form):
    last_day = DayField(label=gettext_lazy("Last day"), initial=timezone.localdate)


class LeaveForm(forms.Form):
    stand_in = PersonField(label=gettext_lazy("Who stands in"))
    starts = DayField(label=gettext_lazy("First day"))
    ends = DayField(label=gettext_lazy("Last day"))


class HandOverForm(forms.Form):
    to = PersonField(label=gettext_lazy("Successor"))
    first_day = DayField(
        label=gettext_lazy("The successor's first day"), initial=timezone.localdate
    )
