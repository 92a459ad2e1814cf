"""A thousand neighbours vote: `python -m tests.e2e.neighbours POLL` beside a running portal.

Each casts through the use-case, as a voter verified at home; 60 hand in paper, which the community and
the committee enter one after the other. Prints as JSON how many of each.
"""

import json
import sys
from typing import Any

import django

import tests.e2e.clock  # noqa: F401  first of all

ONLINE, PAPER = 990, 59


def main(poll: int) -> dict[str, int]:
    from django.utils import timezone

    from orgs.models import User
    from residents.deliberation.models import Poll
    from residents.deliberation.polls import queries
    from residents.deliberation.polls.box import casting, paper

    now, open_poll = timezone.now(), Poll.objects.get(pk=poll)
    community, committee = (User.objects.get(username=name) for name in ("community", "committee"))
    waiting = open_poll.entries.filter(
        is_void=False, kind="person", ballots=None, papers=None, person__account=None
    )
    entries = list(waiting.select_related("person", "poll__unit").order_by("number"))
    voters = _accounts(entries[:ONLINE], committee, now)
    for place, (user, entry) in enumerate(voters):
        own = queries.own_entry(user, poll, entry.pk)
        assert own is not None, "verified at home, so that the vote is theirs"
        casting.cast(entry=own, choices=_choices(place), by=user, now=now)
    on_paper = entries[ONLINE : ONLINE + PAPER]
    for place, entry in enumerate(on_paper):
        for by in (community, committee):
            paper.enter(entry=entry, choices=_choices(place), by=by, now=now)
    return {
        "online": len(voters),
        "paper": len(on_paper),
        "on the roll": open_poll.roll_people,
        # Who has not voted yet, by the number on the roll.
        "next door": entries[ONLINE + PAPER].number,
    }


def _choices(place: int) -> dict[str, str]:
    """Eight of ten agree, one does not, one abstains."""
    return {"1": {3: "against", 7: "abstain"}.get(place % 10, "for")}


def _accounts(entries: list[Any], by: Any, now: Any) -> list[tuple[Any, Any]]:
    """An account for each voter, verified at home."""
    from orgs.models import User
    from residents.models import Belonging, Person

    users = User.objects.bulk_create(
        User(username=f"neighbour-{entry.pk}", name=entry.name, password="!") for entry in entries
    )
    people = [entry.person for entry in entries]
    for user, person in zip(users, people, strict=True):
        person.account = user
    Person.objects.bulk_update(people, ["account"], batch_size=400)
    homes = Belonging.objects.filter(person__in=people, ends=None, verified_at=None)
    homes.update(verified_by=by, verified_at=now)
    return list(zip(users, entries, strict=True))


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
