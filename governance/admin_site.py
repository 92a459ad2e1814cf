"""The first page of the administration: what is kept, by noun."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# What stands together on the first page and beside every list, whatever app keeps it.
GROUPS = (
    (
        _("Units and staff"),
        "orgs.District orgs.Unit orgs.Grid orgs.Department orgs.PartyOrganisation orgs.User "
        "orgs.Position orgs.CalendarDay orgs.DutyDay orgs.ServicePoint "
        "orgs.Landmark",
    ),
    (
        _("Tasks"),
        "tasks.Task tasks.Category tasks.Duty tasks.WhistleRule tasks.StageRule tasks.RateRule "
        "tasks.DecisionRequest tasks.Exclusion tasks.Rating tasks.FeedbackRound "
        "tasks.WhistleFeedback tasks.JointVisit tasks.CallBackTry tasks.Patrol tasks.Campaign "
        "tasks.Measure",
    ),
    (
        _("Households and residents"),
        "residents.Household residents.Person residents.Belonging residents.Visit residents.Claim "
        "residents.CareEntry residents.CareReader residents.LedgerImport",
    ),
    (
        _("Bodies and property service"),
        "residents.LocalBody residents.Term residents.BodyMember residents.PropertyFirm "
        "residents.PropertyContract",
    ),
    (
        _("Party members and posts of buildings"),
        "volunteers.PartyMembership volunteers.BuildingPost volunteers.HouseholdLink "
        "volunteers.RoleSet volunteers.RoleSetChoice volunteers.LinkRule",
    ),
    (
        _("Report-in, posts and service orders"),
        "service.Participant service.ReportIn service.DoubleReport service.ServicePost "
        "service.PostClaim service.PostRating service.PostRule service.ServiceOrder "
        "service.OrderOffer service.RiseRule service.ServiceItem service.Ring service.CloudPair "
        "service.ProxyTeam service.ProxyTeamMember service.ProxyConsent service.FamilyBond "
        "service.Pairing service.WorkTeam service.WorkTeamMember service.Institution",
    ),
    (
        _("Activities and attendance"),
        "service.Activity service.SignUp service.CheckEvent service.RollCall service.RollCallLine "
        "service.Attendance service.ServedQuestion service.Flag",
    ),
    (
        _("Service minutes, points and rewards"),
        "service.Credit service.LongDay service.MinutesAccount service.MinutesEntry service.PointsAccount "
        "service.PointsEntry service.Adjustment service.ExchangeRule service.Reward "
        "service.Redemption service.StockEntry service.TimeGift service.ServiceMonth "
        "service.MonthResult service.MonthLetter service.DutyRule service.DutyRelief "
        "service.Appeal service.Certificate service.SecretaryCandidate service.ExportRecord",
    ),
    (
        _("Topics and votes"),
        "deliberation.Topic deliberation.TopicRule deliberation.TopicObjection "
        "deliberation.JointMeeting deliberation.Comment deliberation.CoSignature "
        "deliberation.Promise deliberation.Poll deliberation.PollObjection "
        "deliberation.RollEntry deliberation.Ballot deliberation.BallotBox deliberation.Checkpoint",
    ),
    (
        _("Assessments"),
        "assessment.Scheme assessment.Run assessment.Score assessment.ScoreAppeal "
        "assessment.Evaluation assessment.MemberReview assessment.OutsideFigure "
        "assessment.LeftOut assessment.CompoundClass",
    ),
    (
        _("Forms"),
        "data_forms.BlankForm data_forms.FilledRun data_forms.SavedList data_forms.CatalogueForm"
        " data_forms.Collection data_forms.Submission",
    ),
    (
        _("Protection of personal data"),
        "residents.PrivacyNotice residents.ImpactAssessment residents.DataRequest "
        "residents.Consent residents.Unmasking",
    ),
    (
        _("Audit and notices"),
        "orgs.AuditEntry orgs.AuditSeal orgs.Notice orgs.Delivery",
    ),
)
# Everything else is kept for technicians: folded away.
TECHNICAL = _("Technical records")


class PortalSite(admin.AdminSite):
    """Groups what is kept by noun instead of by app."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The groups with what the person may see; the page of one app stays that app's."""
        apps_of_person = super().get_app_list(request, app_label)
        if app_label:
            return apps_of_person
        rows = {
            model["model"]._meta.label: model for app in apps_of_person for model in app["models"]
        }
        groups = [
            _group(name, [rows.pop(label) for label in labels.split() if label in rows])
            for name, labels in GROUPS
        ]
        technical = _group(TECHNICAL, list(rows.values())) | {"folded": True}
        return [group for group in (*groups, technical) if group["models"]]


def _group(name: Any, models: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": "group",
        "app_url": "",
        "has_module_perms": True,
        "models": models,
    }
