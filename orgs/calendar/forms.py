"""The form of a duty roster: two boxes a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.calendar.duty import Turn
from orgs.models import DutyDay, User


class RosterForm(forms.Form):
    """Who has the duty and who stands in, for each day."""

    def __init__(
        self,
        *args: Any,
        days: list[date],
        people: QuerySet[User],
        kept: Iterable[DutyDay],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        self.people = {str(person.pk): person for person in people}
        choices = [
            ("", gettext_lazy("nobody")),
            *((key, holder.name) for key, holder in self.people.items()),
        ]
        now = {turn.day: turn for turn in kept}
        for day in days:
            turn = now.get(day)
            self.fields[f"person_{day}"] = _box(
                choices, turn.person_id if turn else None, _("On duty on %(day)s") % {"day": day}
            )
            self.fields[f"stand_in_{day}"] = _box(
                choices, turn.stand_in_id if turn else None, _("Stand-in on %(day)s") % {"day": day}
            )

    def turns(self) -> list[Turn]:
        """The days as they were entered."""
        return [
            Turn(day, self._person(f"person_{day}"), self._person(f"stand_in_{day}"))
            for day in self.days
        ]

    def _person(self, field: str) -> User | None:
        return self.people.get(self.cleaned_data[field])


def _box(choices: Any, chosen: int | None, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=False,
        initial=str(chosen or ""),
        widget=forms.Select(attrs={"class": "input", "aria-label": label}),
    )
