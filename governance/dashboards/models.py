"""What dashboards show: counted beforehand by jobs, never written by hand."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.dashboards.enums import OF_UNITS, READERS, BoardKind, Part
from orgs.models import Department, District, Unit
from orgs.scoping import Scoped, Way, any_of, reach_of
from tasks.models import Category

if TYPE_CHECKING:
    from orgs.models import User


def _number(label: object) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, default=0)  # type: ignore[arg-type]  # a lazy text


class Board(Scoped):
    """The dashboard of a district, a place or a department, with what is open there now."""

    kind = models.CharField(_("kind"), max_length=10, choices=BoardKind)
    district = models.OneToOneField(
        District,
        verbose_name=_("district"),
        null=True,
        on_delete=models.CASCADE,
        related_name="board",
    )
    unit = models.OneToOneField(
        Unit, verbose_name=_("place"), null=True, on_delete=models.CASCADE, related_name="board"
    )
    department = models.OneToOneField(
        Department,
        verbose_name=_("department"),
        null=True,
        on_delete=models.CASCADE,
        related_name="board",
    )
    # Tasks that have not ended; of a department those that it works on.
    open = _number(_("open"))
    late = _number(_("overdue"))
    soon = _number(_("nearly due"))
    urgent = _number(_("emergencies"))
    submitted = _number(_("submitted"))
    whistled = _number(_("whistled"))
    departments = _number(_("with departments"))
    rating = _number(_("waiting for a rating"))
    # Topics by stage, and those whose limit has passed.
    proposed = _number(_("proposed"))
    discussing = _number(_("under discussion"))
    reviewing = _number(_("under review"))
    deciding = _number(_("to be decided"))
    publicity = _number(_("decision made public"))
    executing = _number(_("being carried out"))
    evaluating = _number(_("being evaluated"))
    topics_late = _number(_("topics overdue"))

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="board_of_one_thing",
                condition=Q(
                    kind=BoardKind.DISTRICT, district__isnull=False, unit=None, department=None
                )
                | Q(kind__in=sorted(OF_UNITS), district=None, unit__isnull=False, department=None)
                | Q(kind=BoardKind.DEPARTMENT, district=None, unit=None, department__isnull=False),
            ),
            models.CheckConstraint(
                name="board_parts_of_open",
                condition=Q(
                    late__lte=F("open"),
                    soon__lte=F("open"),
                    urgent__lte=F("open"),
                    rating__lte=F("open"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> District | Unit | Department:
        """What it is of."""
        subject = self.unit or self.district or self.department
        assert subject, "by the constraint"
        return subject

    @property
    def code(self) -> str:
        return self.subject.code

    @property
    def name(self) -> str:
        """How it is called for short."""
        subject = self.subject
        return subject.short_name if isinstance(subject, Unit | Department) else subject.name

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Those of the places one works for, of one's department, of one's district's departments."""
        reach = reach_of(user)
        districts = reach.district_ids(READERS)
        ways: list[Way] = [reach.q("unit", READERS)]
        if districts:
            ways.append(Q(district__in=districts) | Q(department__district__in=districts))
        if reach.department_ids:
            ways.append(Q(department__in=reach.department_ids))
        return ways


class OfBoard(Scoped):
    """A row that is seen with its dashboard."""

    class Meta:
        abstract = True

    scope_path = "board__unit"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        seen = Board.objects.filter(any_of(Board.ways(user)))
        return [Q(board__in=seen.order_by().values("pk"))]


class BoardDay(OfBoard):
    """The figures of the rates of one day, by category; of a department also by street.

    Of communities they are kept by `tasks.DayCount` already, and not once more.
    """

    board = models.ForeignKey(
        Board, verbose_name=_("dashboard"), on_delete=models.CASCADE, related_name="days"
    )
    day = models.DateField(_("day"))
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    street = models.ForeignKey(
        Unit, verbose_name=_("street"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    reported = _number(_("reported"))
    due = _number(_("contact due"))
    in_time = _number(_("contacted in time"))
    rated = _number(_("rated"))
    resolved = _number(_("rated as resolved"))
    satisfaction = _number(_("satisfaction"))
    satisfied = _number(_("rated as satisfied"))
    unrated = _number(_("not rated"))
    refused = _number(_("refused"))

    class Meta:
        verbose_name = _("day of a dashboard")
        verbose_name_plural = _("days of dashboards")
        ordering = ["pk"]
        indexes = [models.Index(fields=["day"], name="board_day")]
        constraints = [
            models.UniqueConstraint(
                name="board_day_of_category",
                fields=["board", "day", "category"],
                condition=Q(street=None),
            ),
            models.UniqueConstraint(
                name="board_day_of_street",
                fields=["board", "day", "street"],
                condition=Q(category=None),
            ),
            models.CheckConstraint(
                name="board_day_by_one",
                condition=Q(category=None, street__isnull=False)
                | Q(category__isnull=False, street=None),
            ),
            models.CheckConstraint(
                name="board_day_counts_are_parts",
                condition=Q(
                    in_time__lte=F("due"), resolved__lte=F("rated"), satisfied__lte=F("rated")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} · {self.day}"


class HotSpot(OfBoard):
    """One of the compounds of a dashboard with the most reports between two days, both included."""

    board = models.ForeignKey(
        Board, verbose_name=_("dashboard"), on_delete=models.CASCADE, related_name="spots"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("compound"), on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    reported = models.PositiveIntegerField(_("reported"))

    class Meta:
        verbose_name = _("hot spot")
        verbose_name_plural = _("hot spots")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="hot_spot_once", fields=["board", "unit"]),
            models.CheckConstraint(
                name="hot_spot_whole", condition=Q(reported__gte=1, until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} · {self.unit_id}"


class DutyMonth(OfBoard):
    """How many members reported in at a place owed duty in a month, and how many did it."""

    board = models.ForeignKey(
        Board, verbose_name=_("dashboard"), on_delete=models.CASCADE, related_name="duty_months"
    )
    month = models.DateField(_("month"))
    members = models.PositiveIntegerField(_("members"))
    met = models.PositiveIntegerField(_("duty done"))

    class Meta:
        verbose_name = _("duty of a month")
        verbose_name_plural = _("duties of months")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="duty_month_once", fields=["board", "month"]),
            models.CheckConstraint(
                name="duty_month_whole", condition=Q(met__lte=F("members"), month__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} · {self.month:%Y-%m}"


class Reckoning(models.Model):
    """As of when each part of the numbers is true. Whoever counts a part holds its row locked."""

    part = models.CharField(_("part"), max_length=10, choices=Part, unique=True)
    as_of = models.DateTimeField(_("as of"), null=True)

    class Meta:
        verbose_name = _("reckoning")
        verbose_name_plural = _("reckonings")
        ordering = ["part"]
        constraints = [
            models.CheckConstraint(name="reckoning_known", condition=Q(part__in=Part.values)),
        ]

    def __str__(self) -> str:
        return self.get_part_display()
