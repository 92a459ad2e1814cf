"""Schemes: what is assessed, when, by which indicators. A version that was published never changes."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import (
    DISTRICT,
    CompoundClassKind,
    PeriodKind,
    SchemeState,
    SubjectKind,
)
from governance.assessment.models.base import actor, known
from orgs.enums import UnitKind
from orgs.models import Department, District, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import Belonging

if TYPE_CHECKING:
    from orgs.models import User


class Scheme(Scoped):
    """One version of a scheme of a district. `code` names the scheme, whatever its version.

    `definition` is canonical JSON (`schemes.definitions`): indicators, formulas, bands, raters. Once
    published only the state changes; the database keeps the rest. `publisher` is the department that
    alone reviews and publishes; without one the district's party-building office does.
    """

    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="schemes"
    )
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=60)
    subject_kind = models.CharField(_("assesses"), max_length=20, choices=SubjectKind)
    period_kind = models.CharField(_("period"), max_length=8, choices=PeriodKind)
    publisher = models.ForeignKey(
        Department,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Secretaries are assessed with the sheet of their compound's class.
    compound_class = models.CharField(
        _("class of the compound"), max_length=10, choices=CompoundClassKind, blank=True
    )
    # The first day of the first period for which it counts.
    begins = models.DateField(_("counts from"))
    # So many days after its end a period is computed.
    delay_days = models.PositiveSmallIntegerField(
        _("computed so many days after the period"), default=3, validators=[MaxValueValidator(90)]
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    # Results are shown to everybody signed in (公示); else each reads its own only.
    is_public = models.BooleanField(_("results are made public"), default=False)
    has_black_list = models.BooleanField(_("leads to a red and a black list"), default=False)
    is_example = models.BooleanField(_("example"), default=False)
    definition = models.TextField(_("definition"))
    source = models.CharField(_("source"), max_length=400)
    state = models.CharField(
        _("state"), max_length=10, choices=SchemeState, default=SchemeState.DRAFT
    )
    made_by = actor(_("made by"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"))
    published_by = actor(_("put in force by"), null=True, blank=True)
    published_at = models.DateTimeField(_("put in force at"), null=True, blank=True)

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ["code", "-version"]
        permissions = [
            ("keep_scheme", "May make and publish schemes"),
            ("view_assessments", "May see the assessments of a place"),
            ("rate_subject", "May rate whom a scheme assesses"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="scheme_version_once", fields=["district", "code", "version"]
            ),
            models.UniqueConstraint(
                name="scheme_one_draft",
                fields=["district", "code"],
                condition=Q(state=SchemeState.DRAFT),
            ),
            models.UniqueConstraint(
                name="scheme_one_in_force",
                fields=["district", "code"],
                condition=Q(state=SchemeState.PUBLISHED),
            ),
            known("scheme_subject_known", "subject_kind", SubjectKind),
            known("scheme_period_known", "period_kind", PeriodKind),
            known("scheme_state_known", "state", SchemeState),
            models.CheckConstraint(
                name="scheme_in_bounds",
                condition=Q(version__gte=1, delay_days__lte=90, appeal_days__range=(1, 60))
                & ~Q(name="")
                & ~Q(source="")
                & ~Q(code=""),
            ),
            # A red and black list has its authority, and is no secret.
            models.CheckConstraint(
                name="scheme_black_list_has_publisher",
                condition=Q(has_black_list=False) | Q(publisher__isnull=False, is_public=True),
            ),
            models.CheckConstraint(
                name="scheme_published_whole",
                condition=Q(state=SchemeState.DRAFT, published_at=None)
                | (~Q(state=SchemeState.DRAFT) & Q(published_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs a scheme reads its drafts; what is in force, whoever holds something in the district.

        Whoever only lives there reads the schemes whose results are made public.
        """
        reach = reach_of(user)
        in_force = ~Q(state=SchemeState.DRAFT)
        return [
            Q(district__in=reach.district_ids(DISTRICT)),
            Q(publisher__in=reach.department_ids),
            in_force & Q(district__in=places_of(user)),
            in_force & Q(is_public=True, district__in=homes_of(user)),
            in_force
            & Q(district__in=District.objects.filter(departments__in=reach.department_ids)),
        ]


class CompoundClass(Scoped):
    """That a compound is of a class, from a day until a day: gained by creation, lost by review."""

    compound = models.ForeignKey(
        Unit,
        verbose_name=_("compound"),
        on_delete=models.PROTECT,
        related_name="classes",
        limit_choices_to={"kind": UnitKind.COMPOUND},
    )
    kind = models.CharField(_("class"), max_length=10, choices=CompoundClassKind)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("document"), max_length=200)
    entered_by = actor(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    end_reason = models.CharField(_("document that ended it"), max_length=200, blank=True)
    ended_by = actor(_("ended by"), null=True, blank=True)

    scope_path = "compound"

    class Meta:
        verbose_name = _("class of a compound")
        verbose_name_plural = _("classes of compounds")
        ordering = ["compound", "-starts"]
        permissions = [("keep_compoundclass", "May give and take classes of compounds")]
        constraints = [
            known("compound_class_known", "kind", CompoundClassKind),
            models.UniqueConstraint(
                name="compound_class_one_now", fields=["compound"], condition=Q(ends=None)
            ),
            models.UniqueConstraint(name="compound_class_one_a_day", fields=["compound", "starts"]),
            models.CheckConstraint(
                name="compound_class_ended_whole",
                condition=Q(ends=None, ended_by=None, end_reason="")
                | (Q(ends__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
            ),
            models.CheckConstraint(
                name="compound_class_ends_after_start",
                condition=(Q(ends=None) | Q(ends__gte=F("starts"))) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound} · {self.get_kind_display()}"


def places_of(user: "User") -> models.QuerySet:
    """The districts in which somebody holds something."""
    return _districts({held.area.tree_id for held in reach_of(user).holdings if held.area})


def homes_of(user: "User") -> models.QuerySet:
    """The districts in which somebody has a home that is verified."""
    homes = Belonging.objects.filter(person__account=user.pk, ends=None, verified_at__isnull=False)
    return _districts(homes.order_by().values("household__building__tree_id"))


def _districts(trees: set[int] | models.QuerySet) -> models.QuerySet:
    """The districts in which streets have these trees."""
    found = District.objects.filter(streets__tree_id__in=trees, streets__level=0)
    return found.order_by().values("pk")
