"""Forms of promises and objections."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs import registry
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.web.form_fields import DayField, EnumField, FilesField
from residents.deliberation.enums import SideKind
from residents.deliberation.models import Promise
from residents.deliberation.models.promises import MAX_BUDGET_FEN
from residents.deliberation.topics.forms import PaperForm


def _text(label: Any, most: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


class PromiseForm(forms.Form):
    """What is done, by whom, for how much, by when; and what each side does of it."""

    text = forms.CharField(label=_("What is done"), max_length=200)
    owner = forms.CharField(
        label=_("Who does it"), max_length=60, help_text=_("A body or a firm, by its name.")
    )
    budget_fen = forms.DecimalField(
        label=_("Budget in yuan"),
        min_value=0,
        max_value=Decimal(MAX_BUDGET_FEN) / 100,
        decimal_places=2,
        initial=0,
    )
    due_on = DayField(label=_("Done by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in SideKind:
            if side != SideKind.OTHER:
                self.fields[f"part_{side.value}"] = forms.CharField(
                    label=_("Part of: %(side)s (if any)") % {"side": side.label},
                    max_length=200,
                    required=False,
                )

    def clean_budget_fen(self) -> int:
        return int(self.cleaned_data["budget_fen"] * 100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parts = {
            side.value: cleaned.pop(f"part_{side.value}")
            for side in SideKind
            if cleaned.get(f"part_{side.value}") is not None
        }
        return {**cleaned, "parts": parts}


class ProgressForm(forms.Form):
    text = _text(_("How far is it?"))
    attachments = FilesField(most=MAX_ATTACHMENTS, label=_("Photos or short videos"))


class EndForm(ProgressForm):
    done = forms.TypedChoiceField(
        label=_("How does it end?"),
        choices=[("1", _("done")), ("0", _("dropped"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
    field_order = ("done", "text", "attachments")


class PartForm(forms.Form):
    side = EnumField(SideKind, label=_("Side"))
    result = forms.CharField(label=_("What was done"), max_length=300)

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)
        open_ = [part.side for part in promise.parts.all() if part.done_at is None]
        field.choices = [(side, SideKind(side).label) for side in open_]


class OrderForm(forms.Form):
    category = forms.ChoiceField(label=_("Kind of work"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        kinds = [kind for kinds in registry.call(registry.Name.WORK_ORDER_KINDS) for kind in kinds]
        # None is chosen beforehand: the first would often be left as it stands.
        field.choices = [("", _("choose")), *kinds]


class ObjectionForm(forms.Form):
    text = _text(
        _("What do you object to, and why?"),
        help_text=_("Whoever answers reads your real name; neighbours read only the family name."),
    )


class ObjectForForm(PaperForm, ObjectionForm):
    """The same for somebody of the place, from paper."""

    field_order = ("household", "name", "text")


class AnswerForm(forms.Form):
    answer = _text(_("Answer"), help_text=_("Everybody reads it."))
