"""Report-ins, the double report, certificates, the pool of secretaries-to-be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServantKind(models.TextChoices):
    """As what somebody reports in."""

    MEMBER = "member", _("in-service party member")
    VOLUNTEER = "volunteer", _("volunteer")
    COURIER = "courier", _("courier")
    DRIVER = "driver", _("driver")
    NEW_EMPLOYMENT = "new_employment", _("other new employment")


# People in new employment (新就业群体).
NEW_EMPLOYMENT = frozenset({ServantKind.COURIER, ServantKind.DRIVER, ServantKind.NEW_EMPLOYMENT})


class ReportInState(models.TextChoices):
    REPORTED = "reported", _("reported, waiting for the branch")
    CONFIRMED = "confirmed", _("confirmed by the branch")
    REFUSED = "refused", _("not accepted by the branch")
    MOVED = "moved", _("moved to another compound")
    ENDED = "ended", _("ended")


# One at a time of these.
OPEN_REPORT_INS = frozenset({ReportInState.REPORTED, ReportInState.CONFIRMED})


class ReportInAction(models.TextChoices):
    """What is done with a report-in; button, API verb, permission and timeline entry at once."""

    REPORT = "report", _("report in")
    CONFIRM = "confirm", _("confirm the report-in")
    REFUSE = "refuse", _("do not accept the report-in")
    MOVE = "move", _("move to another compound")
    END = "end", _("end the report-in")

    @property
    def permission(self) -> str:
        """The permission that this action needs, for `user.has_perm(permission, report_in)`."""
        return f"service.{self.name.lower()}_reportin"


class ReportInWho(models.TextChoices):
    """How somebody stands to a report-in."""

    SELF = "self", _("whoever reported in")
    KEEPER = "keeper", _("branch or community")


class DoubleReportKind(models.TextChoices):
    """The two reports (双报告)."""

    UNIT = "unit", _("yearly report of a unit to its superior")
    MEMBER = "member", _("half-yearly report of a member to the own branch")


class InstitutionCode(models.TextChoices):
    """The institutions of going down (制度) that the sources name; the others they do not tell."""

    CONTACT = "contact", _("report-in and contact")
    RECORD = "record", _("record of service")
    ASSESSMENT = "assessment", _("assessment")


class CertificateKind(models.TextChoices):
    REPORT_IN = "report_in", _("certificate of a report-in")
    SERVICE = "service", _("certificate of voluntary service")
    LETTER = "letter", _("monthly letter to the sending organisation")


class CandidateState(models.TextChoices):
    """Where somebody stands in the pool of secretaries-to-be."""

    PROPOSED = "proposed", _("proposed")
    LISTED = "listed", _("in the pool")
    REMOVED = "removed", _("out of the pool")
