"""Reads of campaign lists: who may be named on them, their rows, how far they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from orgs.models import Attachment, Department
from orgs.values.proportions import per_mille
from tasks.enums import Light, MeasureState
from tasks.models import Campaign, Measure, MeasureAttachment, MeasureEntry
from tasks.models.campaigns import light_of

if TYPE_CHECKING:
    from orgs.scoping import Person


def departments_for(campaign: Campaign) -> QuerySet[Department]:
    """The departments that a list may name: all of a district; for a street's list its own offices."""
    district = campaign.district_id or (campaign.street and campaign.street.district_id)
    departments = Department.objects.filter(is_active=True, district=district)
    return (
        departments.filter(Q(street=None) | Q(street=campaign.street))
        if campaign.street
        else departments
    )


def campaigns(user: "Person") -> QuerySet[Campaign]:
    """The lists in sight, with their owner."""
    return Campaign.objects.visible_to(user).select_related("district", "street")


def measures(rows: QuerySet[Measure]) -> QuerySet[Measure]:
    """What a row of a list shows: two statements, however many rows."""
    latest = MeasureEntry.objects.filter(measure=OuterRef("pk")).exclude(text="").order_by("-pk")
    return (
        rows.select_related("campaign__district", "campaign__street", "lead", "closed_by")
        .prefetch_related(Prefetch("assist", Department.objects.order_by("code")))
        .annotate(
            latest=Subquery(latest.values("text")[:1]),
            proof=Subquery(
                MeasureEntry.objects.filter(pk=OuterRef("evidence")).values("reference")[:1]
            ),
        )
    )


def entries(measure: Measure) -> QuerySet[MeasureEntry]:
    """A measure's timeline with its photos, oldest first."""
    photos = MeasureAttachment.objects.select_related("attachment").order_by("position")
    return measure.entries.select_related("by", "department").prefetch_related(
        Prefetch("attached", photos)
    )


def may_see_evidence(user: "Person", attachment: Attachment) -> bool:
    """Whether a photo belongs to a measure that this person sees."""
    seen = Measure.objects.visible_to(user, one=True)
    return seen.filter(entries__attached__attachment=attachment).exists()


# --- How far a list is ---------------------------------------------------------------------------


@dataclass
class Progress:
    """How many measures of one group stand where; `key` narrows the list to the group."""

    key: str
    name: str
    total: int = 0
    open: int = 0
    submitted: int = 0
    closed: int = 0
    overdue: int = 0
    due_soon: int = 0

    def add(self, state: str, light: Light) -> None:
        """Counts one measure."""
        self.total += 1
        setattr(self, state, getattr(self, state) + 1)
        if state != MeasureState.CLOSED:
            self.overdue += light == Light.RED
            self.due_soon += light == Light.YELLOW

    @property
    def share(self) -> int | None:
        """The share struck off, in per mille."""
        return per_mille(self.closed, self.total)


@dataclass
class Wall:
    """The numbers of a list: in all, by aspect and by lead department; how many problems."""

    whole: Progress = field(default_factory=lambda: Progress("", ""))
    aspects: dict[str, Progress] = field(default_factory=dict)
    leads: dict[str, Progress] = field(default_factory=dict)
    problems: set[tuple[str, str]] = field(default_factory=set)


def late(today: date) -> Q:
    """The measures whose light is red, as the database sees it."""
    return Q(done_on=None, due_on__lt=today) | Q(done_on__gt=F("due_on"))


def due_soon(today: date) -> Q:
    """Those whose light is yellow."""
    return Q(done_on=None, warn_on__lte=today, due_on__gte=today)


def wall(campaign: Campaign, today: date) -> Wall:
    """How far a list is; one statement."""
    progress = Wall()
    rows = campaign.measures.order_by("number").values_list(
        *("aspect", "problem", "lead__code", "lead__short_name"),
        *("state", "due_on", "warn_on", "done_on"),
    )
    for aspect, problem, code, name, state, due_on, warn_on, done_on in rows:
        light = light_of(due_on, warn_on, done_on, today)
        progress.problems.add((aspect, problem))
        for part in (
            progress.whole,
            progress.aspects.setdefault(aspect, Progress(aspect, aspect)),
            progress.leads.setdefault(code, Progress(code, name)),
        ):
            part.add(state, light)
    return progress


def progress_of(lists: Iterable[Campaign], today: date) -> dict[int, Progress]:
    """How far each of several lists is; one statement."""
    progress = {campaign.pk: Progress(str(campaign.pk), campaign.name) for campaign in lists}
    unfinished = ~Q(state=MeasureState.CLOSED)
    counts: Any = (
        Measure.objects.filter(campaign__in=progress)
        .order_by()
        .values("campaign")
        .annotate(
            total=Count("pk"),
            **{state.value: Count("pk", filter=Q(state=state)) for state in MeasureState},
            overdue=Count("pk", filter=unfinished & late(today)),
            due_soon=Count("pk", filter=unfinished & due_soon(today)),
        )
    )
    for row in counts:
        vars(progress[row.pop("campaign")]).update(row)
    return progress
