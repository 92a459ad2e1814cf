"""The living branch of 翡翠一品小区: report-ins, posts; every room of service adds its part."""

from datetime import datetime

from governance.demo.places import Places
from governance.demo.service import activities, months, orders, report_ins
from orgs.models import User


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it; `now` is the demo's moment."""
    report_ins.make(places, accounts, now)
    activities.make(places, accounts, now)
    months.make(places, accounts, now)
    orders.make(places, accounts, now)
