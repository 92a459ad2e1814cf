"""What collections keep of a person: told in the copy of one's data, gone with the person."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.data_forms.models import HandingConsent, SubmissionRow
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User


def forget_person(person: Person, *, by: "User | None", now: datetime) -> None:
    """Deletes the rows and the consents of somebody who is emptied."""
    SubmissionRow.objects.filter(person=person).delete()
    HandingConsent.objects.filter(person=person).delete()


def own_data(user: "User") -> dict[str, Any]:
    """Which forms an account stands in, with what they say, and to what it agreed."""
    rows = SubmissionRow.objects.filter(person__account=user).order_by("pk")
    consents = HandingConsent.objects.filter(person__account=user).order_by("pk")
    return {
        "form_rows": list(
            rows.values("submission__collection__form__name", "submission__filled_at", "cells")
        ),
        "form_consents": list(consents.values("entry__form__name", "given_on", "at")),
    }


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which models they are."""
    return {
        "form_rows": (_("rows in forms"), SubmissionRow),
        "form_consents": (_("consents to handing over"), HandingConsent),
    }
