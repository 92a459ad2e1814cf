"""Visits: written down once, by those whose households they are."""

from datetime import date
from uuid import uuid4

import pytest

from orgs.errors import NotAllowed, Refused
from residents.models import Visit
from residents.roll import visits
from tests import factories as make


def log(cast, household, **values):
    return visits.log(
        **{
            "household": household, "on": make.NOW.date(), "text": "一切都好",
            "event_id": uuid4(), "by": cast.grid_worker, "now": make.NOW,
        }
        | values
    )  # fmt: skip


def test_sent_twice_it_is_one_visit(cast):
    household, mark = make.household(cast.building), uuid4()
    first = log(cast, household, event_id=mark)
    assert log(cast, household, event_id=mark) == first
    assert Visit.objects.get().text == "一切都好"


def test_another_persons_mark_answers_nothing(cast):
    household, mark = make.household(cast.building), uuid4()
    log(cast, household, event_id=mark)
    with pytest.raises(Refused):
        log(cast, household, event_id=mark, by=cast.community_worker)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("on", date(2026, 3, 11)),
        ("text", " "),
        ("text", "长" * 2001),
        ("next_on", date(2026, 3, 10)),
    ],
)
def test_what_is_not_right_is_named(cast, field, value):
    with pytest.raises(Refused) as refused:
        log(cast, make.household(cast.building), **{field: value})
    assert refused.value.fields.keys() == {field}


def test_one_visits_people_of_the_household(cast):
    with pytest.raises(Refused) as refused:
        log(cast, make.household(cast.building), person=make.resident(cast.building))
    assert refused.value.fields.keys() == {"person"}


@pytest.mark.parametrize("who", ["street_cadre", "sibling_worker", "member", "owner"])
def test_others_write_down_nothing(cast, who):
    with pytest.raises(NotAllowed):
        log(cast, make.household(cast.building), by=getattr(cast, who))
    assert Visit.objects.count() == 0
