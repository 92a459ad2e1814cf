"""How somebody wants to be told of each kind of thing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.enums import NoticeWay
from orgs.models import NoticeAddress, User
from orgs.notifications import notifications
from orgs.web.form_fields import EnumField


class ChoicesForm(forms.Form):
    """A box for each kind that can be chosen, and the address for notices."""

    email = forms.EmailField(
        label=_("E-mail address for notices"),
        required=False,
        help_text=_("Used for nothing else. Leave it empty to get no e-mail."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = [kind for kind in notifications.kinds_for(user) if not kind.urgent]
        address = NoticeAddress.objects.filter(user=user).first()
        self.fields["email"].initial = address.email if address else ""
        now = notifications.way_of(user)
        for kind in self.shown:
            self.fields[kind.name] = EnumField(NoticeWay, label=kind.label, initial=now[kind.name])
        self.order_fields([*[kind.name for kind in self.shown], "email"])
        if not notifications.channels_named("email"):
            del self.fields["email"]
