"""Forms of joint meetings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.web.form_fields import MomentField
from residents.deliberation.enums import FINAL_STAGES, SideKind
from residents.deliberation.models import Topic


class CallForm(forms.Form):
    """A meeting to be called."""

    title = forms.CharField(label=_("Title"), max_length=80, initial=_("Joint meeting"))
    starts_at = MomentField(label=_("Begins"))
    where = forms.CharField(label=_("Where"), max_length=80)
    agenda = forms.CharField(
        label=_("Agenda"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        open_ = Topic.objects.filter(unit=unit).exclude(stage__in=FINAL_STAGES)
        field.queryset = open_.order_by("-pk")


class MinutesForm(forms.Form):
    """Who came, and what was said."""

    minutes = forms.CharField(
        label=_("Minutes"), max_length=20000, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in SideKind:
            self.fields[f"side_{side.value}"] = forms.CharField(
                label=_("Came for: %(side)s") % {"side": side.label},
                max_length=200,
                required=False,
            )
        self.order_fields([f"side_{side.value}" for side in SideKind])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        attendance = {side.value: cleaned.pop(f"side_{side.value}", "") for side in SideKind}
        return {**cleaned, "attendance": attendance}
