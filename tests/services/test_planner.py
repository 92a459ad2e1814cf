"""After an import, PostgreSQL knows how many there are before its own round has come by."""

import pytest
from django.db import connection

from residents.models import Household
from residents.rosters.households_roster import HOUSEHOLDS
from tests import factories as make
from tests import messy_roster
from tests.roster_workbooks import apply, send

pytestmark = pytest.mark.django_db


def known_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Household._meta.db_table]
        )
        return int(cursor.fetchone()[0])


def test_a_large_import_is_known_to_the_planner_at_once(cast):
    for name in messy_roster.building_names():
        if name != cast.building.name:
            make.unit(
                cast.compound, code=f"{cast.compound.code}-{name.removesuffix('栋'):>03}", name=name
            )
    cast.compound.refresh_from_db()
    rooms = messy_roster.households()
    apply(
        send(HOUSEHOLDS, cast.compound, cast.community_worker, rooms.corrected),
        cast.community_worker,
    )
    assert known_rows() == Household.objects.count() == messy_roster.HOUSEHOLDS
