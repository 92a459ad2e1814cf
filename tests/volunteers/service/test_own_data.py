"""What somebody finds of service in the copy of their own data, and whom retention leaves alone."""

import pytest

from tests import factories as make
from tests.volunteers.service import service_factories as serve
from volunteers.service import own_data

pytestmark = pytest.mark.django_db


def test_the_copy_has_what_is_mine_alone(cast):
    mine = serve.participant(cast.compound, cast.member)
    serve.report_in(cast, mine)
    serve.credit(mine)
    serve.minutes_entry(serve.minutes_account(mine))
    serve.credit(serve.participant(cast.compound, cast.volunteer))
    copy = own_data.own_data(cast.member)
    assert {name: len(rows) for name, rows in copy.items() if rows} == {
        "service_participant": 1, "report_ins": 1, "service_credits": 1, "service_minutes": 1,
    }  # fmt: skip
    assert copy.keys() == own_data.own_data_parts().keys()


def test_who_serves_stays_on_the_roll(cast):
    reported, credited, gone = (
        serve.participant(cast.compound, person=make.resident(cast.building)) for _number in "123"
    )
    serve.report_in(cast, reported)
    serve.credit(credited)
    kept = {row["person"] for row in own_data.people_still_needed()}
    assert kept == {reported.person_id, credited.person_id}
    assert gone.person_id not in kept
