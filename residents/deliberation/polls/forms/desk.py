"""Forms of voters and of the desk."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.web.form_fields import EnumField, FilesField, MomentField
from residents.deliberation.enums import (
    Choice,
    CostKey,
    DeliveryWay,
    PollObjectionState,
    QuestionKind,
)
from residents.deliberation.models import Poll
from residents.deliberation.polls.roll.rolls import LONGEST_REASON


def _text(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **options)


class ReasonForm(forms.Form):
    reason = _text(gettext_lazy("What is wrong"), max_length=LONGEST_REASON)


class OfHousehold(forms.Form):
    """Who of a household that votes as one says it, at the desk."""

    name = forms.CharField(label=gettext_lazy("Name, as on the paper"), max_length=40)


class HouseholdReasonForm(OfHousehold, ReasonForm):
    field_order = ("name", "reason")


class DisputeForm(ReasonForm):
    """The same said at the desk: with the paper that the voter signed."""

    paper = FilesField(most=1, required=True, label=gettext_lazy("Photo of the signed paper"))


class ObjectionForm(forms.Form):
    """In writing, under one's name: those who answer it read the name, neighbours the family name."""

    reason = _text(
        gettext_lazy("What you object to, and why"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy(
            "Your name is kept with it for those who answer. Whoever sees this vote reads what you "
            "write and your family name."
        ),
    )


class HouseholdObjectionForm(OfHousehold, ObjectionForm):
    field_order = ("name", "reason")


class BallotForm(forms.Form):
    """One field a question; each choice has its label inside. `seen`: what the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poll = poll
        for question in poll.questions:
            self.fields[f"q{question['id']}"] = _answers(question)

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, by question."""
        return {
            question["id"]: self.cleaned_data[f"q{question['id']}"]
            for question in self.poll.questions
        }


def _answers(question: dict[str, Any]) -> forms.Field:
    label = question["text"]
    if question["kind"] == QuestionKind.YES_NO:
        return forms.ChoiceField(label=label, choices=Choice.choices, widget=forms.RadioSelect)
    options = [(option, option) for option in question["options"]]
    if question["kind"] == QuestionKind.SINGLE:
        return forms.TypedChoiceField(
            label=label,
            choices=[*options, ("", _("abstain"))],
            widget=forms.RadioSelect,
            coerce=lambda option: [option],
            empty_value=[],  # type: ignore[arg-type]  # what abstaining is kept as
            required=False,
        )
    return forms.MultipleChoiceField(
        label=label,
        choices=options,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Choose at most %(most)d; none means that you abstain.")
        % {"most": question["max"]},
    )


class PaperForm(BallotForm):
    """A paper ballot at the desk."""

    by_proxy = forms.BooleanField(label=gettext_lazy("Signed by the proxy"), required=False)
    scan = FilesField(most=1, label=gettext_lazy("Photo of the paper"))


class SettlePaperForm(BallotForm):
    by_proxy = forms.BooleanField(label=gettext_lazy("Signed by the proxy"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("What you saw on the paper that decides it"), max_length=300
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # First what it says, then why.
        self.order_fields([name for name in self.fields if name not in ("by_proxy", "reason")])


class EntryForm(forms.Form):
    """Which entry it is: by its number, as it stands on the paper, or by one of its flats."""

    number = forms.CharField(
        label=gettext_lazy("Number on the roll, or the flat"),
        max_length=80,
        help_text=gettext_lazy("As on the paper, or for example 5栋1单元501."),
    )


class DeliveryForm(forms.Form):
    how = EnumField(DeliveryWay, label=gettext_lazy("How it was delivered"))
    at = MomentField(label=gettext_lazy("When"), initial=timezone.localtime)


class ProxyForm(forms.Form):
    holder = forms.CharField(
        label=gettext_lazy("Name of the proxy, or their number on this roll"), max_length=40
    )


class ResultFileForm(forms.Form):
    """A file that came with an official result."""

    file = forms.FileField(
        label=gettext_lazy("Excel, CSV or PDF file, or a photo"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.pdf,.jpg,.jpeg,.png"}),
    )


class VoterForm(forms.Form):
    """Whom the co-owners of a flat chose: one of the owners of one of the entry's flats."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Who votes for this flat"), widget=forms.RadioSelect
    )
    separate = forms.BooleanField(
        label=gettext_lazy("This flat is a voter of its own, though its voter owns others"),
        required=False,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]


class DecideEntryForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("How it was decided, and by what"), max_length=300)


class AnswerForm(forms.Form):
    state = forms.TypedChoiceField(
        label=gettext_lazy("What came of it"),
        choices=[
            (state, state.label)
            for state in (PollObjectionState.SETTLED, PollObjectionState.ON_RECORD)
        ],
        coerce=PollObjectionState,
    )
    text = _text(gettext_lazy("Answer"), max_length=LONGEST_REASON)


class DecideDisputeForm(forms.Form):
    counts = forms.TypedChoiceField(
        label=gettext_lazy("Does the ballot count?"),
        choices=[("yes", gettext_lazy("It counts")), ("no", gettext_lazy("It does not count"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = _text(gettext_lazy("Why"), max_length=LONGEST_REASON)


class CostForm(forms.Form):
    """An amount to be shared."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount in yuan"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
    )
    key = EnumField(CostKey, label=gettext_lazy("Shared by"))
    first_floor = forms.IntegerField(
        label=gettext_lazy("The first floor that pays (by floor)"),
        min_value=1,
        max_value=60,
        initial=2,
    )
