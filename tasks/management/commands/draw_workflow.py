"""`manage.py draw_workflow`: docs/workflow.md from the tables of transitions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orgs.workflow import diagram
from residents.deliberation.enums import FINAL_STAGES, PollState
from residents.deliberation.polls.course.workflow import WORKFLOW as POLLS
from residents.deliberation.topics.course.workflow import WORKFLOW as TOPICS
from tasks.campaigns.workflow import WORKFLOW as MEASURES
from tasks.enums import FINAL, MeasureState
from tasks.workflow.rules.workflow import WORKFLOW as TASKS
from volunteers.service.activities.workflow import WORKFLOW as ACTIVITIES
from volunteers.service.enums import (
    FINAL_ORDERS,
    FINAL_RINGS,
    OPEN_CLAIMS,
    OPEN_REPORT_INS,
    ActivityState,
    ClaimState,
    ReportInState,
)
from volunteers.service.orders.workflow import WORKFLOW as ORDERS
from volunteers.service.posts.workflow import WORKFLOW as CLAIMS
from volunteers.service.proxies.workflow import WORKFLOW as RINGS
from volunteers.service.reportins.workflow import WORKFLOW as REPORT_INS

PAGE = settings.BASE_DIR / "docs" / "workflow.md"
_OF_TASKS = """“Community or grid” is the street where the place is a street or the street reported. `confirm` closes
at once where nobody is to rate; `rework` leads back to the state in which the work was done."""
_OF_MEASURES = "“Whoever handed it out” keeps the list: the district's office or the street."

_OF_POLLS = """“Whoever may convene” a statutory owners' vote is the owners' committee alone; once the street's order has run
out, the residents' committee and the street too. An advisory poll: whoever prepares polls of the place."""


_OF_TOPICS = """The reviewing party organisation is the branch of the place, or without a secretary the community's. A
petition cannot be rejected; a review past its limit lets it pass. Whoever is affected: verified people of the
place, owners where owners decide. Whoever could decide stands on the roll of the poll that decided."""


_OF_REPORT_INS = """Nobody confirms their own. A move ends the report-in and begins the next one, which the new branch
confirms; the hours belong to the participant and come along."""

_OF_CLAIMS = (
    "Nobody gives or rates their own post. A post that is given takes one of its numbered places."
)


_OF_ACTIVITIES = """A dangerous one is published with a risk notice and insurance alone; what has begun is not moved. What
nobody closes by two hours after the end the portal closes. A draft is changed as a whole."""
_OF_ORDERS = """Who is named, or bound to the household, is asked first and alone for the hours of the rule; nobody serves
the own household. The desk rates and withdraws only for somebody without an account. What the branch leaves lying
rises too. Minutes and points are booked by `rate` and `expire`."""

_OF_RINGS = """The bound member is asked first and alone for the hours of the rule, then the teams up to the ring's level."""


def tasks() -> str:
    """The workflow of a task."""
    return diagram.section(TASKS, final=FINAL, notes=_OF_TASKS)


def page() -> str:
    """The whole page."""
    measures = diagram.section(MEASURES, final={MeasureState.CLOSED}, notes=_OF_MEASURES)
    topics = diagram.section(TOPICS, final=FINAL_STAGES, notes=_OF_TOPICS)
    polls = diagram.section(POLLS, final={PollState.PUBLISHED}, notes=_OF_POLLS)
    report_ins = diagram.section(
        REPORT_INS, final=frozenset(ReportInState) - OPEN_REPORT_INS, notes=_OF_REPORT_INS
    )
    claims = diagram.section(CLAIMS, final=frozenset(ClaimState) - OPEN_CLAIMS, notes=_OF_CLAIMS)
    activities = diagram.section(ACTIVITIES, final={ActivityState.CANCELLED}, notes=_OF_ACTIVITIES)
    orders = diagram.section(ORDERS, final=FINAL_ORDERS, notes=_OF_ORDERS)
    rings = diagram.section(RINGS, final=FINAL_RINGS, notes=_OF_RINGS)
    return diagram.page(
        tasks(), measures, topics, polls, report_ins, claims, activities, orders, rings
    )


class Command(BaseCommand):
    help = "Writes docs/workflow.md from the workflows' tables."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE.relative_to(settings.BASE_DIR)}.")
