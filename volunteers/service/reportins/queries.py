"""Reading report-ins, pairings and reports."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from orgs.enums import PartyOrganisationKind, UnitKind
from orgs.models import PartyOrganisation, Unit
from volunteers.enums import MemberClass
from volunteers.models import PartyMembership
from volunteers.service.enums import OPEN_REPORT_INS
from volunteers.service.models import Certificate, DoubleReport, Pairing, ReportIn

if TYPE_CHECKING:
    from orgs.models import User


EMPLOYERS = PartyOrganisationKind.EMPLOYER


def whole(rows: QuerySet[ReportIn]) -> QuerySet[ReportIn]:
    """With all that a row of a list shows."""
    return rows.select_related("participant", "unit", "branch", "employer", "certificate")


def report_ins(user: "User") -> QuerySet[ReportIn]:
    """The report-ins that somebody may see."""
    return whole(ReportIn.objects.visible_to(user))


def mine(user: "User") -> ReportIn | None:
    """Somebody's own open report-in, else the latest one."""
    own = whole(ReportIn.objects.filter(participant__account=user)).order_by("-pk")
    return own.filter(state__in=OPEN_REPORT_INS).first() or own.first()


def on_roster(rows: list[ReportIn]) -> set[int]:
    """The keys of report-ins of members whom the branch's roster has as in service elsewhere."""
    by_person = {row.participant.person_id: row for row in rows if row.participant.person_id}
    known = PartyMembership.objects.filter(
        ends=None, member_class=MemberClass.IN_SERVICE, person__in=by_person
    ).values_list("person", "organisation")
    return {
        by_person[person].pk
        for person, organisation in known
        if by_person[person].branch_id == organisation
    }


def pairings(user: "User") -> QuerySet[Pairing]:
    """The pairings that somebody may see."""
    seen: QuerySet[Pairing] = Pairing.objects.visible_to(user)
    return seen.select_related("organisation", "unit")


def certificate(number: str) -> Certificate | None:
    """The certificate of a number; whoever has the number may read it."""
    found = Certificate.objects.filter(number=number)
    return found.select_related("unit", "report_in", "participant").first()


def employers() -> list[str]:
    """The names of sending organisations, for the browser to propose."""
    named = PartyOrganisation.objects.filter(kind=EMPLOYERS).order_by("name")
    return list(named.values_list("name", flat=True)[:500])


def compounds(home: Unit | None) -> list[str]:
    """Compounds of somebody's street, else of all, for the browser to propose."""
    rows = Unit.objects.filter(kind=UnitKind.COMPOUND).order_by("path_name")
    near = rows.filter(tree_id=home.tree_id) if home else rows
    return list(near.values_list("path_name", flat=True)[:500])


def double_reports(user: "User") -> QuerySet[DoubleReport]:
    """The reports of the double report that somebody may see."""
    seen: QuerySet[DoubleReport] = DoubleReport.objects.visible_to(user)
    return seen.select_related("to", "unit", "pairing__organisation", "report_in__participant")


def years(today: date) -> list[str]:
    """The years that a unit may report about: this one and the one before."""
    return [f"{today.year}", f"{today.year - 1}"]


def halves(today: date) -> list[str]:
    """The half-years that a member may report about, the latest first."""
    all_halves = [f"{year}-H{half}" for year in (today.year, today.year - 1) for half in (2, 1)]
    return all_halves if today.month > 6 else all_halves[1:]
