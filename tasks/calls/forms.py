"""What somebody says on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks.reports import choices
from tasks.reports.forms.reports import PhoneField, ReportForm


class NumberForm(forms.Form):
    """The first thing: who calls."""

    contact_phone = PhoneField(label=_("The caller's telephone"))


def _told(kind: choices.Kind) -> str:
    """A kind with what the caller has to be told at once."""
    warning = gettext("in danger call 119 or 120 first")
    return f"{kind.name}（{warning}）" if kind.is_urgent else kind.name


class CallForm(ReportForm):
    """What a report asks for, as it is written down while somebody talks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_staff=True, **kwargs)
        for name in ("lon", "lat", "outside_number", "received_at"):
            del self.fields[name]
        self.fields["contact_phone"].widget = forms.HiddenInput()
        self.fields["contact_phone"].required = True
        self.fields["contact_name"].label = _("Name of the caller")
        self.fields["contact_name"].required = False
        kinds = [
            (heading.name, [(kind.code, _told(kind)) for kind in heading.kinds])
            for heading in choices.kinds()
        ]
        self.fields["category"].widget = forms.Select(choices=[("", _("choose")), *kinds])
        self.fields["text"].widget.attrs |= {"rows": 3}
