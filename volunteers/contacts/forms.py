"""Forms of contacts of households."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from volunteers.models import PartyMembership


def _with_load(member: Any) -> str:
    sentence = ngettext(
        "%(name)s, %(held)d household now", "%(name)s, %(held)d households now", member.held
    ) % {"name": member.person.name, "held": member.held}
    return _("%(said)s · lives here") % {"said": sentence} if member.near else sentence


class ContactField(forms.ModelChoiceField):
    """One member who has room left."""

    def label_from_instance(self, obj: PartyMembership) -> str:
        return _with_load(obj)


class ContactsField(forms.ModelMultipleChoiceField):
    """Several of them."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: PartyMembership) -> str:
        return _with_load(obj)


class AssignForm(forms.Form):
    contact = ContactField(queryset=PartyMembership.objects.none(), label=gettext_lazy("Contact"))

    def __init__(self, *args: Any, members: QuerySet[PartyMembership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = members  # type: ignore[attr-defined]


class DealForm(forms.Form):
    """Members take the uncovered doors of a building in turn, neighbours together."""

    entrance = forms.ChoiceField(label=gettext_lazy("Entrance"), required=False)
    contact = ContactsField(queryset=PartyMembership.objects.none(), label=gettext_lazy("Contacts"))

    def __init__(
        self,
        *args: Any,
        members: QuerySet[PartyMembership],
        entrances: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = members  # type: ignore[attr-defined]
        field = self.fields["entrance"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("the whole building")),
            *((entrance, entrance) for entrance in entrances if entrance),
        ]
