"""Forms around the list of tasks: filters that are kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.lists.saved_filters import MAX_NAME, MAX_QUERY


class SavedFilterForm(forms.Form):
    name = forms.CharField(label=_("Name of the filter"), max_length=MAX_NAME)
    is_default = forms.BooleanField(label=_("Show it first when I open the list"), required=False)


class SaveFilterForm(SavedFilterForm):
    query = forms.CharField(max_length=MAX_QUERY, widget=forms.HiddenInput)
