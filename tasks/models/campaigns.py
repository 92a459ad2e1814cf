"""Campaign lists (挂图作战、清单销号): measures with lead, assist, limit and evidence."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Attachment, Department, District, Unit
from orgs.scoping import Scoped, Way, any_of, reach_of
from tasks.enums import STREET_ROLES, Light, MeasureAction, MeasureState

if TYPE_CHECKING:
    from orgs.models import User


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )


class Campaign(Scoped):
    """A list of measures that a district or a street works off; its owner strikes them off."""

    name = models.CharField(_("name"), max_length=80)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    district = models.ForeignKey(
        District, verbose_name=_("district"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    street = models.ForeignKey(
        Unit, verbose_name=_("street"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    created_by = _person()
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("campaign list")
        verbose_name_plural = _("campaign lists")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaign_of_district_or_street",
                condition=Q(district=None, street__isnull=False)
                | Q(district__isnull=False, street=None),
            ),
            models.CheckConstraint(name="campaign_ends_last", condition=Q(ends__gte=F("starts"))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> "District | Unit":
        """Whose list it is."""
        place = self.district or self.street
        assert place is not None, "the database keeps an owner"
        return place

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """The district's office and its streets, the street that owns it, departments with a part in it."""
        reach = reach_of(user)
        office = frozenset({Role.DISTRICT_OFFICE})
        streets = Unit.objects.filter(reach.q("", STREET_ROLES), level=0).order_by()
        ways: list[Way] = [
            Q(district__in=reach.district_ids(office)),
            Q(district__in=streets.values("district")),
            reach.q("street", office | STREET_ROLES),
        ]
        if reach.department_ids:
            lead = Measure.objects.filter(lead__in=reach.department_ids)
            assist = Measure.assist.through.objects.filter(department__in=reach.department_ids)
            ways += [lead.values("campaign"), assist.values("measure__campaign")]
        return ways


class Measure(Scoped):
    """One line of a campaign list: what is to be done, by whom, until when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="measures")
    number = models.PositiveSmallIntegerField(_("number"))
    aspect = models.CharField(_("aspect"), max_length=40)
    problem = models.CharField(_("problem"), max_length=200)
    text = models.CharField(_("measure"), max_length=500)
    lead = models.ForeignKey(
        Department,
        verbose_name=_("lead department"),
        on_delete=models.PROTECT,
        related_name="measures_led",
    )
    assist = models.ManyToManyField(
        Department,
        verbose_name=_("assisting departments"),
        blank=True,
        related_name="measures_assisted",
    )
    due_on = models.DateField(_("limit"))
    # From this day on less than a quarter of the time is left.
    warn_on = models.DateField()
    state = models.CharField(
        _("state"), max_length=10, choices=MeasureState, default=MeasureState.OPEN
    )
    # The last entry that proves something; a measure sent back or taken up again needs a new one.
    evidence = models.ForeignKey(
        "MeasureEntry",
        verbose_name=_("evidence"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_by = _person()
    submitted_at = models.DateTimeField(_("closing asked for at"), null=True)
    # The day on which the work was reported as done: whether that was in time stays visible.
    done_on = models.DateField(_("done on"), null=True)
    closed_by = _person()
    closed_at = models.DateTimeField(_("struck off at"), null=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["campaign", "number"]
        indexes = [
            models.Index(
                fields=["warn_on"], name="measure_to_remind", condition=Q(state=MeasureState.OPEN)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], name="one_measure_a_number_of_a_campaign"
            ),
            models.CheckConstraint(
                name="measure_numbered_and_warned",
                condition=Q(number__gte=1, warn_on__lte=F("due_on")),
            ),
            models.CheckConstraint(
                name="measure_submitted_whole",
                condition=Q(
                    state=MeasureState.OPEN,
                    submitted_by=None,
                    submitted_at=None,
                    done_on=None,
                )
                | Q(
                    state__in=[MeasureState.SUBMITTED, MeasureState.CLOSED],
                    submitted_by__isnull=False,
                    submitted_at__isnull=False,
                    done_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="measure_closed_whole",
                condition=Q(state=MeasureState.CLOSED)
                & Q(closed_by__isnull=False, closed_at__isnull=False)
                | ~Q(state=MeasureState.CLOSED) & Q(closed_by=None, closed_at=None),
            ),
            models.CheckConstraint(
                name="measure_closed_with_evidence",
                condition=Q(state=MeasureState.OPEN) | Q(evidence__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_closed_by_another",
                condition=Q(closed_by=None) | ~Q(closed_by=F("submitted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}-{self.number}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """With their campaign."""
        seen = Campaign.objects.filter(any_of(Campaign.ways(user)))
        return [Q(campaign__in=seen.order_by().values("pk"))]

    def light(self, today: date) -> Light:
        """Green, yellow or red; once done, whether it was done in time."""
        return light_of(self.due_on, self.warn_on, self.done_on, today)


def light_of(due_on: date, warn_on: date, done_on: date | None, today: date) -> Light:
    """The light of a measure with such days."""
    if (done_on or today) > due_on:
        return Light.RED
    return Light.YELLOW if done_on is None and today >= warn_on else Light.GREEN


class MeasureEntry(models.Model):
    """One line of a measure's timeline: a report, evidence, a decision. Append-only."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(_("action"), max_length=10, choices=MeasureAction)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The department that somebody reported for; none for whoever keeps the list.
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    # A document, minutes or an acceptance sheet, by its number or title.
    reference = models.CharField(_("proving document"), max_length=200, blank=True)
    pieces = models.PositiveSmallIntegerField(_("photos"), default=0)

    class Meta:
        verbose_name = _("entry of a measure")
        verbose_name_plural = _("entries of measures")
        ordering = ["id"]
        indexes = [models.Index(fields=["measure", "id"], name="entry_of_measure")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.measure_id}"

    @property
    def is_evidence(self) -> bool:
        """Whether it proves something: a photo, a film or a named document."""
        return bool(self.pieces or self.reference)


class MeasureAttachment(models.Model):
    """A photo or video that joined a measure with one of its entries. Append-only."""

    entry = models.ForeignKey(MeasureEntry, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="measure_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("attachment of a measure")
        verbose_name_plural = _("attachments of measures")
        ordering = ["entry", "position"]

    def __str__(self) -> str:
        return str(self.attachment)
