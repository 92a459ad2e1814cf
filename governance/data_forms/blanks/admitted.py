"""Forms on a catalogue: nobody changes what a street admitted."""

from governance.data_forms.enums import CollectionState
from governance.data_forms.models import BlankForm, CatalogueForm, Collection
from orgs.errors import WrongState
from orgs.values.sentences import gettext as _


def is_admitted(form: BlankForm) -> bool:
    """Whether a form is on a catalogue that holds, or is still asked as it was admitted."""
    return (
        CatalogueForm.objects.filter(form=form, ends=None).exists()
        or Collection.objects.filter(form=form, state=CollectionState.OPEN).exists()
    )


def lock(form: BlankForm) -> None:
    """Whoever changes what a form asks, admits it or answers it does so one after the other."""
    BlankForm.objects.select_for_update(of=("self",)).only("pk").get(pk=form.pk)


def lock_unadmitted(form: BlankForm) -> None:
    """Locks a form that is to be changed, in the caller's transaction. What a street admitted stays as it
    was admitted: whom it lists, and what each column says or counts.

    Raises WrongState (`form_admitted`).
    """
    lock(form)
    if is_admitted(form):
        raise WrongState(
            _("This form is on the catalogue as it was admitted: take it off to change it."),
            code="form_admitted",
        )
