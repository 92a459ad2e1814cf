"""The forms of actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS, unused
from orgs.models import Attachment
from orgs.web.form_fields import FilesField


class ActionForm(forms.Form):
    """What an action asks for; nothing, unless a subclass says so."""

    def __init__(self, *args: Any, row: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user
        self.prepare()

    def prepare(self) -> None:
        """Fills choices and proposals from the row."""

    def body(self) -> dict[str, Any]:
        """The keywords of the use-case, beside the row, by and now."""
        return dict(self.cleaned_data)


class PhotosForm(ActionForm):
    """Photos are stored by the page, whatever else is wrong, and come again by their keys."""

    photos = FilesField(most=MAX_ATTACHMENTS, label=_("Photos or short videos"))
    attachments = forms.ModelMultipleChoiceField(
        queryset=Attachment.objects.none(), widget=forms.MultipleHiddenInput, required=False
    )

    def prepare(self) -> None:
        kept = self.fields["attachments"]
        assert isinstance(kept, forms.ModelMultipleChoiceField)
        kept.queryset = unused().filter(uploaded_by=self.user)

    @property
    def kept(self) -> list[Attachment]:
        """What arrived with an earlier try."""
        if not self.is_bound:
            return []
        chosen = self.cleaned_data.get("attachments") if hasattr(self, "cleaned_data") else None
        return list(chosen or ())

    def body(self) -> dict[str, Any]:
        body = super().body()
        del body["photos"]
        return body | {"attachments": list(body["attachments"])}
