"""The exported roster of a place, sent back in that place, changes nothing: every roster that is exported."""

from datetime import date
from uuid import uuid4

import pytest

from orgs.imports import rosters
from orgs.imports.workbooks import writer
from orgs.models import ServicePoint
from residents.enums import Relation
from residents.roll import visits
from tests import factories as make
from tests.roster_workbooks import counts, problems, send

EXPORTED = sorted(roster.code for roster in rosters.all_rosters() if roster.lines)


@pytest.fixture
def filled(cast):
    """A roll with what is awkward: names twice, odd doors, hidden words, days, shares, a child."""
    flat = make.household(cast.building, "501", entrance="2", floor=5)
    shop = make.household(cast.building, "S12", state="shop", area=None, area_source="")
    numbers = {"id_number": make.id_number(), "phone": "13900001111"}
    owner = make.resident(
        cast.building, name="赵四", note="听力不好", registered_at="外地", **numbers
    )
    make.belonging(owner, flat, share_part=1, share_whole=3, starts=date(2020, 2, 29))
    tenant = make.resident(cast.building, name="买买提·热合曼", employment="'=1+1")
    make.belonging(tenant, flat, Relation.TENANT)
    namesake = make.resident(cast.building, name="赵四", id_number=make.id_number())
    make.belonging(namesake, shop)
    child = make.resident(cast.building, name="赵小", born=date(2020, 1, 1), guardian=owner)
    make.belonging(child, flat, Relation.FAMILY)
    make.membership(owner, cast.branch)
    visits.log(
        household=flat, person=owner, on=make.NOW.date(), text="一切都好", by=cast.community_worker,
        event_id=uuid4(), now=make.NOW,
    )  # fmt: skip
    make.service_point(cast.community)
    make.landmark(cast.community, lon=114.871234, lat=30.451234)
    ServicePoint.objects.create(
        unit=cast.community, kind="police", name="=派出所", phone="110", opening="always"
    )


@pytest.mark.parametrize("code", EXPORTED)
def test_it_reads_back_unchanged(cast, filled, code):
    roster = rosters._rosters[code]
    readers = (cast.community_worker, cast.secretary, cast.street_cadre)
    by = next(who for who in readers if who.has_perm(roster.permission, cast.community))
    content = writer.export(
        roster=roster, unit=cast.community, filters={}, by=by, now=make.NOW
    ).read()
    back = send(roster, cast.community, by, content)
    assert back.unchanged > 0
    assert counts(back) == {"unchanged": back.unchanged}, problems(back)
