"""Reporting in at the home compound, the branch's receipt, moving, ending."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import PartyOrganisationKind, Role, UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import PartyOrganisation, Unit
from orgs.positions import positions
from orgs.values.names import is_visible
from volunteers.service.enums import (
    NEW_EMPLOYMENT,
    CertificateKind,
    Permission,
    ReportInAction,
    ReportInState,
    ReportInWho,
    ServantKind,
)
from volunteers.service.models import Participant, ReportIn, ReportInEntry
from volunteers.service.reportins import certificates
from volunteers.service.reportins.participants import join, open_report_in
from volunteers.service.reportins.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.models import User

# The branch of a compound goes before the community's committee, which stands in where there is none.
_BRANCHES = (
    PartyOrganisationKind.BRANCH,
    PartyOrganisationKind.JOINT_BRANCH,
    PartyOrganisationKind.COMMUNITY_COMMITTEE,
)


def branch_of(unit: Unit) -> PartyOrganisation | None:
    """The party organisation at which people of a compound report in."""
    around: QuerySet[PartyOrganisation] = PartyOrganisation.objects.filter(
        covers__in=unit.get_ancestors(include_self=True).order_by().values("pk"), kind__in=_BRANCHES
    ).distinct()
    found = sorted(
        around, key=lambda one: (_BRANCHES.index(PartyOrganisationKind(one.kind)), one.pk)
    )
    return found[0] if found else None


def report(
    *,
    unit: Unit,
    organisation: PartyOrganisation | None = None,
    kind: ServantKind = ServantKind.MEMBER,
    platform: str = "",
    participant: Participant | None = None,
    by: "User",
    now: datetime,
) -> ReportIn:
    """Reports in at a compound: oneself, or (with `participant`) somebody at the desk.

    The certificate is issued at once and says that the branch's receipt is still to come. Raises
    NotAllowed for another's report-in, Refused for a place without a branch or a member whom nobody
    sends, WrongState (`already_reported_in`) for a second one.
    """
    place = _compound_of(unit)
    if participant is not None and not by.has_perm(Permission.KEEP_REPORTINS, place):
        raise NotAllowed(_("You do not run the service of this place."))
    with transaction.atomic():
        who = participant or join(account=by, place=place, now=now)
        who = Participant.objects.select_for_update(of=("self",)).get(pk=who.pk)
        if open_report_in(who):
            raise WrongState(
                _("Already reported in. Who moves house moves the report-in."),
                code="already_reported_in",
            )
        return _open(who, place, kind, organisation, platform, None, by, now)


def _open(
    participant: Participant,
    unit: Unit,
    kind: ServantKind,
    employer: PartyOrganisation | None,
    platform: str,
    follows: ReportIn | None,
    by: "User",
    now: datetime,
) -> ReportIn:
    """A new report-in of a locked participant, its certificate, and the first line of its timeline."""
    branch = branch_of(unit)
    if branch is None:
        raise Refused(
            _("This place has no party organisation yet: ask the community."),
            code="no_branch",
            field="unit",
        )
    if kind == ServantKind.MEMBER and employer is None:
        raise Refused(
            _("Say which organisation sends you."), code="no_organisation", field="organisation"
        )
    if kind in NEW_EMPLOYMENT and not is_visible(platform):
        raise Refused(_("Say for whom you work."), code="no_platform", field="platform")
    payload = {
        "kind": CertificateKind.REPORT_IN.value,
        "name": participant.name,
        "as": kind.value,
        "unit": unit.path_name,
        "branch": branch.name,
        "employer": employer.name if employer else "",
        "reported_on": timezone.localdate(now).isoformat(),
    }
    certificate = certificates.issue(
        CertificateKind.REPORT_IN,
        unit=unit,
        payload=payload,
        participant=participant,
        by=by,
        now=now,
    )
    report_in: ReportIn = ReportIn.objects.create(
        participant=participant,
        kind=kind,
        unit=unit,
        branch=branch,
        employer=employer,
        platform=platform.strip(),
        reported_at=now,
        reported_by=by,
        follows=follows,
        certificate=certificate,
    )
    if participant.place_id != unit.pk:
        participant.place = unit
        participant.save(update_fields=["place"])
    who = ReportInWho.SELF if participant.account_id == by.pk else ReportInWho.KEEPER
    ReportInEntry.objects.create(
        report_in=report_in, action=ReportInAction.REPORT, by=by, who=who, at=now
    )
    audit.record("service.report-reportin", by=by, obj=report_in, detail={"as": kind}, now=now)
    return report_in


def confirm(*, reportin: ReportIn, by: "User", now: datetime) -> ReportIn:
    """The branch's receipt: from now on orders and tasks of the compound are in sight."""
    with WORKFLOW.step(ReportInAction.CONFIRM, reportin, by=by, now=now) as step:
        row: ReportIn = step.row
        row.confirmed_by, row.confirmed_at = by, now
        account = row.participant.account
        if account is not None:
            role = Role.PARTY_MEMBER if row.kind == ServantKind.MEMBER else Role.VOLUNTEER
            row.position = _position(account, role, row, by, now)
    return row


def _position(
    account: "User", role: Role, row: ReportIn, by: "User", now: datetime
) -> "positions.Position | None":
    """The role that a report-in gives; none where an earlier report-in has it already."""
    position = positions.give(
        person=account, role=role, where=row.unit, starts=timezone.localdate(now), by=by, now=now
    )
    return None if ReportIn.objects.filter(position=position).exists() else position


def confirm_all(*, report_ins: Iterable[ReportIn], by: "User", now: datetime) -> list[ReportIn]:
    """Confirms several together; all of them or none."""
    with transaction.atomic():
        return [confirm(reportin=one, by=by, now=now) for one in report_ins]


def refuse(*, reportin: ReportIn, reason: str, by: "User", now: datetime) -> ReportIn:
    """The branch does not accept it; whoever scans the certificate reads that it does not hold."""
    with WORKFLOW.step(ReportInAction.REFUSE, reportin, by=by, now=now) as step:
        row: ReportIn = step.row
        step.text = row.reason = _reason(reason)
        row.ended_at = now
        certificates.revoke(row.certificate, because=row.reason, by=by, now=now)
    return row


def move(*, reportin: ReportIn, unit: Unit, by: "User", now: datetime) -> ReportIn:
    """Goes on at another compound; gives the new report-in. The hours are the participant's and stay.

    Raises Refused for the same compound, or one without a branch.
    """
    place = _compound_of(unit)
    with WORKFLOW.step(ReportInAction.MOVE, reportin, by=by, now=now) as step:
        row: ReportIn = step.row
        if place.pk == row.unit_id:
            raise Refused(
                _("This is where the report-in is already."), code="same_place", field="unit"
            )
        step.data = {"to": place.code}
        _leave(row, by, now)
        # The place in the table is free before the next one opens.
        ReportIn.objects.filter(pk=row.pk).update(state=ReportInState.MOVED, ended_at=now)
        kind, employer = ServantKind(row.kind), row.employer
        return _open(row.participant, place, kind, employer, row.platform, row, by, now)


def end(*, reportin: ReportIn, reason: str, by: "User", now: datetime) -> ReportIn:
    """Ends a report-in; what was done stays on record."""
    with WORKFLOW.step(ReportInAction.END, reportin, by=by, now=now) as step:
        row: ReportIn = step.row
        step.text = row.reason = _reason(reason)
        _leave(row, by, now)
    return row


def _leave(row: ReportIn, by: "User", now: datetime) -> None:
    row.ended_at = now
    if row.position is not None:
        positions.take_back(position=row.position, last_day=timezone.localdate(now), by=by, now=now)


def _compound_of(unit: Unit) -> Unit:
    """The compound of a compound or building. Raises Refused (`wrong_place`) for what lies above."""
    if unit.kind == UnitKind.BUILDING and unit.parent is not None:
        return unit.parent
    if unit.kind != UnitKind.COMPOUND:
        raise Refused(
            _("People report in at the compound where they live."), code="wrong_place", field="unit"
        )
    return unit


def _reason(reason: str) -> str:
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    return reason.strip()[:300]
