"""Addresses of a unit's page."""

from django.urls import reverse

from orgs.enums import UnitTab


def unit_address(code: str, tab: str = UnitTab.OVERVIEW) -> str:
    """The page of a unit, opened at a tab; at the overview for one that there is not."""
    address = reverse("orgs:unit", args=[code])
    return (
        address if tab == UnitTab.OVERVIEW or tab not in UnitTab.values else f"{address}?tab={tab}"
    )
