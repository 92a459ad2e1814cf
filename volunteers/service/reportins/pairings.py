"""Pairing an organisation with a community, and the two reports (双报到、双报告)."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import PartyOrganisation, Unit
from orgs.values.names import is_visible
from volunteers.ending import last_day
from volunteers.service.enums import OPEN_REPORT_INS, DoubleReportKind, Permission
from volunteers.service.models import DoubleReport, Pairing, Participant, ReportIn
from volunteers.service.models.base import employed_by

if TYPE_CHECKING:
    from orgs.models import User

YEAR, HALF = re.compile(r"\d{4}"), re.compile(r"\d{4}-H[12]")


@transaction.atomic
def pair(
    *,
    unit: Unit,
    organisation: PartyOrganisation,
    text: str,
    starts: date,
    by: "User",
    now: datetime,
) -> Pairing:
    """Writes down that an organisation and a community work together, and what each does.

    Raises NotAllowed; Refused for another place than a community; WrongState (`paired`) for a second.
    """
    if not by.has_perm(Permission.KEEP_PAIRINGS, unit):
        raise NotAllowed(_("You do not run the service of this place."))
    if unit.kind != UnitKind.COMMUNITY:
        raise Refused(_("Organisations pair with a community."), code="wrong_place")
    if not is_visible(text):
        raise Refused(_("Say what was agreed."), code="no_text", field="text")
    try:
        with transaction.atomic():
            pairing: Pairing = Pairing.objects.create(
                unit=unit,
                organisation=organisation,
                text=text.strip(),
                starts=starts,
                made_by=by,
                made_at=now,
            )
    except IntegrityError:
        raise WrongState(_("These two are paired already."), code="paired") from None
    audit.record("service.pair", by=by, obj=pairing, now=now)
    return pairing


@transaction.atomic
def end_pairing(*, pairing: Pairing, on: date | None = None, by: "User", now: datetime) -> Pairing:
    """Ends a pairing with a day; it stays as history."""
    pairing = Pairing.objects.select_for_update().select_related("unit").get(pk=pairing.pk)
    if not by.has_perm(Permission.KEEP_PAIRINGS, pairing.unit):
        raise NotAllowed(_("You do not run the service of this place."))
    if pairing.ends:
        raise WrongState(_("This pairing has ended already."), code="ended")
    pairing.ends = last_day(pairing.starts, on, now)
    pairing.save(update_fields=["ends"])
    audit.record("service.end-pairing", by=by, obj=pairing, now=now)
    return pairing


def report_of_unit(
    *, pairing: Pairing, period: str, text: str, by: "User", now: datetime
) -> DoubleReport:
    """The unit's report to its superior about a year ("2026"); once.

    Raises NotAllowed for who does not answer for the organisation; Refused where it has no superior.
    """
    if not employed_by(by).filter(party_organisation=pairing.organisation_id).exists():
        raise NotAllowed(_("The organisation itself reports."))
    superior = pairing.organisation.parent
    if superior is None:
        raise Refused(
            _("This organisation has no superior party organisation on record."), code="no_superior"
        )
    _check(YEAR, period, now)
    return _file(
        DoubleReport(kind=DoubleReportKind.UNIT, unit=pairing.unit, pairing=pairing, to=superior),
        period, text, by, now,
    )  # fmt: skip


def may_report(report_in: ReportIn, by: "User") -> bool:
    """Whether somebody writes a member's report: the member, or the desk for who has no account."""
    account = report_in.participant.account_key
    if account is not None:
        return account == by.pk
    return by.has_perm(Permission.KEEP_REPORTINS, report_in.unit)


def report_of_member(
    *, report_in: ReportIn, period: str, text: str, by: "User", now: datetime
) -> DoubleReport:
    """The member's report to the own branch, where they work, about half a year ("2026-H1"); once.

    Of a member without an account the branch that they report in at enters it from paper.
    """
    if not may_report(report_in, by):
        raise NotAllowed(_("Each member reports for themselves."))
    if report_in.state not in OPEN_REPORT_INS or report_in.employer is None:
        raise WrongState(_("Only members who are reported in report."), code="not_reported_in")
    _check(HALF, period, now)
    report = DoubleReport(
        kind=DoubleReportKind.MEMBER,
        unit=report_in.unit,
        report_in=report_in,
        to=report_in.employer,
    )
    return _file(report, period, text, by, now)


def receive(*, report: DoubleReport, by: "User", now: datetime) -> DoubleReport:
    """Whoever answers for whom it goes to acknowledges a report, once."""
    with transaction.atomic():
        report = DoubleReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if not employed_by(by).filter(party_organisation=report.to_id).exists():
            raise NotAllowed(_("The organisation to which it goes acknowledges it."))
        if report.received_at:
            raise WrongState(_("This is acknowledged already."), code="received")
        report.received_by, report.received_at = by, now
        report.save(update_fields=["received_by", "received_at"])
        audit.record("service.receive-report", by=by, obj=report, now=now)
    return report


def _check(form: re.Pattern[str], period: str, now: datetime) -> None:
    if not form.fullmatch(period):
        raise Refused(_("This is no period of this report."), code="bad_period", field="period")
    if int(period[:4]) > timezone.localdate(now).year:
        raise Refused(_("This period is still to come."), code="bad_period", field="period")


def _not_by_themselves(report: DoubleReport, by: "User") -> Participant | None:
    """The member for whom the desk files a report."""
    member = report.report_in.participant if report.report_in else None
    return member if member and member.account_key != by.pk else None


def _file(report: DoubleReport, period: str, text: str, by: "User", now: datetime) -> DoubleReport:
    if not is_visible(text):
        raise Refused(_("Say what was done."), code="no_text", field="text")
    report.period, report.text, report.by, report.at = period, text.strip(), by, now
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            detail = audit.on_behalf_of(_not_by_themselves(report, by))
            audit.record("service.file-report", by=by, obj=report, detail=detail, now=now)
    except IntegrityError:
        raise WrongState(
            _("This period has been reported already."), code="already_reported"
        ) from None
    return report
