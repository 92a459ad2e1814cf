"""Collections: asking communities for a form, admission by the street, delivering, withdrawing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.blanks import blanks
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.catalogue import catalogue
from governance.data_forms.collections.workflow import WORKFLOW, begin, open_submissions
from governance.data_forms.enums import (
    CollectionAction,
    CollectionState,
    Ground,
    Permission,
    Repeats,
    Subject,
    SubmissionState,
)
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import BlankForm, CatalogueForm, Collection
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Department, Unit
from orgs.scoping import reach_of
from orgs.values.sentences import gettext as _
from residents.privacy.unmasking import checked_purpose
from tasks.campaigns.campaigns import first_warning

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import User

MOST_COMMUNITIES = 200
LONGEST_WAIT = timedelta(days=90)


@transaction.atomic
def propose(
    *,
    street: Unit,
    communities: Sequence[Unit] | None = None,
    legal_basis: str,
    purpose: str,
    due_on: date,
    repeats: Repeats = Repeats.ONCE,
    form: BlankForm | None = None,
    name: str = "",
    subject: Subject = Subject.PERSON,
    file: "UploadedFile | None" = None,
    listed: Filter | None = None,
    department: Department | None = None,
    by: "User",
    now: datetime,
) -> Collection:
    """Asks communities of a street for a form that is not on its catalogue: the street admits it first.

    Either a `form` of the street, or a blank workbook: its `file`, `name`, what a row is about and who
    is `listed`. Without `communities` all of the street are asked.

    Raises NotAllowed; Refused for communities of another street, a limit that is none, a basis or a
    purpose that says nothing, a form that is on the catalogue, one of numbers alone (`sums`).
    """
    department = _asker(by, street, department)
    if communities is None:
        inside = Unit.objects.filter(tree_id=street.tree_id, kind=UnitKind.COMMUNITY)
        communities = list(inside.order_by("lft"))
    if (form.subject if form else subject) == Subject.SUMS:
        raise Refused(
            _("A form of numbers alone has no rows to sign off: count it yourself under “Forms to fill”, "
              "or ask for one row for each community."),
            code="sums", field="form" if form else "subject",
        )  # fmt: skip
    if form is None:
        if file is None:
            raise Refused(_("Send the blank form, or choose one."), field="file")
        form = blanks.read_in(unit=street, name=name, subject=subject, file=file, by=by, now=now)
        form.filters = _checked_filter(listed or Filter(), street, subject).stored
        form.save(update_fields=["filters"])
    elif form.unit_id != street.pk or not _may_propose(form, department, by):
        raise NotAllowed(_("Choose a form that the street keeps."))
    # Proposed twice at once it waits once.
    lock(form)
    if form.entries.filter(ends=None).exists():
        raise Refused(
            _("This form is on the catalogue: ask for it there."), code="on_catalogue", field="form"
        )
    if form.collections.filter(state=CollectionState.PROPOSED).exists():
        raise Refused(_("This form waits for its admission already."), field="form")
    return _begin(
        street=street, form=form, entry=None, department=department, communities=communities,
        legal_basis=legal_basis, purpose=purpose, repeats=repeats, due_on=due_on, by=by, now=now,
    )  # fmt: skip


def _may_propose(form: BlankForm, department: Department | None, by: "User") -> bool:
    """Whether a form of a street is somebody's to propose: one that is in sight, or that was asked for
    their own department before."""
    was_asked = department is not None and form.entries.filter(department=department).exists()
    return was_asked or BlankForm.objects.sees(by, form)


@transaction.atomic
def propose_anew(
    *,
    entry: CatalogueForm,
    communities: Sequence[Unit],
    legal_basis: str,
    purpose: str,
    due_on: date,
    repeats: Repeats = Repeats.ONCE,
    by: "User",
    now: datetime,
) -> Collection:
    """Asks for a form that was taken off the catalogue: the street admits it anew, and what was admitted
    before stays as history. Raises what `propose` raises; WrongState (`still_admitted`).
    """
    entry = CatalogueForm.objects.select_related("street", "form", "department").get(pk=entry.pk)
    if not by.has_perm(Permission.ASK_FOR_FORMS, entry):
        raise NotAllowed(_("The street or the department whose form it is asks for it."))
    if entry.is_open:
        raise WrongState(
            _("This form is on the catalogue: ask for it there."), code="still_admitted"
        )
    own = entry.department_id in reach_of(by).department_ids
    return propose(
        street=entry.street, form=entry.form, communities=communities, legal_basis=legal_basis,
        purpose=purpose, due_on=due_on, repeats=repeats,
        department=entry.department if own else None, by=by, now=now,
    )  # fmt: skip


@transaction.atomic
def ask(
    *, entry: CatalogueForm, communities: Sequence[Unit], due_on: date, by: "User", now: datetime
) -> Collection:
    """Asks communities for a form of the catalogue: it is opened at once.

    Raises NotAllowed, Refused, WrongState (`form_ended`).
    """
    entry = _locked(entry)
    if not by.has_perm(Permission.ASK_FOR_FORMS, entry):
        raise NotAllowed(_("The street or the department whose form it is asks for it."))
    _refuse_ended(entry)
    return _begin_admitted(
        entry, communities=communities, repeats=Repeats.ONCE, due_on=due_on, by=by, now=now
    )


def _locked(entry: CatalogueForm) -> CatalogueForm:
    """A form of the catalogue, which nobody takes off while it is asked."""
    rows = CatalogueForm.objects.select_for_update(of=("self",))
    locked: CatalogueForm = rows.select_related("street", "form", "department").get(pk=entry.pk)
    return locked


def _refuse_ended(entry: CatalogueForm) -> None:
    if not entry.is_open:
        raise WrongState(_("This form is off the catalogue: propose it anew."), code="form_ended")


def open_round(entry: CatalogueForm, period: str, now: datetime) -> Collection:
    """Asks for a form on the day of its period, in the caller's transaction. Raises WrongState
    (`form_ended`)."""
    entry = _locked(entry)
    _refuse_ended(entry)
    today = timezone.localdate(now)
    return _begin_admitted(
        entry, communities=list(entry.communities.all()), repeats=Repeats(entry.repeats),
        period=period, due_on=today + timedelta(days=entry.days), by=None, now=now,
    )  # fmt: skip


def _begin_admitted(entry: CatalogueForm, **values: Any) -> Collection:
    """A collection of what the catalogue has."""
    return _begin(
        street=entry.street, form=entry.form, entry=entry, department=entry.department,
        legal_basis=entry.legal_basis, purpose=entry.purpose, **values,
    )  # fmt: skip


def _begin(
    *,
    street: Unit,
    form: BlankForm,
    entry: CatalogueForm | None,
    department: Department | None,
    communities: Sequence[Unit],
    legal_basis: str,
    purpose: str,
    repeats: Repeats,
    due_on: date,
    by: "User | None",
    now: datetime,
    period: str = "",
) -> Collection:
    today = timezone.localdate(now)
    if not today <= due_on <= today + LONGEST_WAIT:
        raise Refused(
            _("The day due lies ahead, within ninety days."), code="due_on", field="due_on"
        )
    if not communities or len(communities) > MOST_COMMUNITIES:
        raise Refused(_("Choose the communities that are asked."), field="communities")
    if any(
        unit.tree_id != street.tree_id or unit.kind != UnitKind.COMMUNITY for unit in communities
    ):
        raise Refused(
            _("Only communities of %(street)s are asked.") % {"street": street.short_name},
            code="other_street", field="communities",
        )  # fmt: skip
    basis = " ".join(legal_basis.split())
    if len(basis) < 4 or len(basis) > 200:
        raise Refused(
            _("Name the law, the rule or the document that asks for this form."),
            code="basis_needed", field="legal_basis",
        )  # fmt: skip
    collection = Collection.objects.create(
        street=street, form=form, entry=entry, department=department, legal_basis=basis,
        purpose=checked_purpose(purpose), repeats=repeats, period=period, due_on=due_on,
        warn_on=first_warning(today, due_on), by=by, at=now,
        state=CollectionState.OPEN if entry else CollectionState.PROPOSED,
        opened_at=now if entry else None,
    )  # fmt: skip
    collection.communities.set(communities)
    begin(collection, by, now)
    detail = {"form": form.pk, "communities": len(communities), "period": period}
    audit.record("data_forms.ask-collection", by=by, obj=collection, detail=detail, now=now)
    if entry:
        _open(collection, now)
    return collection


def _asker(by: "User", street: Unit, department: Department | None) -> Department | None:
    """For which department somebody asks; None for the street. Raises NotAllowed, Refused."""
    own = reach_of(by).department_ids
    if department is None and own and not by.has_perm(Permission.KEEP_CATALOGUE, street):
        department = Department.objects.filter(pk__in=own).order_by("code").first()
    if department is None:
        if street.level or not by.has_perm(Permission.KEEP_CATALOGUE, street):
            raise NotAllowed(_("Departments and the street ask its communities for forms."))
        return None
    if department.pk not in own or department.district_id != street.district_id or street.level:
        raise NotAllowed(_("You ask for your own department, within its district."))
    if department.street_id and department.street_id != street.pk:
        raise NotAllowed(_("You ask for your own department, within its district."))
    return department


def _checked_filter(listed: Filter, street: Unit, subject: Subject) -> Filter:
    """Whose rows the form lists: of the street, as its asker chose. Raises Refused."""
    low, high = listed.min_age, listed.max_age
    if low is not None and high is not None and low > high:
        raise Refused(_("The lowest age is above the highest."), code="ages", field="min_age")
    return Filter(**listed.for_subject(subject).stored | {"unit": street.code})


def _open(collection: Collection, now: datetime) -> None:
    open_submissions(collection, now)
    # Asked for when the transaction commits: what was filled meanwhile needs no worker.
    unfilled = collection.submissions.filter(filled_at=None).order_by("pk")
    enqueue("governance.data_forms.jobs.fill_submission", unfilled.values_list("pk", flat=True))


# --- Steps ---------------------------------------------------------------------------------------


def admit(
    *,
    collection: Collection,
    grounds: Mapping[int, Ground] | None = None,
    days: int = 7,
    text: str = "",
    by: "User",
    now: datetime,
) -> Collection:
    """The street admits the form to its catalogue, and the communities are asked.

    `grounds` says of columns, by place, whether the asker receives them; sensitive ones that are left
    out are not handed over. `days`: how long each later round of a period is open. Raises Refused.
    """
    with WORKFLOW.step(CollectionAction.ADMIT, collection, by=by, now=now) as step:
        row = step.row
        row.entry = catalogue.admit(row, grounds or {}, days, by, now)
        row.opened_at, step.text = now, text
        # What waited meanwhile has its whole time from now on.
        today = timezone.localdate(now)
        row.due_on = max(row.due_on, today)
        row.warn_on = first_warning(today, row.due_on)
        _open(row, now)
    return row


def refuse(*, collection: Collection, reason: str, by: "User", now: datetime) -> Collection:
    """The street does not admit the form; whoever asks reads why."""
    with WORKFLOW.step(CollectionAction.REFUSE, collection, by=by, now=now) as step:
        step.text = reason
    return step.row


def withdraw(*, collection: Collection, reason: str, by: "User", now: datetime) -> Collection:
    """Whoever asks needs it no more; communities have nothing more to do."""
    with WORKFLOW.step(CollectionAction.WITHDRAW, collection, by=by, now=now) as step:
        step.text = reason
    return step.row


def deliver(*, collection: Collection, text: str = "", by: "User", now: datetime) -> Collection:
    """The street hands over what is signed off; from now on nobody changes it.

    Raises WrongState (`nothing_signed`), Refused where some are missing and no `text` says why.
    """
    with WORKFLOW.step(CollectionAction.DELIVER, collection, by=by, now=now) as step:
        asked = step.row.submissions.count()
        signed = step.row.submissions.filter(state=SubmissionState.SIGNED).count()
        if not signed:
            raise WrongState(_("No community has signed off yet."), code="nothing_signed")
        if signed < asked and not text.strip():
            message = _("%(count)d communities have not signed off: say why it goes without them.")
            raise Refused(message % {"count": asked - signed}, code="reason_needed", field="text")
        step.row.delivered_at, step.text = now, text
    return step.row
