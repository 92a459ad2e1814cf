"""How many party members live in a place, and how many have reported in there."""

from typing import TYPE_CHECKING

from django.db.models import Count

from governance.data_forms.enums import Subject
from governance.data_forms.fields.registry import Field, Read, register
from volunteers.enums import MemberClass
from volunteers.models import PartyMembership
from volunteers.service.enums import OPEN_REPORT_INS, ServantKind
from volunteers.service.models import ReportIn

if TYPE_CHECKING:
    from orgs.models import User

# The ways from where somebody is on the roll, and from where a report-in belongs, to a row's unit.
_HOMES = {
    Subject.COMPOUND: ("person__place", "person__place__parent"),
    Subject.COMMUNITY: (
        "person__place", "person__place__parent", "person__place__parent__parent",
    ),
}  # fmt: skip
_REPORTED = {Subject.COMPOUND: ("unit",), Subject.COMMUNITY: ("unit", "unit__parent")}


def counts(keys: list[int], subject: Subject, user: "User") -> dict[int, dict[str, int]]:
    """Members, those in service, and members reported in, by unit, as far as they are in sight."""
    found = {key: {"members": 0, "in_service": 0, "reported_in": 0} for key in keys}
    members = PartyMembership.objects.visible_to(user).filter(ends=None).order_by()
    for way in _HOMES.get(subject, ()):
        by_class = members.filter(**{f"{way}__in": keys}).values_list(way, "member_class")
        for key, member_class, number in by_class.annotate(number=Count("person", distinct=True)):
            found[key]["members"] += number
            if member_class == MemberClass.IN_SERVICE:
                found[key]["in_service"] += number
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


def _count(name: str) -> Read:
    return lambda line: line.counts[name]


for _subject in _HOMES:
    register([
        Field(f"{_subject.value}.{code}", _subject, headings, _count(code))
        for code, headings in (
            ("members", ("党员数", "党员人数", "党员总数", "党员总人数")),
            ("in_service", ("在职党员数", "在职党员人数", "在职党员总数", "应报到人数", "应报到党员数")),
            ("reported_in", ("报到党员数", "已报到人数", "报到人数", "在职党员报到人数", "已报到党员数")),
        )
    ])  # fmt: skip
