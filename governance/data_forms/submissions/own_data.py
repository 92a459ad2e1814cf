"""What collections keep of a person: told in the copy of one's data, gone with the person."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from governance.data_forms.models import HandingConsent, SubmissionRow
from governance.data_forms.submissions.filling import unpacked
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User


def forget_person(person: Person, *, by: "User | None", now: datetime) -> None:
    """Deletes the rows and the consents of somebody who is emptied."""
    SubmissionRow.objects.filter(person=person).delete()
    HandingConsent.objects.filter(person=person).delete()


def own_data(user: "User") -> dict[str, Any]:
    """Which forms an account stands in, with what they say, and to what it agreed."""
    return _own_parts(Q(person__account=user))


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same about a person of the roll."""
    return _own_parts(Q(person=person))


def _own_parts(own: Q) -> dict[str, Any]:
    rows = (
        SubmissionRow.objects.filter(own)
        .order_by("pk")
        .select_related("submission__collection__form")
        .prefetch_related("submission__collection__form__columns")
    )
    consents = HandingConsent.objects.filter(own).order_by("pk")
    return {
        "form_rows": [
            {
                "form": row.submission.collection.form.name,
                "filled_at": row.submission.filled_at,
                "cells": _by_heading(row),
            }
            for row in rows
        ],
        "form_consents": list(consents.values("entry__form__name", "given_on", "at")),
    }


def _by_heading(row: SubmissionRow) -> dict[str, Any]:
    values = unpacked(row.cells)
    columns = row.submission.collection.form.columns.all()
    return {one.heading: values[one.place] for one in columns if one.place in values}


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which models they are."""
    return {
        "form_rows": (_("rows in forms"), SubmissionRow),
        "form_consents": (_("consents to handing over"), HandingConsent),
    }
