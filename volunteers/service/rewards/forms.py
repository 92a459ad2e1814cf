"""Forms of rewards."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from residents.models import Household, Person
from residents.roll.values.masking import name_for
from volunteers.service.rewards import family
from volunteers.service.rewards.rewards import MOST_AT_ONCE, MOST_POINTS

if TYPE_CHECKING:
    from orgs.models import User


class RewardForm(forms.Form):
    """Goods that are new in a shop."""

    shop = forms.CharField(label=_("Shop"), max_length=60)
    name = forms.CharField(label=_("Goods"), max_length=60)
    text = forms.CharField(label=_("About it"), max_length=300, required=False)
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    stock = forms.IntegerField(
        label=_("On the shelf"), min_value=0, max_value=MOST_AT_ONCE, initial=0
    )


class ChangeForm(forms.Form):
    """Another price, or no longer offered."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    text = forms.CharField(label=_("About it"), max_length=300, required=False)
    is_offered = forms.BooleanField(label=_("Offered"), required=False)


class StockForm(forms.Form):
    """Goods that came in, or a count that is put right."""

    amount = forms.IntegerField(
        label=_("How many"), help_text=_("What came in; below nothing where there is less.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Only where a count is put right."),
    )


class CodeForm(forms.Form):
    """The pick-up code at the counter."""

    code = forms.CharField(
        label=_("Pick-up code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class GiveForm(forms.Form):
    """Minutes for somebody of the family.

    Given `of` somebody at the desk: `user` reads as much of the family as of the roll.
    """

    person = forms.ModelChoiceField(
        label=_("Given to"), queryset=Person.objects.none(), empty_label=None
    )
    minutes = forms.IntegerField(label=pgettext_lazy("service", "Minutes"), min_value=1)

    def __init__(
        self, *args: Any, user: "User | None" = None, of: Person | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        people: Any = self.fields["person"]
        people.queryset = family.relatives(user, person=of).select_related("place")
        if of is not None and user is not None:
            people.label_from_instance = lambda person: name_for(person, user, person.place)


class FeedForm(forms.Form):
    """Points for the family's account; `of` somebody, at the desk, as GiveForm."""

    household = forms.ModelChoiceField(
        label=_("Family"), queryset=Household.objects.none(), empty_label=None
    )
    points = forms.IntegerField(label=_("Points"), min_value=1)

    def __init__(
        self, *args: Any, user: "User | None" = None, of: Person | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        homes: Any = self.fields["household"]
        own = family.homes(user, person=of)
        homes.queryset = Household.objects.filter(pk__in=[home.pk for home in own])
        if of is not None and user is not None:
            seen = Household.objects.visible_to(user).filter(pk__in=[home.pk for home in own])
            read = set(seen.order_by().values_list("pk", flat=True))
            homes.label_from_instance = lambda home: str(home if home.pk in read else home.building)
