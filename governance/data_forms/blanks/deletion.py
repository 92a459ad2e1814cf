"""Deleting a blank form that was sent by mistake."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from governance.data_forms.answers.returned_roster import RETURNED
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.enums import Permission
from governance.data_forms.models import Answer, BlankForm
from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from orgs.models import LedgerImport
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def delete(*, form: BlankForm, by: "User", now: datetime) -> None:
    """Forgets a form that nobody has used yet.

    Raises NotAllowed; WrongState (`form_used`) where answers, copies or collections hang on it.
    """
    if not by.has_perm(Permission.KEEP_FORMS, form):
        raise NotAllowed(_("Only those who work for this place keep its forms."))
    lock(form)
    if _is_used(form):
        raise WrongState(
            _("This form was used already: its copies and answers stay, and so does the form."),
            code="form_used",
        )
    audit.record("data_forms.delete-form", by=by, obj=form, detail={"name": form.name}, now=now)
    form.delete()


def _is_used(form: BlankForm) -> bool:
    return (
        form.runs.exists()
        or form.collections.exists()
        or Answer.objects.filter(Q(column__form=form) | Q(part__form=form)).exists()
        or LedgerImport.objects.filter(ledger=RETURNED.code, subject_id=form.pk).exists()
    )
