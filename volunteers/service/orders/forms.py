"""Forms of service orders."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.web.form_fields import EnumField, MomentField, UnitField
from orgs.workflow.forms import ActionForm, PhotosForm
from residents.models import Person
from residents.roll.queries import found
from volunteers.service.enums import ConsentWay, Skill
from volunteers.service.models import Participant, ServiceItem
from volunteers.service.orders import queries
from volunteers.service.orders.work import MOST_MINUTES
from volunteers.service.reportins.participants import skilled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import Unit, User


class ItemField(forms.ModelChoiceField):
    """An item that can be ordered, grouped by class."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=queries.items_to_order(), empty_label=None, **options)

    def label_from_instance(self, obj: Any) -> str:
        item: ServiceItem = obj
        return str(
            _("%(name)s · about %(minutes)d minutes") % {"name": item.name, "minutes": item.minutes}
        )


class OrderForm(forms.Form):
    """What, where, and a sentence; the place is home unless it is changed."""

    item = ItemField(label=_("What help do you need?"))
    unit = UnitField(label=_("Where"))
    text = forms.CharField(
        label=_("In a sentence, if you like"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wished_at = MomentField(label=_("When, if it matters"), required=False)

    def __init__(self, *args: Any, places: "Sequence[Unit]" = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(place.code, place.path_name) for place in places]
        self.fields["unit"].widget = forms.Select(choices=choices)


class WhomField(forms.CharField):
    """Somebody of the roll in sight: name with door, whole telephone number, or the last four digits."""

    user: "User"

    def clean(self, value: Any) -> Person:
        people = found(super().clean(value), self.user)
        if not people:
            raise ValidationError(
                _("Nobody on the roll of your places fits. Enter the person on the roll first.")
            )
        if len(people) > 1:
            raise ValidationError(
                _("Several people fit: write the door as well, for example “5栋 501 王”.")
            )
        return people[0]


class DeskForm(forms.Form):
    """The same for somebody who comes in person or rings, with how they agreed."""

    person = WhomField(label=_("For whom"), max_length=60)
    way = EnumField(ConsentWay, label=_("How they asked for it"), initial=ConsentWay.PHONE)
    witness = forms.CharField(
        label=_("Witness, where it was said in person"), max_length=40, required=False
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whom = self.fields["person"]
        assert isinstance(whom, WhomField)
        whom.user = user


class DeskOrderForm(DeskForm):
    item = ItemField(label=_("What help is needed"))
    text = forms.CharField(
        label=_("In a sentence, if you like"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wished_at = MomentField(label=_("When, if it matters"), required=False)
    field_order = ("person", "item", "text", "wished_at", "way", "witness")


class ServantsField(forms.ModelMultipleChoiceField):
    """Who can be asked; marked is who has the skill that an order needs."""

    skilled: frozenset[int] = frozenset()

    def label_from_instance(self, obj: Any) -> str:
        one: Participant = obj
        if one.account_id not in self.skilled:
            return str(one)
        return str(_("%(name)s · has the skill") % {"name": one})


class OfferForm(ActionForm):
    """Nobody ticked: released to all; else those are asked first."""

    to = ServantsField(
        label=_("Ask first, if you like"),
        queryset=Participant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody ticked: all who serve here can take it. Whoever is asked may say no."),
    )

    def prepare(self) -> None:
        field = self.fields["to"]
        assert isinstance(field, ServantsField)
        field.queryset = queries.to_be_asked(self.row, self.user)
        if skill := self.row.item.skill:
            accounts = field.queryset.order_by().values("account")
            field.skilled = frozenset(skilled(accounts, skill))
            needed = _("Only whoever has the skill “%(skill)s” can take this order.")
            field.help_text = f"{needed % {'skill': Skill(skill).label}} {field.help_text}"

    def body(self) -> dict[str, Any]:
        return {"to": list(self.cleaned_data["to"])}


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class WordsForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason, if you like"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResolveForm(PhotosForm):
    """How long, until when, and a sentence; pictures are never needed."""

    minutes = forms.IntegerField(
        label=pgettext_lazy("service", "Minutes"), min_value=1, max_value=MOST_MINUTES
    )
    ended_at = MomentField(label=_("Ended at"), initial=timezone.now, required=False)
    text = forms.CharField(
        label=_("What was done, if you like"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("minutes", "ended_at", "text", "photos")

    def prepare(self) -> None:
        super().prepare()
        self.fields["minutes"].initial = self.row.item.minutes


class RateForm(ActionForm):
    resolved = forms.TypedChoiceField(
        label=_("Was it done?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    stars = forms.TypedChoiceField(
        label=_("Stars"),
        choices=[(number, "★" * number) for number in range(5, 0, -1)],
        coerce=int,
        initial=5,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("A few words, if you like"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
