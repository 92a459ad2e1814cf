"""The demo's patrols, a round of feedback on departments, and what departments say of whistles."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from governance.demo.places import COMMUNITY, EMERALD, Places
from orgs.models import User
from tasks.enums import AssignmentStatus, PatrolItem
from tasks.feedback import feedback
from tasks.models import Assignment, Category, DepartmentFeedback
from tasks.patrols import patrols

DAYS = 30
FINDINGS = (
    ("楼道堆放纸箱", "当场请住户搬走"),
    ("灭火器压力不足", "联系物业更换"),
    ("单元门闭门器损坏", "报物业维修"),
    ("消防通道停放电动车", "劝离并张贴提示"),
)
REMARKS = ("来得很快", "处理得很细致", "希望提前电话联系", "")


def make(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    """A month of rounds through 翡翠一品小区, and a round of feedback that is still open."""
    _patrols(places, accounts["grid"], now, random)
    _fire_rounds(places, accounts["community"], now)
    _feedback(places, accounts["street"], now, random)
    _whistles(accounts, now, random)


def _patrols(places: Places, by: User, now: datetime, random: Random) -> None:
    buildings = places.buildings(EMERALD)
    kind = Category.objects.filter(is_selectable=True).first()
    for day in range(DAYS, 0, -1):
        at = now - timedelta(days=day, minutes=random.randrange(300))
        finding, advice = random.choice(FINDINGS) if random.random() < 0.35 else ("", "")
        patrol = patrols.record(
            unit=random.choice(buildings),
            items=random.sample(PatrolItem.values, 4),
            event_id=UUID(int=random.getrandbits(128), version=4),
            by=by,
            now=at,
            finding=finding,
            advice=advice,
            due_on=timezone.localdate(at) + timedelta(days=7) if finding else None,
            category=kind if finding and day == 1 else None,
        )
        if patrol.is_open and day > 6:
            patrols.recheck(patrol=patrol, result="已整改", by=by, now=at + timedelta(days=5))


def _fire_rounds(places: Places, by: User, now: datetime) -> None:
    """The community's own look at fire safety in the compounds that have no grid worker."""
    others = [f"{COMMUNITY}-002", f"{COMMUNITY}-003"]
    for number, code in enumerate(others):
        at = now - timedelta(days=10 + number)
        finding, advice = FINDINGS[number]
        patrol = patrols.record(
            unit=places.units[code], items=[PatrolItem.FIRE, PatrolItem.BIKES, PatrolItem.GAS],
            finding=finding, advice=advice, due_on=timezone.localdate(at) + timedelta(days=7),
            event_id=UUID(f"00000000-0000-4000-8000-0000000f1{number:03}"), by=by, now=at,
        )  # fmt: skip
        patrols.recheck(patrol=patrol, result="已整改", by=by, now=at + timedelta(days=5))


def _feedback(places: Places, by: User, now: datetime, random: Random) -> None:
    today = timezone.localdate(now)
    feedback_round = feedback.open_round(
        street=places.street,
        first=today - timedelta(days=90),
        last=today - timedelta(days=1),
        closes_on=today + timedelta(days=14),
        by=by,
        now=now,
    )
    for row in DepartmentFeedback.objects.filter(round=feedback_round).order_by("pk"):
        if random.random() < 0.6:
            stars = [random.choice((3, 4, 4, 5, 5)) for _question in range(3)]
            feedback.answer(
                feedback=row, responds=stars[0], solves=stars[1], manner=stars[2],
                text=random.choice(REMARKS), by=row.rater, now=now,
            )  # fmt: skip


def _whistles(accounts: dict[str, User], now: datetime, random: Random) -> None:
    officer = accounts["dept_urban"]
    came = Assignment.objects.filter(
        department__code="urban-management", status=AssignmentStatus.FINISHED
    )
    for part in came.select_related("task__unit").order_by("pk")[:12]:
        if feedback.department_that_came(part.task, officer):
            feedback.rate_whistle(
                task=part.task, justified=random.random() < 0.85, clear=random.randint(3, 5),
                by=officer, now=now,
            )  # fmt: skip
