"""Forms of a patrol."""

from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.models import Unit
from orgs.web.form_fields import DayField, FilesField, FilesInput, UnitField
from tasks.enums import PatrolItem
from tasks.models import MAX_TEXT, Category, Patrol

SHORT = forms.Textarea(attrs={"rows": 3, "maxlength": MAX_TEXT})


class PatrolForm(forms.Form):
    """One round, as it is written down on a phone; the same form with and without a network."""

    unit = UnitField(label=_("Where?"), error_messages={"required": _("Choose the place.")})
    items = forms.MultipleChoiceField(
        label=_("What did you look at?"),
        choices=PatrolItem.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what you looked at.")},
    )
    finding = forms.CharField(
        label=_("Problem found"),
        required=False,
        widget=SHORT,
        help_text=_("Leave it empty when all is well."),
    )
    category = forms.ModelChoiceField(
        label=_("Pass it on as"),
        queryset=Category.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("not passed on: put right on the spot or noted only"),
    )
    advice = forms.CharField(label=_("Advice"), required=False, max_length=MAX_TEXT)
    due_on = DayField(label=_("To be put right by"), required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    event_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    photos = FilesField(
        label=_("Photos"),
        most=MAX_ATTACHMENTS,
        widget=FilesInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: object, places: list[Unit], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        self.fields["unit"].widget = forms.Select(
            choices=[("", "—"), *[(place.code, str(place)) for place in places]]
        )
        kinds = Category.objects.filter(is_selectable=True)
        self.fields["category"].queryset = kinds  # type: ignore[attr-defined]  # as Django documents


class PatrolFilter(forms.Form):
    """Which rounds a list or the roster shows."""

    open = forms.BooleanField(required=False, widget=forms.HiddenInput)
    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)

    def narrow(self, patrols: QuerySet[Patrol]) -> QuerySet[Patrol]:
        """The rounds of the days chosen; of "open" those that wait to be looked at again."""
        chosen = self.cleaned_data
        if chosen["open"]:
            patrols = patrols.exclude(finding="").filter(rechecked_at=None, task=None)
        if chosen["first"]:
            patrols = patrols.filter(at__date__gte=chosen["first"])
        if chosen["last"]:
            patrols = patrols.filter(at__date__lte=chosen["last"])
        return patrols


class RecheckForm(forms.Form):
    result = forms.CharField(label=_("What became of it?"), max_length=MAX_TEXT)
