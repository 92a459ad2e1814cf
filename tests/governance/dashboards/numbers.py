"""What the tests of dashboards share: things that happen, all jobs, the lists behind numbers."""

from datetime import date, timedelta
from typing import Any

from django.test import Client, RequestFactory

from governance.dashboards.counting import everything
from residents.enums import BodyKind
from tasks.enums import Action, Status
from tasks.lists.filters import TaskPageFilter
from tasks.models import Task
from tests import factories as make
from tests.tasks.rates.test_rates import closed
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import MonthResult, ServiceMonth

LATER = make.NOW + timedelta(minutes=30)
MONTH = date(2026, 2, 1)


def happen(cast: Any) -> None:
    """Tasks in many states, of two streets, three departments and a member; a topic; a committee."""
    closed(cast)
    closed(cast, stars=1, resolved=False)
    make.act(make.task(cast, Status.DISPATCHED), Action.REFUSE, cast.urban_officer, reason="不属")
    make.task(cast, Status.REPORTED_IN)
    make.task(cast, Status.WHISTLED)
    make.task(cast, by=cast.other_worker, unit=cast.other_community)
    make.task(cast, by=cast.street_cadre, unit=cast.street)
    make.task(cast, unit=cast.building)
    make.task(cast, unit=cast.other_compound)
    make.topic(cast)
    make.term(cast.compound, BodyKind.OWNERS_COMMITTEE)
    for number, place in enumerate((cast.compound, cast.compound, cast.other_compound)):
        month_of(cast, place, met=number != 1)


def month_of(cast: Any, place: Any, *, met: bool) -> MonthResult:
    """A member's month of a compound, with the duty done or not."""
    participant = serve.participant(place)
    report_in = serve.report_in(cast, participant, unit=place)
    month, _is_new = ServiceMonth.objects.get_or_create(branch=cast.branch, month=MONTH)
    return MonthResult.objects.create(
        month=month,
        participant=participant,
        report_in=report_in,
        rule=serve.duty_rule(),
        owed_days=2800,
        needed_activities=1,
        needed_minutes=240,
        activities=int(met),
        duty_minutes=240 if met else 0,
        voluntary_minutes=0,
        met=met,
    )


def count(now: Any = LATER) -> None:
    """As all jobs do."""
    everything.count(now)


def listed(client: Client, person: Any, url: str) -> int:
    """How many rows the list under an address holds."""
    if url.startswith("/tasks/"):
        request = RequestFactory().get(url)
        request.user = person
        seen = Task.objects.visible_to(person)
        found = TaskPageFilter(request.GET, queryset=seen, request=request, departments=[])
        assert found.is_valid(), found.form.errors
        return found.qs.count()
    context = client.get(url).context
    if "branches" in context:
        return sum(row["members"] for row in context["branches"])
    return len(context["page"].rows)
