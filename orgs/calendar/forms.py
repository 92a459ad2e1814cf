"""Forms of a duty roster: three boxes a day, a rotation, a week that repeats."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.calendar.duty import Turn
from orgs.calendar.rotation import MOST_WEEKS
from orgs.calendar.working_time import calendar
from orgs.enums import DutyDays
from orgs.models import DutyDay, User
from orgs.web.form_fields import DayField, EnumField

BOXES = ("leader", "person", "stand_in")


class RosterForm(forms.Form):
    """Who leads, who has the duty and who stands in, for each day."""

    def __init__(
        self,
        *args: Any,
        days: list[date],
        people: QuerySet[User],
        leaders: QuerySet[User],
        kept: Iterable[DutyDay],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        self.people = {str(person.pk): person for person in people}
        lead = {str(leader.pk): leader for leader in leaders}
        labels = {
            "leader": _("Leader on %(day)s"),
            "person": _("On duty on %(day)s"),
            "stand_in": _("Stand-in on %(day)s"),
        }
        kept_by_day = {turn.day: turn for turn in kept}
        self.kept = {day: _turn(kept_by_day.get(day), day) for day in days}
        # Whoever stands there and has left the office is lost from no day by keeping the others.
        self.known = dict(self.people)
        for day in days:
            named = {"day": format_date(day, _("j M D"))}
            for box in BOXES:
                chosen = getattr(self.kept[day], box)
                people_here = lead if box == "leader" else self.people
                if chosen:
                    self.known.setdefault(str(chosen.pk), chosen)
                    people_here = people_here | {str(chosen.pk): chosen}
                self.fields[f"{box}_{day}"] = _box(people_here, chosen, labels[box] % named)

    def clean(self) -> dict[str, Any]:
        """Adds the days that were changed, as they were entered, as `turns`."""
        entered = (
            Turn(day=day, **{box: self._person(box, day) for box in BOXES}) for day in self.days
        )
        turns = [turn for turn in entered if turn != self.kept[turn.day]]
        return self.cleaned_data | {"turns": turns}

    def _person(self, box: str, day: date) -> User | None:
        return self.known.get(self.cleaned_data.get(f"{box}_{day}", ""))

    def rows(self) -> list[tuple[Any, ...]]:
        """Each day, whether it is worked, and its boxes."""
        off = calendar()
        return [
            (day, off.is_worked(day), *(self[f"{box}_{day}"] for box in BOXES)) for day in self.days
        ]


def boxes_of(kept: Iterable[DutyDay], days: list[date]) -> dict[str, str]:
    """What the form of some days shows: the key of whoever stands in each box."""
    by_day = {turn.day: turn for turn in kept}
    return {
        f"{box}_{day}": str(getattr(by_day.get(day), f"{box}_id", None) or "")
        for day in days
        for box in BOXES
    }


def _turn(kept: DutyDay | None, day: date) -> Turn:
    """A day as it is kept; nobody on a day without a row."""
    return Turn(day, **{box: getattr(kept, box) if kept else None for box in BOXES})


def _box(people: dict[str, User], chosen: User | None, label: str) -> forms.ChoiceField:
    choices = [
        ("", gettext_lazy("nobody")),
        *((key, person.name) for key, person in people.items()),
    ]
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=False,
        initial=str(chosen.pk) if chosen else "",
        widget=forms.Select(attrs={"class": "input", "aria-label": label}),
    )


class _PeopleField(forms.ModelMultipleChoiceField):
    """People in the order in which the form shows them."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        return list(super().clean(value))


class RotationForm(forms.Form):
    """Who takes turns, from when until when."""

    people = _PeopleField(None, label=gettext_lazy("Who takes turns, in this order"))
    begins: forms.ModelChoiceField = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Who begins"),
        required=False,
        empty_label=gettext_lazy("the first one"),
    )
    leaders = _PeopleField(None, label=gettext_lazy("Leaders who take turns"), required=False)
    first = DayField(label=gettext_lazy("First day"), initial=timezone.localdate)
    last = DayField(label=gettext_lazy("Last day"))
    days = EnumField(DutyDays, label=gettext_lazy("Which days"), initial=DutyDays.ALL)

    def __init__(
        self, *args: Any, people: QuerySet[User], leaders: QuerySet[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("people", people), ("begins", people), ("leaders", leaders)):
            self.fields[name].queryset = choices  # type: ignore[attr-defined]


class RepeatForm(forms.Form):
    """How many weeks become like the one on the page."""

    weeks = forms.IntegerField(
        label=gettext_lazy("For how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1
    )
