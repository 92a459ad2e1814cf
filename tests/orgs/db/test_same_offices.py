"""Statements kept for all who hold the same offices: each finds their own, and nobody another's."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from orgs.db.first_keys import keys_of, keys_statement
from orgs.db.same_offices import _MOMENTS, _PERSON, _PLACE, OfficeStatement
from orgs.enums import Role
from orgs.models import Unit, User
from orgs.scoping import forget_reach, reach_of
from tests import factories as make


@pytest.fixture
def built():
    return []


@pytest.fixture
def statement(built):
    def build(user, now):
        built.append(user.pk)
        units = Unit.objects.filter(reach_of(user).q("")).order_by("pk")
        return keys_statement(units, _account(user, now))

    return OfficeStatement(build)


def _account(user, now):
    return User.objects.filter(Q(last_login=None) | Q(last_login__lte=now), pk=user.pk)


def found(statement, person):
    return keys_of(statement.of(person, make.NOW), 2)


def expected(person):
    units = Unit.objects.filter(reach_of(person).q("")).order_by("pk")
    return [list(units.values_list("pk", flat=True)), [person.pk]]


def test_it_is_worked_out_once_for_an_office_and_finds_each_ones_own(cast, statement, built):
    workers = cast.community_worker, cast.sibling_worker
    assert [found(statement, one) for one in workers] == [expected(one) for one in workers]
    assert found(statement, workers[0]) != found(statement, workers[1])
    assert found(statement, cast.street_cadre) == expected(cast.street_cadre)
    assert built == [_PERSON, _PERSON]


def test_no_stand_in_is_left(cast, statement):
    _sql, values = statement.of(cast.community_worker, make.NOW)
    stored = {connection.ops.adapt_datetimefield_value(moment) for moment in _MOMENTS}
    assert not {_PERSON, *_PLACE, *stored} & set(values)


def test_several_places_and_no_bounds_are_asked_for_anew(cast, statement, built):
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.sibling)
    forget_reach(cast.community_worker)
    people = cast.community_worker, cast.district_cadre
    assert [found(statement, one) for one in people] == [expected(one) for one in people]
    assert built == [one.pk for one in people]


def test_an_office_that_ends_finds_nothing_more(cast, statement):
    before = found(statement, cast.community_worker)
    cast.community_worker.positions.update(ends=make.NOW.date() - timedelta(days=400))
    forget_reach(cast.community_worker)
    assert before[0]
    assert found(statement, cast.community_worker)[0] == []


def test_a_moment_that_is_derived_is_no_part_of_it(cast):
    def build(user, now):
        return keys_statement(_account(user, now - timedelta(days=1)))

    with pytest.raises(AssertionError, match="otherwise than as it was given"):
        OfficeStatement(build).of(cast.community_worker, make.NOW)


def test_what_asks_for_today_is_worked_out_anew_each_day(cast):
    days = []

    def build(user, now):
        days.append(timezone.localdate())
        return keys_statement(User.objects.filter(pk=user.pk, date_joined__lte=now))

    kept = OfficeStatement(build)
    for moment in (make.NOW, make.NOW, make.NOW + timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            kept.of(cast.community_worker, make.NOW)
    assert len(days) == 2
    assert days[1] - days[0] == timedelta(days=1)
