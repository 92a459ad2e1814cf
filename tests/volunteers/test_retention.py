"""What ended long ago is forgotten, as the page on personal data says; nothing else is."""

from datetime import timedelta

from orgs.models import AuditEntry
from tests import factories as make
from volunteers import retention
from volunteers.enums import BuildingRole, MembershipEnd
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership

TODAY = make.NOW.date()


def rows(cast, years):
    """One row of each kind that ended so many years (and a day) ago; None: still open."""
    ends = {} if years is None else {"ends": TODAY - timedelta(days=365 * years + 1)}
    starts = TODAY - timedelta(days=365 * 30)
    person = make.resident(cast.building)
    left = ends | ({"ended_as": MembershipEnd.LEFT} if ends else {})
    make.membership(person, cast.branch, starts=starts, **left)
    make.post(make.unit(cast.compound), BuildingRole.HEAD, starts=starts, **ends)
    make.link(cast, person, make.household(cast.building), starts=starts, **ends)


def counts():
    return [model.objects.count() for model in (PartyMembership, BuildingPost, HouseholdLink)]


def test_old_rows_go_and_open_ones_stay(cast):
    for years in (None, 2, 3, 10):
        rows(cast, years)
    assert retention.forget(now=make.NOW) == {"memberships": 1, "posts": 2, "links": 2}
    assert counts() == [3, 2, 2]
    assert AuditEntry.objects.get().action == "volunteers.forget"
    assert retention.forget(now=make.NOW) == {"memberships": 0, "posts": 0, "links": 0}
    assert AuditEntry.objects.count() == 1
