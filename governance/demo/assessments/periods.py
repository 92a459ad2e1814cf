"""Assessments of the demo district: examples in force, a month published, the last one to be reviewed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from governance.assessment.enums import CompoundClassKind, PeriodKind, RaterGroup
from governance.assessment.models import CompoundClass, Scheme
from governance.assessment.periods import Period
from governance.assessment.ratings import ratings
from governance.assessment.runs import computing, due, runs
from governance.assessment.schemes import examples, schemes
from governance.demo.places import COMPOUNDS
from orgs.models import Department, User

if TYPE_CHECKING:
    from governance.demo.places import Places

# What is in force; the other examples stay drafts.
IN_FORCE = (
    "department-rates",
    "whistle-departments",
    "whistle-streets",
    "branch-year-end",
    "property-credit",
)
_CLASSES = (CompoundClassKind.PREMIUM, CompoundClassKind.MODEL, CompoundClassKind.STANDARD)


def make(places: "Places", accounts: Mapping[str, User], now: datetime) -> None:
    """Schemes, ratings of the quarter, and every period that is over: all invented."""
    last = Period.at(PeriodKind.MONTH, now.date()).before
    for compound, kind in zip(COMPOUNDS, _CLASSES, strict=False):
        CompoundClass.objects.create(
            compound=places.units[compound.code], kind=kind, starts=date(last.first.year, 1, 1),
            reason="演示：小区创建命名文件", entered_by=accounts["district"], entered_at=now,
        )  # fmt: skip
    by_code = {
        scheme.code: scheme
        for scheme in examples.add_examples(
            district=places.district, begins=last.before.first, by=None, now=now
        )
    }
    for code in IN_FORCE:
        by_code[code] = schemes.publish(scheme=by_code[code], by=None, now=now)
    _rate(by_code, places, accounts, now)
    _publish_one(by_code["department-rates"], last.before, accounts["district"], now)
    due.run_due(now)


def _publish_one(scheme: Scheme, period: Period, by: User, now: datetime) -> None:
    """The month before the last one, as it went: computed, released, published."""
    computed_at = min(period.moments[1] + timedelta(days=4, hours=9), now)
    run = runs.start(scheme=scheme, period=period.name, by=None, now=computed_at)
    computing.compute(run.pk, computed_at)
    run.refresh_from_db()
    released = runs.release(run=run, by=by, now=computed_at + timedelta(days=1))
    if released.appeal_until and released.appeal_until < now:
        runs.publish(run=released, by=by, now=released.appeal_until + timedelta(hours=9))


def _rate(
    schemes_by_code: Mapping[str, Scheme], places: "Places", accounts: Mapping[str, User],
    now: datetime,
) -> None:  # fmt: skip
    """What streets and departments said of each other in the quarter that is over."""
    quarter = Period.at(PeriodKind.QUARTER, now.date()).before
    scheme = schemes_by_code["whistle-departments"]
    if quarter.first < scheme.begins:
        return
    departments = Department.objects.filter(district=places.district, street=None)
    for number, department in enumerate(departments.order_by("code")):
        for name, points in (("street", 92 - number % 4 * 3), ("street2", 88 + number % 3 * 2)):
            ratings.rate(
                scheme=scheme, period=quarter.name, subject=department.pk,
                group=RaterGroup.STREET, points=points, by=accounts[name], now=now,
            )  # fmt: skip
    for name in ("dept_urban", "dept_housing"):
        for number, street in enumerate(places.streets[:4]):
            ratings.rate(
                scheme=schemes_by_code["whistle-streets"], period=quarter.name, subject=street.pk,
                group=RaterGroup.DEPARTMENT, points=94 - number * 2, by=accounts[name], now=now,
            )  # fmt: skip
