"""How many party members have reported in at a place."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from governance.data_forms.enums import Subject
from governance.data_forms.fields.registry import Field, register
from volunteers.service.enums import OPEN_REPORT_INS, ServantKind
from volunteers.service.models import ReportIn

if TYPE_CHECKING:
    from orgs.models import User

# The ways from where a report-in belongs to a row's unit.
_REPORTED = {Subject.COMPOUND: ("unit",), Subject.COMMUNITY: ("unit", "unit__parent")}


def counts(keys: list[int], subject: Subject, user: "User") -> dict[int, dict[str, int]]:
    """Members reported in, by unit, as far as they are in sight."""
    found = {key: {"reported_in": 0} for key in keys}
    reported = (
        ReportIn.objects.visible_to(user)
        .filter(state__in=OPEN_REPORT_INS, kind=ServantKind.MEMBER)
        .order_by()
    )
    for way in _REPORTED.get(subject, ()):
        rows = reported.filter(**{f"{way}__in": keys}).values_list(way)
        for key, number in rows.annotate(number=Count("pk")):
            found[key]["reported_in"] += number
    return found


def _reported_in(line: Any) -> int:
    number: int = line.counts["reported_in"]
    return number


for _subject in _REPORTED:
    register([
        Field(f"{_subject.value}.reported_in", _subject, ("报到党员数", "已报到人数", "报到人数",
              "在职党员报到人数", "已报到党员数"), _reported_in),
    ])  # fmt: skip
