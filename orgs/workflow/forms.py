"""The forms of actions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.attachments.attachments import MAX_ATTACHMENTS, unused
from orgs.models import Attachment
from orgs.web.form_fields import FilesField


class ActionForm(forms.Form):
    """What an action asks for; nothing, unless a subclass says so.

    `others` are further rows with which the same is done at once.
    """

    def __init__(
        self, *args: Any, row: Any, user: Any, others: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.user, self.others = row, user, others
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
        own = unused().filter(uploaded_by=self.user.pk)
        if self.user.pk is None:  # without an account one's own are those that the page remembers
            own = own.filter(pk__in=self.user.uploads)
        kept = self.fields["attachments"]
        assert isinstance(kept, forms.ModelMultipleChoiceField)
        kept.queryset = own

    def drop_photos(self) -> None:
        """Takes no photos: of many rows at once."""
        del self.fields["photos"], self.fields["attachments"]

    @property
    def kept(self) -> list[Attachment]:
        """What arrived with an earlier try."""
        if not self.is_bound:
            return []
        chosen = self.cleaned_data.get("attachments") if hasattr(self, "cleaned_data") else None
        return list(chosen or ())

    def body(self) -> dict[str, Any]:
        body = super().body()
        if "photos" not in body:
            return body
        del body["photos"]
        return body | {"attachments": list(body["attachments"])}
