"""Fixed vocabularies of assessments: schemes, runs, scores, appeals, ratings."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role

DISTRICT = frozenset({Role.DISTRICT_OFFICE})
STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
# Who answers for a place that is assessed, and so reads its score.
PLACE_ROLES = STREET_ROLES | {Role.COMMUNITY_WORKER}


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    VIEW_ASSESSMENTS = "assessment.view_assessments"
    KEEP_SCHEMES = "assessment.keep_scheme"
    START_RUNS = "assessment.start_run"
    APPEAL = "assessment.appeal_score"
    DECIDE_APPEALS = "assessment.decide_scoreappeal"
    IMPORT_FIGURES = "assessment.import_figures"
    RATE = "assessment.rate_subject"
    ENTER_REVIEWS = "assessment.enter_memberreview"
    KEEP_CLASSES = "assessment.keep_compoundclass"


# --- Schemes -------------------------------------------------------------------------------------


class SubjectKind(models.TextChoices):
    """Whom or what a scheme assesses."""

    DEPARTMENT = "department", _("departments")
    STREET = "street", _("streets")
    COMMUNITY = "community", _("communities")
    COMPOUND = "compound", _("compounds")
    BRANCH = "branch", _("compound branches")
    SECRETARY = "secretary", _("branch secretaries")
    BUILDING_HEAD = "building_head", _("building heads")
    COMMUNITY_WORKER = "community_worker", _("community workers")
    MEMBER = "member", _("in-service party members")
    FIRM = "firm", _("property firms")
    COMMITTEE_MEMBER = "committee_member", _("members of residents' committees")


# Whose names are masked where results are made public.
PEOPLE = frozenset(
    {
        SubjectKind.SECRETARY,
        SubjectKind.BUILDING_HEAD,
        SubjectKind.COMMUNITY_WORKER,
        SubjectKind.MEMBER,
        SubjectKind.COMMITTEE_MEMBER,
    }
)


class PeriodKind(models.TextChoices):
    MONTH = "month", pgettext_lazy("period of an assessment", "month")
    QUARTER = "quarter", pgettext_lazy("period of an assessment", "quarter")
    HALF = "half", _("half-year")
    YEAR = "year", pgettext_lazy("period of an assessment", "year")


class CompoundClassKind(models.TextChoices):
    """Classes of compounds (达标、示范、精品), gained or lost by creation: no bands of a score."""

    STANDARD = "standard", _("up to standard")
    MODEL = "model", _("model compound")
    PREMIUM = "premium", _("premium compound")


class SchemeState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("scheme", "draft")
    PUBLISHED = "published", pgettext_lazy("scheme", "in force")
    REPLACED = "replaced", pgettext_lazy("scheme", "replaced or ended")


class IndicatorRole(models.TextChoices):
    """What the points of an indicator are for."""

    WEIGHTED = "weighted", _("part of the weighted mean")
    BONUS = "bonus", _("added")
    DEDUCTION = "deduction", _("taken off")
    SHOWN = "shown", _("shown, and known to bands")


class Counted(models.TextChoices):
    """What an indicator counts. Some things no indicator may count (国办函〔2026〕12号)."""

    RESULTS = "results", _("results of work")
    OPINIONS = "opinions", _("judgements of people asked")
    COVERAGE = "coverage", _("what a place has")
    DUTY = "duty", _("duty owed and met")
    EFFORT = "effort", _("activities, minutes and visits")
    OUTSIDE = "outside", _("figures from outside, with a file")
    SCORES = "scores", _("closed periods")
    LOG_INS = "log_ins", _("log-ins")
    ONLINE_TIME = "online_time", _("online time")
    CHECK_INS = "check_ins", _("check-ins")
    PHOTOS = "photos", _("photos")
    UPLOADS = "uploads", _("uploads")
    LIKES = "likes", _("likes")
    ONLINE_VOTES = "online_votes", _("online votes as scores")


FORBIDDEN = frozenset(
    {
        Counted.LOG_INS,
        Counted.ONLINE_TIME,
        Counted.CHECK_INS,
        Counted.PHOTOS,
        Counted.UPLOADS,
        Counted.LIKES,
        Counted.ONLINE_VOTES,
    }
)


class Note(models.TextChoices):
    """Why an indicator has no value."""

    NONE = "", _("counted")
    NO_VALUE = "no_value", _("no value")
    TOO_FEW = "too_few", pgettext_lazy("indicator", "too few")


# --- Runs ----------------------------------------------------------------------------------------


class RunState(models.TextChoices):
    COMPUTING = "computing", _("being computed")
    REVIEW = "review", pgettext_lazy("run", "to be reviewed")
    APPEALS = "appeals", _("open for appeals")
    PUBLISHED = "published", pgettext_lazy("run", "published")
    ARCHIVED = "archived", _("archived")


# What the assessed may read of their own.
RELEASED = frozenset({RunState.APPEALS, RunState.PUBLISHED, RunState.ARCHIVED})


class RunAction(models.TextChoices):
    """What is done with a run; button, API verb, permission and timeline entry at once."""

    START = "start", _("start the run")
    COMPUTE = "compute", _("compute the run")
    RELEASE = "release", _("release to the assessed")
    CORRECT = "correct", _("correct by a new run")
    PUBLISH = "publish", _("publish the results")
    ARCHIVE = "archive", _("archive the run")

    @property
    def permission(self) -> str:
        return f"assessment.{self.name.lower()}_run"


class RunWho(models.TextChoices):
    """How somebody stands to a run."""

    KEEPER = "keeper", _("whoever answers for the scheme")
    SYSTEM = "system", pgettext_lazy("run", "the portal")


class AppealState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("appeal against a score", "waiting")
    GRANTED = "granted", pgettext_lazy("appeal against a score", "granted")
    REJECTED = "rejected", pgettext_lazy("appeal against a score", "not granted")


# --- Ratings -------------------------------------------------------------------------------------


class RaterGroup(models.TextChoices):
    """As whom somebody rates."""

    SUPERIOR = "superior", _("the level above")
    PEER = "peer", _("peers")
    STREET = "street", _("streets")
    DEPARTMENT = "department", _("departments")
    RESIDENT = "resident", _("residents")


class Grade(models.TextChoices):
    """The statutory words of 民主评议 (居民委员会组织法, art. 37)."""

    COMPETENT = "competent", _("competent")
    BASICALLY = "basically", _("basically competent")
    INCOMPETENT = "incompetent", _("incompetent")
