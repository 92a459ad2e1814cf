"""What pages, the API and jobs know of each action with a run, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import DISTRICT, STREET_ROLES, RunAction
from governance.assessment.models import RunEntry, Score
from governance.assessment.runs import bodies, forms, runs
from orgs.units.queries import district_holders
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification

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
    """The assessed read that their score is there: departments, accounts, the street of a place."""
    rows = Score.objects.filter(run=entry.run_id).order_by("pk")
    departments = set(rows.filter(department__isnull=False).values_list("department", flat=True))
    people = set(rows.filter(account__isnull=False).values_list("account", flat=True)[:MOST_TOLD])
    if departments:
        people |= staff.of(departments)
    if not departments and not people:
        for score in rows.filter(unit__level__lte=1).select_related("unit")[:200]:
            if score.unit:
                people |= staff.at(score.unit, STREET_ROLES)
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
