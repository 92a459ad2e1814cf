"""Positions become areas; lists and single rows agree."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from orgs.enums import Role
from orgs.models import Unit
from orgs.scoping import ScopedQuerySet, forget_reach, reach_of
from tests import factories as make


def test_a_street_cadre_reaches_the_whole_street_and_nothing_else(cast):
    reach = reach_of(cast.street_cadre)
    found = set(Unit.objects.filter(reach.q("")).values_list("code", flat=True))
    assert found == {
        "421102005000",
        "421102005003",
        "421102005004",
        "421102005003-001",
        "421102005003-001-005",
        "421102005003-002",
    }


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("district_cadre", 8),
        ("street_cadre", 6),
        ("community_worker", 4),
        ("grid_worker", 2),
        ("secretary", 2),
        ("urban_officer", 0),
        ("owner", 0),
    ],
)
def test_list_and_instance_answers_agree(cast, who, expected):
    reach = reach_of(getattr(cast, who))
    listed = set(Unit.objects.filter(reach.q("")))
    single = {unit for unit in Unit.objects.all() if reach.roles_at(unit)}
    assert listed == single
    assert len(listed) == expected


def test_a_person_with_several_positions_sees_the_union(cast):
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.sibling)
    listed = Unit.objects.filter(reach_of(cast.community_worker).q(""))
    assert {unit.code for unit in listed} >= {"421102005003", "421102005004"}


@pytest.mark.parametrize(("today", "holds"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_a_position_ends_with_its_last_day(cast, today, holds):
    person = make.user()
    make.position(person, Role.COMMUNITY_WORKER, cast.community, ends=date(2026, 3, 31))
    assert bool(reach_of(person, today).roles_at(cast.compound)) is holds


def test_reach_costs_one_query_and_two_for_grids_districts_and_organisations(
    cast, django_assert_num_queries
):
    for person, queries in ((cast.owner, 1), (cast.community_worker, 1), (cast.grid_worker, 2)):
        with django_assert_num_queries(queries):
            reach_of(person)


def test_what_a_requests_user_holds_is_forgotten_behind_the_proxy(cast):
    proxy = SimpleLazyObject(lambda: cast.community_worker)
    before = reach_of(proxy)
    forget_reach(proxy)
    assert reach_of(proxy) is not before
    assert reach_of(cast.community_worker) is reach_of(proxy)
    forget_reach(AnonymousUser())


def test_every_model_with_a_reach_answers_a_superuser(cast):
    """A model may take the queryset without its base (`Unit` has mptt's): its list opened to nobody."""
    admin = make.user(is_superuser=True)
    scoped = [
        model
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), ScopedQuerySet)
    ]
    assert Unit in scoped
    for model in scoped:
        model._default_manager.visible_to(admin).first()
