"""What pages, the API and jobs know of each action with a run, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import DISTRICT, PLACE_ROLES, RunAction, SubjectKind
from governance.assessment.models import RunEntry, Score
from governance.assessment.runs import bodies, forms, runs
from orgs.enums import Role
from orgs.models import Unit
from orgs.units.queries import district_holders, holders_of
from orgs.values.days import in_force
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from residents.models import PropertyContract

# Who reads the score of a place, but not that of a person there.
_READERS = PLACE_ROLES | {Role.BRANCH_SECRETARY}
# The kinds of notices.
KEPT, OWN = "run-kept", "run-own"
MOST_TOLD = 20_000


def _keepers(entry: RunEntry, staff: Staff) -> dict[str, set[int]]:
    """Whoever answers for the scheme reads that a run waits for the review."""
    scheme = entry.run.scheme
    if scheme.publisher_id:
        return {KEPT: staff.of([scheme.publisher_id])}
    district = scheme.district
    return {KEPT: staff.once(district, lambda: district_holders(district, DISTRICT, staff.today))}


def _assessed(entry: RunEntry, staff: Staff) -> dict[str, set[int]]:
    """The assessed read that their score is there: departments, accounts, who answers for a place, the
    property firm's own people."""
    rows = Score.objects.filter(run=entry.run_id).order_by("pk")
    departments = set(rows.filter(department__isnull=False).values_list("department", flat=True))
    people = set(rows.filter(account__isnull=False).values_list("account", flat=True)[:MOST_TOLD])
    if departments:
        people |= staff.of(departments)
    kind = SubjectKind(entry.run.scheme.subject_kind)
    if kind == SubjectKind.FIRM:
        firms = rows.order_by().values("subject")
        contracts = PropertyContract.objects.filter(in_force(staff.today), firm__in=firms)
        compounds = Unit.objects.filter(pk__in=contracts.order_by().values("compound"))
        people |= holders_of(compounds, {Role.PROPERTY_STAFF}, staff.today)
    elif not departments and not people:
        places = Unit.objects.filter(pk__in=rows.order_by().values("unit"))
        people |= holders_of(places, _READERS, staff.today)
    return {OWN: people}


A = RunAction
SPECIFICATIONS: dict[RunAction, Specification] = {
    A.RELEASE: Specification(
        runs.release,
        question=_("The assessed read their scores and may appeal."),
        done=_("Released; the assessed are told, and may appeal until the day shown."),
        audience=_assessed, is_next_step=True,
    ),
    A.PUBLISH: Specification(
        runs.publish, question=_("The results become final, and are made public where the scheme says so."),
        done=_("Published."), audience=_assessed, is_next_step=True,
    ),
    A.CORRECT: Specification(
        runs.correct, forms.CorrectForm, bodies.CorrectBody,
        done=_("The correction is being computed; this run stays as it was."),
    ),
    A.ARCHIVE: Specification(runs.archive, done=_("Archived."), is_next_step=True),
    # Beat or the page starts a run, a worker computes it.
    A.START: Specification(),
    A.COMPUTE: Specification(audience=_keepers),
}  # fmt: skip
