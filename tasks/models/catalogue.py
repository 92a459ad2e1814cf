"""What tasks are about, who leads on it, and the limits of each kind of whistle."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orgs.calendar.working_time import Span
from orgs.enums import TimeUnit
from orgs.models import Department
from tasks.enums import AssignmentRole, LimitKind, StageUrgency, WhistleKind

# The kind of what fits no other: it always exists and can always be chosen.
OTHER = "other"
# Complaints and suggestions (投诉建议): the street receives them, wherever they are about.
COMPLAINTS = "complaints"


def label_of(name: str, name_en: str) -> str:
    """A kind's name in the reader's language, where it has one."""
    in_english = (get_language() or "").startswith("en")
    return name_en if in_english and name_en else name


class Category(models.Model):
    """A kind of problem, in a tree of two levels; only leaves are selectable."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    # Words that residents use, so that a search for 飞线 finds the category.
    keywords = models.CharField(_("search words"), max_length=200, blank=True)
    # Life may be in danger: comes before everything else, and whoever has the duty is called at once.
    is_urgent = models.BooleanField(
        _("life safety"),
        default=False,
        help_text=_("First on every list, red; whoever is on duty is told at once, at night too."),
    )
    is_selectable = models.BooleanField(_("can be chosen"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="category_other_can_be_chosen",
                condition=~Q(code="other") | Q(is_selectable=True, parent=None),
                violation_error_message=_("“Other” stands for itself and can always be chosen."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language, where it has one."""
        return label_of(self.name, self.name_en)


class Synonym(models.Model):
    """An everyday word for a kind of problem: it finds the kind, and proposes it (小广告, 健身器材)."""

    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.CASCADE, related_name="synonyms"
    )
    word = models.CharField(_("everyday word"), max_length=20)

    class Meta:
        verbose_name = _("everyday word")
        verbose_name_plural = _("everyday words")
        ordering = ["category", "word"]
        constraints = [
            models.UniqueConstraint(fields=["category", "word"], name="synonym_once_a_category"),
            models.CheckConstraint(name="synonym_has_word", condition=~Q(word="")),
        ]

    def __str__(self) -> str:
        return self.word


class Duty(models.Model):
    """A line of a department's duty list (部门职责清单): it leads or assists on a category."""

    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.CASCADE, related_name="duties"
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.CASCADE, related_name="duties"
    )
    role = models.CharField(_("role"), max_length=6, choices=AssignmentRole)
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["category", "-role", "department"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "category"], name="one_duty_a_department_and_category"
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.category} · {self.get_role_display()}"


class WhistleRule(models.Model):
    """The limits of one kind of whistle. The highest version is in force; tasks keep theirs."""

    kind = models.CharField(_("kind"), max_length=12, choices=WhistleKind)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    report_in = models.PositiveIntegerField(_("report in within"))
    report_in_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    contact = models.PositiveIntegerField(_("contact within"))
    contact_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    resolve = models.PositiveIntegerField(_("resolve within"))
    resolve_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    # Once a limit has passed: minutes round the clock where the limit runs so, else office minutes.
    street_after = models.PositiveIntegerField(_("the street is told after (minutes)"), default=120)
    district_after = models.PositiveIntegerField(
        _("the district is told after (minutes)"), default=390
    )
    needs_signature = models.BooleanField(_("needs the leadership's signature"), default=False)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("whistle rule")
        verbose_name_plural = _("whistle rules")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_rule_a_kind_and_version"),
            models.CheckConstraint(
                name="whistle_rule_limits_run",
                condition=Q(report_in__gt=0, contact__gt=0, resolve__gt=0),
            ),
            models.CheckConstraint(
                name="whistle_rule_district_last",
                condition=Q(district_after__gte=models.F("street_after")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def span(self, limit: LimitKind) -> Span:
        """How long a limit is."""
        return _span(self, limit)


class StageRule(models.Model):
    """How long accepting, handling and dispatching may take. The highest version is in force; a
    stage keeps the one with which it began."""

    kind = models.CharField(_("applies to"), max_length=12, choices=StageUrgency)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    accept = models.PositiveIntegerField(_("accept within"))
    accept_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    handle = models.PositiveIntegerField(_("handle within"))
    handle_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    dispatch = models.PositiveIntegerField(_("dispatch within"))
    dispatch_unit = models.CharField(_("counted in"), max_length=16, choices=TimeUnit)
    # Once a limit has passed: minutes round the clock where the limit runs so, else office minutes.
    street_after = models.PositiveIntegerField(_("the street is told after (minutes)"))
    district_after = models.PositiveIntegerField(_("the district is told after (minutes)"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule of community work")
        verbose_name_plural = _("rules of community work")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_stage_rule_a_version"),
            models.CheckConstraint(
                name="stage_rule_limits_run",
                condition=Q(accept__gt=0, handle__gt=0, dispatch__gt=0),
            ),
            models.CheckConstraint(
                name="stage_rule_district_last",
                condition=Q(district_after__gte=models.F("street_after")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def span(self, limit: LimitKind) -> Span:
        """How long a limit is."""
        return _span(self, limit)


def _span(rule: WhistleRule | StageRule, limit: LimitKind) -> Span:
    return Span(getattr(rule, limit), TimeUnit(getattr(rule, f"{limit}_unit")))
