"""`manage.py draw_workflow`: docs/workflow.md from the tables of transitions."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orgs.workflow import diagram
from residents.deliberation.enums import FINAL_STAGES, PollState
from residents.deliberation.polls.course.workflow import WORKFLOW as POLLS
from residents.deliberation.topics.workflow import WORKFLOW as TOPICS
from tasks.campaigns.workflow import WORKFLOW as MEASURES
from tasks.enums import FINAL, MeasureState
from tasks.workflow.rules.workflow import WORKFLOW as TASKS

PAGE = settings.BASE_DIR / "docs" / "workflow.md"
_OF_TASKS = """“Community or grid” is the street where the place is a street or the street reported. `confirm` closes
at once where nobody is to rate; `rework` leads back to the state in which the work was done."""
_OF_MEASURES = "“Whoever handed it out” keeps the list: the district's office or the street."

_OF_POLLS = """“Whoever may convene” a statutory owners' vote is the owners' committee alone; once the street's order has run
out, the residents' committee and the street too. An advisory poll: whoever prepares polls of the place."""


_OF_TOPICS = """The reviewing party organisation is the branch of the place, or without a secretary the community's. A
petition cannot be rejected; a review past its limit lets it pass. Whoever is affected: verified people of the
place, owners where owners decide. Whoever could decide stands on the roll of the poll that decided."""


def tasks() -> str:
    """The workflow of a task."""
    return diagram.section(TASKS, final=FINAL, notes=_OF_TASKS)


def page() -> str:
    """The whole page."""
    measures = diagram.section(MEASURES, final={MeasureState.CLOSED}, notes=_OF_MEASURES)
    topics = diagram.section(TOPICS, final=FINAL_STAGES, notes=_OF_TOPICS)
    polls = diagram.section(POLLS, final={PollState.PUBLISHED}, notes=_OF_POLLS)
    return diagram.page(tasks(), measures, topics, polls)


class Command(BaseCommand):
    help = "Writes docs/workflow.md from the workflows' tables."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE.relative_to(settings.BASE_DIR)}.")
