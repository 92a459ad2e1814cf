"""Report-ins of members and of new employment, and the certificates that are issued."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Position
from orgs.scoping import Way
from volunteers.service.enums import (
    OPEN_REPORT_INS,
    CertificateKind,
    ReportInAction,
    ReportInState,
    ServantKind,
)
from volunteers.service.models.base import (
    OfOrganisation,
    OfPlace,
    TimelineEntry,
    action_permissions,
    actor,
    employed_by,
    known,
    organisation,
    place,
    whole,
)
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class Certificate(OfPlace):
    """A paper that the portal stands for: whoever has its number reads what it truly says.

    Append-only but for its revocation.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind)
    # Random: an address made of it cannot be guessed.
    number = models.CharField(_("number"), max_length=32, unique=True)
    unit = place()
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates",
    )
    employer = organisation(_("sending organisation"), null=True, blank=True)
    # What it says, as it was issued; the digest is the SHA-256 of its canonical JSON.
    payload = models.JSONField(_("what it says"))
    digest = models.CharField(_("digest"), max_length=64)
    issued_by = actor(_("issued by"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    revoked_by = actor(_("revoked by"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_because = models.CharField(_("revoked because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-pk"]
        constraints = [
            known("certificate_known", "kind", CertificateKind),
            models.CheckConstraint(
                name="certificate_of_somebody",
                condition=Q(kind=CertificateKind.LETTER, employer__isnull=False, participant=None)
                | (~Q(kind=CertificateKind.LETTER) & Q(participant__isnull=False)),
            ),
            models.CheckConstraint(
                name="certificate_revoked_whole",
                condition=Q(revoked_at=None, revoked_because="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, whom it is about, and whom it was sent to."""
        return [
            *super().ways(user),
            Q(participant__account=user),
            Q(employer__in=employed_by(user)),
        ]


class ReportIn(OfOrganisation):
    """That somebody reports in to serve at a compound: one open report-in at a time.

    A move ends the row and begins another that follows it; the hours belong to the participant, so
    they come along.
    """

    scope_path = "unit"

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="report_ins",
    )
    kind = models.CharField(_("as"), max_length=16, choices=ServantKind)
    unit = place(_("compound"), related_name="report_ins")
    branch = organisation(_("branch of the compound"), related_name="report_ins")
    employer = organisation(_("sending organisation"), null=True, blank=True)
    # Of couriers and drivers: for whom they ride.
    platform = models.CharField(_("platform or firm"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportInState, default=ReportInState.REPORTED
    )
    reported_at = models.DateTimeField(_("reported in at"))
    reported_by = actor(_("entered by"))
    confirmed_by = actor(_("confirmed by"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    follows = models.OneToOneField(
        "self",
        verbose_name=_("moved here from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
    # What the report-in gave: the role by which orders and tasks are seen.
    position = models.OneToOneField(
        Position,
        verbose_name=_("position"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="report_in",
    )
    certificate = models.OneToOneField(
        Certificate,
        verbose_name=_("certificate"),
        on_delete=models.PROTECT,
        related_name="report_in",
    )

    class Meta:
        verbose_name = _("report-in")
        verbose_name_plural = _("report-ins")
        ordering = ["-pk"]
        permissions = [
            ("keep_reportins", "May keep the report-ins of a place"),
            *action_permissions(*ReportInAction),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="report_in_of_unit"),
            models.Index(fields=["branch", "state"], name="report_in_of_branch"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="report_in_one_at_a_time",
                fields=["participant"],
                condition=Q(state__in=sorted(OPEN_REPORT_INS)),
            ),
            known("report_in_kind_known", "kind", ServantKind),
            known("report_in_state_known", "state", ReportInState),
            whole("report_in_confirmed_whole", "confirmed_by", "confirmed_at"),
            models.CheckConstraint(
                name="report_in_member_is_sent",
                condition=~Q(kind=ServantKind.MEMBER) | Q(employer__isnull=False),
            ),
            models.CheckConstraint(
                name="report_in_state_whole",
                condition=Q(state=ReportInState.REPORTED, confirmed_at=None, ended_at=None)
                | Q(state=ReportInState.CONFIRMED, confirmed_at__isnull=False, ended_at=None)
                | (
                    Q(state=ReportInState.REFUSED, confirmed_at=None, ended_at__isnull=False)
                    & ~Q(reason="")
                )
                | Q(state__in=[ReportInState.MOVED, ReportInState.ENDED], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_in_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("reported_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.unit}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REPORT_INS


class ReportInEntry(TimelineEntry):
    """One line of a report-in's timeline. Append-only."""

    report_in = models.ForeignKey(ReportIn, on_delete=models.PROTECT, related_name="entries")

    class Meta(TimelineEntry.Meta):
        verbose_name = _("entry of a report-in")
        verbose_name_plural = _("entries of report-ins")
