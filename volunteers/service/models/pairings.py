"""Organisations paired with communities, the teams and members they send, and the two reports (双报告)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.models import Attachment
from orgs.scoping import Way
from volunteers.service.enums import (
    DoubleReportKind,
    InstitutionCode,
)
from volunteers.service.models.base import (
    OfOrganisation,
    OfPlace,
    actor,
    employed_by,
    known,
    organisation,
    place,
    starts_before_end,
    whole,
)
from volunteers.service.models.participants import Participant
from volunteers.service.models.report_ins import ReportIn

if TYPE_CHECKING:
    from orgs.models import User


class Institution(models.Model):
    """One of the institutions (制度) of going down, as the sources tell it. Append-only.

    Of each code the highest version is in force. The sources name three of six: none is invented.
    """

    code = models.CharField(_("institution"), max_length=12, choices=InstitutionCode)
    version = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=40)
    text = models.TextField(_("text"), blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("institution of service")
        verbose_name_plural = _("institutions of service")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(name="institution_version_once", fields=["code", "version"]),
            known("institution_known", "code", InstitutionCode),
        ]

    def __str__(self) -> str:
        return self.name


class Pairing(OfPlace):
    """That a sending organisation and a community have agreed to work together, with what each does."""

    organisation = organisation(_("sending organisation"), related_name="pairings")
    unit = place(_("community"), related_name="pairings")
    text = models.TextField(_("what was agreed"))
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pairings",
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    made_by = actor(_("entered by"))
    made_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        ordering = ["-starts", "-pk"]
        permissions = [("keep_pairings", "May pair organisations with a community")]
        constraints = [
            models.UniqueConstraint(
                name="pairing_once_at_a_time",
                fields=["organisation", "unit"],
                condition=Q(ends=None),
            ),
            starts_before_end("pairing_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.unit}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the community, and the organisation itself."""
        return [*super().ways(user), Q(organisation__in=employed_by(user))]


class WorkTeam(OfPlace):
    """A team that organisations send to a community (驻社区工作队), from a day until a day."""

    unit = place(_("community"), related_name="work_teams")
    name = models.CharField(_("name"), max_length=60)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    made_by = actor(_("entered by"))
    made_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("team sent to a community")
        verbose_name_plural = _("teams sent to communities")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="work_team_named_once", fields=["unit", "name"], condition=Q(ends=None)
            ),
            starts_before_end("work_team_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkTeamMember(OfOrganisation):
    """A detached member of such a team; members rotate, so each stays from a day until a day."""

    scope_path = "team__unit"

    team = models.ForeignKey(WorkTeam, on_delete=models.PROTECT, related_name="members")
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="work_teams",
    )
    employer = organisation(_("sent by"))
    leads = models.BooleanField(_("leads the team"), default=False)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a team sent")
        verbose_name_plural = _("members of teams sent")
        ordering = ["-starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="work_team_member_one_team", fields=["participant"], condition=Q(ends=None)
            ),
            models.UniqueConstraint(
                name="work_team_one_leader", fields=["team"], condition=Q(ends=None, leads=True)
            ),
            starts_before_end("work_team_member_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.team}"


def period_name(period: str) -> str:
    """As people read it: 2026 is 2026年, 2026-H1 is 2026年上半年."""
    year, _dash, half = period.partition("-H")
    if half == "1":
        return gettext("first half of %(year)s") % {"year": year}
    if half:
        return gettext("second half of %(year)s") % {"year": year}
    return gettext("the year %(year)s") % {"year": year}


class DoubleReport(OfPlace):
    """A unit's yearly report to its superior, or a member's half-yearly one to the own branch."""

    kind = models.CharField(_("kind"), max_length=8, choices=DoubleReportKind)
    unit = place(_("community"))
    pairing = models.ForeignKey(
        Pairing,
        verbose_name=_("pairing"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    report_in = models.ForeignKey(
        ReportIn,
        verbose_name=_("report-in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    # "2026" or "2026-H1".
    period = models.CharField(_("period"), max_length=7)
    to = organisation(_("to"))
    text = models.TextField(_("text"))
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))
    received_by = actor(_("received by"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report of the double report")
        verbose_name_plural = _("reports of the double report")
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="double_report_unit_once",
                fields=["pairing", "period"],
                condition=Q(pairing__isnull=False),
            ),
            models.UniqueConstraint(
                name="double_report_member_once",
                fields=["report_in", "period"],
                condition=Q(report_in__isnull=False),
            ),
            models.CheckConstraint(
                name="double_report_of_its_kind",
                condition=Q(
                    kind=DoubleReportKind.UNIT,
                    pairing__isnull=False,
                    report_in=None,
                    period__regex=r"^[0-9]{4}$",
                )
                | Q(
                    kind=DoubleReportKind.MEMBER,
                    pairing=None,
                    report_in__isnull=False,
                    period__regex=r"^[0-9]{4}-H[12]$",
                ),
            ),
            whole("double_report_received_whole", "received_by", "received_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.period}"

    @property
    def period_name(self) -> str:
        return period_name(self.period)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, who reports, and who answers for whom it goes to."""
        return [*super().ways(user), Q(by=user), Q(to__in=employed_by(user))]
