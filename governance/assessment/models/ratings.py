"""What people judge: two-way ratings, residents' year-end ratings, the yearly review of members."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import DISTRICT, STREET_ROLES, Grade, RaterGroup, SubjectKind
from governance.assessment.models.base import actor, known
from orgs.models import Attachment, Department, District, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import BodyMember, Household
from residents.models.bodies import at_home

if TYPE_CHECKING:
    from orgs.models import User


class Evaluation(Scoped):
    """What one rater gives one subject for one period of a scheme: 0 to 100. Append-only.

    The rater is a street, a department, an account or (residents) a household: one each. Paper that a
    desk entered counts like what came online.
    """

    scope_path = "rater_unit"

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(_("code of the scheme"), max_length=40)
    period = models.CharField(_("period"), max_length=8)
    # The first day of the period: runs look for it.
    starts = models.DateField(_("from"))
    subject_kind = models.CharField(_("assesses"), max_length=20, choices=SubjectKind)
    subject = models.BigIntegerField(_("subject"))
    group = models.CharField(_("rated by"), max_length=10, choices=RaterGroup)
    rater_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rater_department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rater = actor(_("rater"), null=True, blank=True)
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    points = models.PositiveSmallIntegerField(
        _("points"), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    text = models.CharField(_("why"), max_length=500, blank=True)
    on_paper = models.BooleanField(_("on paper"), default=False)
    by = actor(_("entered by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("rating for a scheme")
        verbose_name_plural = _("ratings for schemes")
        ordering = ["pk"]
        constraints = [
            known("evaluation_group_known", "group", RaterGroup),
            known("evaluation_subject_known", "subject_kind", SubjectKind),
            models.CheckConstraint(
                name="evaluation_points_in_bounds", condition=Q(points__range=(0, 100))
            ),
            models.CheckConstraint(
                name="evaluation_one_rater",
                condition=Q(
                    group=RaterGroup.STREET,
                    rater_unit__isnull=False,
                    rater_department=None,
                    rater=None,
                    household=None,
                )
                | Q(
                    group=RaterGroup.DEPARTMENT,
                    rater_unit=None,
                    rater_department__isnull=False,
                    rater=None,
                    household=None,
                )
                | Q(
                    group=RaterGroup.RESIDENT,
                    rater_unit=None,
                    rater_department=None,
                    rater=None,
                    household__isnull=False,
                )
                | Q(
                    group__in=[RaterGroup.SUPERIOR, RaterGroup.PEER],
                    rater_unit=None,
                    rater_department=None,
                    rater__isnull=False,
                    household=None,
                ),
            ),
            # Nobody rates themselves.
            models.CheckConstraint(
                name="evaluation_not_of_oneself",
                condition=~Q(subject_kind=SubjectKind.DEPARTMENT, subject=F("rater_department"))
                & ~Q(subject_kind=SubjectKind.STREET, subject=F("rater_unit"))
                & ~Q(
                    subject_kind__in=[SubjectKind.COMMUNITY_WORKER, SubjectKind.SECRETARY],
                    subject=F("rater"),
                ),
            ),
            *(
                models.UniqueConstraint(
                    name=f"evaluation_once_a_{name}",
                    fields=["district", "code", "period", "subject", field],
                    condition=Q(**{f"{field}__isnull": False}),
                )
                for name, field in (
                    ("street", "rater_unit"),
                    ("department", "rater_department"),
                    ("rater", "rater"),
                    ("household", "household"),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.period} · {self.points}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever gave it, and the district's office; the rated read the sum, never who gave what."""
        reach = reach_of(user)
        return [
            Q(by=user),
            Q(district__in=reach.district_ids(DISTRICT)),
            Q(rater_department__in=reach.department_ids),
            reach.q("rater_unit", STREET_ROLES),
        ]


class MemberReview(Scoped):
    """The yearly review (民主评议) of a member of a residents' committee by a meeting. Append-only.

    Presided over by the supervision committee (居民委员会组织法, art. 37); twice running incompetent
    ends the office.
    """

    scope_path = "member__term__body__unit"

    member = models.ForeignKey(
        BodyMember, verbose_name=_("member"), on_delete=models.PROTECT, related_name="reviews"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    held_on = models.DateField(_("held on"))
    by_representatives = models.BooleanField(_("by the representatives' meeting"), default=True)
    presided_by = models.CharField(_("presided over by"), max_length=60)
    # Who belongs to the meeting, who was there, and how they judged.
    total = models.PositiveIntegerField(_("members of the meeting"))
    present = models.PositiveIntegerField(_("present"))
    competent = models.PositiveIntegerField(_("competent"))
    basically = models.PositiveIntegerField(_("basically competent"))
    incompetent = models.PositiveIntegerField(_("incompetent"))
    grade = models.CharField(_("result"), max_length=12, choices=Grade)
    ended_office = models.BooleanField(_("ended the office"), default=False)
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("photo of the minutes"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="member_reviews",
    )
    entered_by = actor(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("review of a committee member")
        verbose_name_plural = _("reviews of committee members")
        ordering = ["-year", "pk"]
        permissions = [("enter_memberreview", "May enter the yearly review of committee members")]
        constraints = [
            models.UniqueConstraint(name="member_review_once", fields=["member", "year"]),
            known("member_review_known", "grade", Grade),
            models.CheckConstraint(
                name="member_review_adds_up",
                condition=Q(present__lte=F("total"), present__gte=1)
                & Q(present__gte=F("competent") + F("basically") + F("incompetent")),
            ),
            # More than half of all who belong to it; of representatives, two thirds (art. 27, 29).
            models.CheckConstraint(
                name="member_review_quorum",
                condition=Q(by_representatives=True, total__lte=F("present") * 3 / 2)
                | Q(by_representatives=False, total__lt=F("present") * 2),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} · {self.year}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """It is published: whoever works at the place, and whoever lives there."""
        return [reach_of(user).q(cls.scope_path), *at_home(user, cls.scope_path)]
