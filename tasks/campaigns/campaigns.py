"""Campaign lists: opening one, putting measures on it, changing them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.formats import date_format

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.models import Department, District, Unit, User
from orgs.values.sentences import gettext as _
from tasks.campaigns.queries import departments_for
from tasks.campaigns.workflow import WORKFLOW, MeasureStep, may_keep, may_own
from tasks.enums import MeasureAction, Who
from tasks.models import Campaign, Measure

MAX_MEASURES = 500
MAX_NUMBER = 9999


def create_campaign(
    *,
    owner: District | Unit,
    name: str,
    starts: date,
    ends: date,
    by: User,
    now: datetime,
    document: str = "",
) -> Campaign:
    """Opens a list of a district or a street.

    Raises NotAllowed for those who do not work there, Refused for days in the wrong order.
    """
    if not may_own(by, owner):
        raise NotAllowed(_("You may not open a list here."))
    if ends < starts:
        raise Refused(_("The last day comes before the first one."), code="bad_dates", field="ends")
    whose = {"district": owner} if isinstance(owner, District) else {"street": owner}
    with transaction.atomic():
        campaign = Campaign.objects.create(
            name=name,
            document=document,
            starts=starts,
            ends=ends,
            created_by=by,
            created_at=now,
            **whose,
        )
        audit.record("tasks.create-campaign", by=by, obj=campaign, now=now)
    return campaign


def add_measure(
    *,
    campaign: Campaign,
    aspect: str,
    problem: str,
    text: str,
    lead: Department,
    due_on: date,
    by: User,
    now: datetime,
    assist: Iterable[Department] = (),
    number: int | None = None,
) -> Measure:
    """Puts a measure on a list; without a number as its last one.

    Raises NotAllowed for others than its keeper, Refused for a taken number or bad values.
    """
    with transaction.atomic():
        campaign = locked_campaign(campaign, by)
        if campaign.measures.count() >= MAX_MEASURES:
            raise Refused(_("A list holds at most %(most)d measures.") % {"most": MAX_MEASURES})
        measure = Measure(
            campaign=campaign,
            number=number or next_number(campaign),
            aspect=aspect,
            problem=problem,
            text=text,
            lead=lead,
        )
        assisting = prepare(measure, assist, due_on)
        try:
            with transaction.atomic():
                measure.save(force_insert=True)
        except IntegrityError:
            sentence = _("The list has a measure with this number already.")
            raise Refused(sentence, code="number_taken", field="number") from None
        measure.assist.set(assisting)
        WORKFLOW.record(MeasureStep(measure, MeasureAction.ADD, by, now, Who.CONFIRMER))
    return measure


def change_measure(
    *,
    measure: Measure,
    aspect: str,
    problem: str,
    text: str,
    lead: Department,
    due_on: date,
    by: User,
    now: datetime,
    assist: Iterable[Department] = (),
    reason: str = "",
) -> Measure:
    """Changes a measure that is under way; what was changed stands on its timeline.

    Raises NotAllowed for others than the list's keeper, WrongState once closing was asked for.
    """
    with WORKFLOW.step(MeasureAction.CHANGE, measure, by=by, now=now) as step:
        row = step.row
        row.aspect, row.problem, row.text, row.lead = aspect, problem, text, lead
        assisting = prepare(row, assist, due_on)
        row.assist.set(assisting)
        step.text = reason
    return row


def locked_campaign(campaign: Campaign, by: User) -> Campaign:
    """The list, locked, if `by` keeps it: numbers are given one after the other."""
    rows = Campaign.objects.select_for_update(of=("self",))
    row = rows.select_related("district", "street").get(pk=campaign.pk)
    if not may_keep(by, row):
        raise NotAllowed(_("Only whoever keeps the list may do this."))
    return row


def next_number(campaign: Campaign) -> int:
    """The number after the last one."""
    last = campaign.measures.aggregate(last=Max("number"))["last"] or 0
    return last + 1


def prepare(measure: Measure, assist: Iterable[Department], due_on: date) -> Sequence[Department]:
    """Sets the limit, and answers who assists: departments that the list may name, never the lead."""
    campaign = measure.campaign
    if not campaign.starts <= due_on <= campaign.ends:
        sentence = _("The limit lies within the days of the list: %(first)s to %(last)s.") % {
            "first": date_format(campaign.starts),
            "last": date_format(campaign.ends),
        }
        raise Refused(sentence, code="bad_dates", field="due_on")
    chosen = {
        department.pk: department for department in assist if department.pk != measure.lead_id
    }
    wanted = {measure.lead_id, *chosen}
    if departments_for(campaign).filter(pk__in=wanted).count() < len(wanted):
        sentence = _("Choose departments of this district that can be called.")
        raise Refused(sentence, code="bad_department", field="lead")
    measure.due_on, measure.warn_on = due_on, first_warning(campaign.starts, due_on)
    return list(chosen.values())


def first_warning(starts: date, due_on: date) -> date:
    """The first day on which less than a quarter of the time is left; at the latest the last one."""
    days = max((due_on - starts).days, 1)
    return due_on - timedelta(days=(days - 1) // 4)
