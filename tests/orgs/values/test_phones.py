"""Telephones as people type and paste them."""

import pytest

from orgs.errors import Refused
from orgs.values import phones


@pytest.mark.parametrize(
    "written",
    [
        "13911110101",
        "\u202d13911110101\u202c",
        "139\u200b1111\u00a00101",
        "+86 139-1111-0101",
        "0086 13911110101",
        "013911110101",
        "+86-0139 1111 0101",
        "１３９１１１１０１０１",
        "139.1111.0101",
        "139–1111—0101",
    ],
)
def test_a_mobile_number(written):
    assert phones.normalise(written) == "13911110101"


@pytest.mark.parametrize(
    "written",
    ["0713-8354000", "0713–8354000", "(0713) 8354000", "+86 713 8354000", "0086-0713-8354000"],
)
def test_a_landline(written):
    assert phones.normalise(written) == "07138354000"


@pytest.mark.parametrize(
    "written", ["1391111010", "8354000", "", "\u200b", "+1 212 555 0100", "电话"]
)
def test_no_number_of_the_mainland(written):
    with pytest.raises(Refused):
        phones.normalise(written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("", ""), ("13800001234", "138****1234"), ("071312345", "****"), ("8351234", "****")],
)
def test_a_mask_hides_what_is_too_short_to_be_masked_in_the_middle(written, shown):
    assert phones.mask(written) == shown
