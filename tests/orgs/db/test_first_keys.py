"""The keys of several lists in one statement."""

from django.db.models import Q

from orgs.db.first_keys import first_keys
from orgs.models import Unit


def test_each_list_in_its_own_order_in_one_statement(cast, django_assert_num_queries):
    keys = list(Unit.objects.order_by("pk").values_list("pk", flat=True))
    oldest, newest = Unit.objects.order_by("pk"), Unit.objects.order_by("-pk")
    with django_assert_num_queries(1):
        assert first_keys(newest[:2], oldest[1:4]) == [keys[:-3:-1], keys[1:4]]


def test_what_nobody_can_see_is_not_asked_for(cast, django_assert_num_queries):
    nothing = Unit.objects.filter(Q(pk__in=()))
    with django_assert_num_queries(0):
        assert first_keys(nothing, nothing) == [[], []]
    first = Unit.objects.order_by("pk")[:1]
    assert first_keys(nothing, first) == [[], [Unit.objects.order_by("pk")[0].pk]]
