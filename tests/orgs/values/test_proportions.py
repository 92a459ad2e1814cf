"""Shares of a whole."""

import pytest

from orgs.models import Unit
from orgs.values.proportions import per_mille
from residents.organisations.coverage import Counted
from volunteers.contacts.coverage import Covered


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 0, None), (1, 3, 333), (2, 3, 667), (1, 2000, 1), (5, 5, 1000)]
)
def test_shares_are_exact_and_the_same_on_every_page(part, whole, share):
    assert per_mille(part, whole) == share
    assert Covered(Unit(), households=whole, covered=part).per_mille == share
    assert Counted(compounds=whole, all_five=part).all_share == share
