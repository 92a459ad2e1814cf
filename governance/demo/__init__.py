"""The demo district: real divisions, invented compounds, people and reports.

`load` makes it once, the same for the same seed and moment except for the tasks' numbers, which are
random by rule.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.db import statistics
from orgs.errors import Refused

SEED = 421102


@dataclass(frozen=True)
class Loaded:
    """What there is after loading: tasks by state, and a report of a passer-by to look up."""

    is_new: bool
    tasks: dict[str, int] = field(default_factory=dict)
    number: str = ""
    phone: str = ""


def is_loaded() -> bool:
    """Whether the demo district is there."""
    from governance.demo.places import EMERALD
    from orgs.models import Unit

    return Unit.objects.filter(code=EMERALD).exists()


def load(
    *,
    now: datetime,
    seed: int = SEED,
    progress: Callable[[str], None] = lambda _text: None,
) -> Loaded:
    """Makes the demo district, or changes nothing where it is. All or nothing.

    Raises Refused where an account of one of the demo's names exists already.
    """
    if is_loaded():
        return Loaded(is_new=False)
    with transaction.atomic():
        return _load(now, Random(seed), progress)  # noqa: S311 (repeatable, guards nothing)


def _load(now: datetime, random: Random, progress: Callable[[str], None]) -> Loaded:
    from governance.dashboards.counting import everything
    from governance.demo import (
        assessments,
        bodies,
        care,
        catalogue,
        directory,
        exchange,
        forms,
        measures,
        party,
        people,
        places,
        polls,
        rights,
        roll,
        rosters,
        service,
        topics,
    )
    from governance.demo.cast import Cast
    from governance.demo.tasks import background, photos, player
    from orgs.models import User

    names = [person.username for person in (*people.ACCOUNTS, *people.BACKGROUND)]
    taken = sorted(User.objects.filter(username__in=names).values_list("username", flat=True))
    if taken:
        raise Refused(
            _("Accounts with names of the demo exist already: %s") % ", ".join(taken),
            code="demo_names_taken",
        )
    progress("streets, communities and compounds")
    demo_places = places.make(now)
    departments = catalogue.make_departments(demo_places.district, demo_places.street)
    kinds = catalogue.make_categories(departments)
    progress("accounts and positions")
    accounts = people.make(demo_places, departments, now)
    progress("households and people of 翡翠一品小区")
    # A chance of its own, so that the reports stay as they are.
    roll.make(demo_places, accounts, now, Random(random.getrandbits(32)))  # noqa: S311 (as above)
    # All of it is one transaction, of which the planner would know nothing until its end.
    statistics.refresh()
    care.make(demo_places, accounts, now)
    rosters.make(demo_places, accounts, now)
    progress("committees, mediators, councils and property contracts")
    bodies.make(demo_places, accounts, now)
    directory.make(demo_places, accounts, now)
    rights.make(accounts, now)
    background.make_rosters([*departments.values(), *demo_places.streets], now)
    by_id = {user.pk: user for user in accounts.values()}
    cast = Cast(accounts, by_id, demo_places.units, list(kinds.values()))
    stories = player.play(
        cast,
        now=now,
        random=random,
        draw=photos.draw,
        progress=lambda text: progress(f"tasks: step {text}"),
    )
    progress("patrols and feedback")
    exchange.make(demo_places, accounts, now, random)
    progress("party members, building posts and contacts")
    party.make(demo_places, accounts, now, Random(SEED))  # noqa: S311 (as above)
    progress("report-ins and service posts")
    service.make(demo_places, accounts, now)
    progress("votes")
    polls.make(demo_places, accounts, now, Random(SEED))  # noqa: S311 (as above)
    progress("a campaign list")
    measures.make(
        district=demo_places.district,
        departments=departments,
        accounts=accounts,
        now=now,
        random=random,
    )
    progress("topics of 翡翠一品小区")
    topics.make(demo_places, accounts, now)
    progress("rates, notices and what is left out")
    background.settle(stories, cast, now)
    progress("assessments")
    assessments.make(demo_places, accounts, now)
    progress("forms asked for")
    forms.make(demo_places, accounts, now)
    progress("dashboards")
    everything.count(now)
    states = Counter(story.task.status for story in stories)
    audit.record("governance.load_demo", by=None, now=now, detail={"tasks": sum(states.values())})
    passer_by = [story.task for story in stories if story.task.contact_phone.endswith("0000")]
    shown = passer_by[-1] if passer_by else stories[0].task
    return Loaded(True, dict(states), shown.number, shown.contact_phone)
