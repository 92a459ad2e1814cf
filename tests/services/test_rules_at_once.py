"""Versions of a rule made at the same moment, over real connections."""

import pytest

from tests import factories as make
from tests.services.outcomes import outcome
from volunteers.enums import RoleSetCode
from volunteers.models import LinkRule, RoleSet
from volunteers.posts.rules import new_link_rule, new_role_set

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def link_rule(by):
    new_link_rule(row=LinkRule(households=9, visit_days=30, source="试"), by=by, now=make.NOW)


def role_set(by):
    row = RoleSet(code=RoleSetCode.TWO_FOUR_X, roles=["head"], source="试")
    new_role_set(row=row, by=by, now=make.NOW)


@pytest.mark.parametrize(
    ("add", "rows"),
    [(link_rule, LinkRule.objects), (role_set, RoleSet.objects.filter(code="two_four_x"))],
)
def test_each_version_is_made_once_and_the_late_are_told(cast, at_once, add, rows):
    outcomes = at_once(*[outcome(lambda: add(cast.admin))] * AT_ONCE)
    assert set(outcomes) <= {"done", "rule_changed"}
    made = outcomes.count("done")
    assert made >= 1
    assert sorted(rows.values_list("version", flat=True)) == list(range(1, made + 2))
