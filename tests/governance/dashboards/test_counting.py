"""What jobs keep for dashboards: true, the same when counted twice, and proved by the command."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from governance.dashboards import jobs
from governance.dashboards.counting import spots, standing
from governance.dashboards.enums import BoardKind, Part
from governance.dashboards.models import Board, BoardDay, DutyMonth, HotSpot, Reckoning
from governance.dashboards.verification import prove
from tasks.enums import Action
from tasks.models import DayCount
from tests import factories as make
from tests.governance.dashboards.numbers import LATER, count, happen

DAY = make.NOW.date()
SOON = timedelta(seconds=10)


def rows():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (Board, BoardDay, HotSpot, DutyMonth)
    }


def board_of(where) -> Board:
    return where.board


def test_everything_is_true_and_counted_twice_the_same(cast):
    happen(cast)
    count()
    before = rows()
    proof = prove(LATER, days=3)
    assert (proof.differences, proof.waiting) == ([], 0)
    assert proof.compared > 20
    count(LATER + timedelta(minutes=1))
    assert rows() == before


def test_days_are_the_sums_of_what_the_rates_keep(cast):
    happen(cast)
    count()

    def reported(rows):
        return sum(rows.values_list("reported", flat=True))

    for where, lies_in in (
        (cast.street, DayCount.objects.filter(unit__tree_id=cast.street.tree_id)),
        (cast.district, DayCount.objects.all()),
    ):
        assert reported(BoardDay.objects.filter(board__in=[where.board])) == reported(lies_in) > 0
    # Nothing is kept twice.
    assert not BoardDay.objects.filter(board__kind=BoardKind.COMMUNITY).exists()
    compound = BoardDay.objects.filter(board__unit=cast.compound)
    assert reported(compound) == 6
    of_street, of_categories = (
        BoardDay.objects.filter(board__department=cast.urban, **{f"{name}__isnull": False})
        for name in ("street", "category")
    )
    assert sum(of_street.values_list("due", flat=True)) == 2
    assert sum(of_categories.values_list("due", flat=True)) == 2


def test_duty_is_counted_where_members_belong(cast):
    happen(cast)
    count()
    found = DutyMonth.objects.order_by("board").values_list("board__unit__code", "members", "met")
    assert {code: (members, met) for code, members, met in found} == {
        None: (3, 2),
        "421102005000": (3, 2),
        "421102005003": (3, 2),
        "421102005003-001": (2, 1),
        "421102005003-002": (1, 1),
    }


def test_what_changes_is_counted_by_the_next_run(cast):
    task = make.task(cast)
    count()
    assert board_of(cast.street).open == 1
    make.act(
        task, Action.DECLINE, cast.community_worker, LATER + SOON, reason_code="other", reason="无"
    )
    proof = prove(LATER + timedelta(minutes=1), days=2)
    assert proof.differences == []
    standing.count(LATER + timedelta(minutes=2))
    assert Board.objects.get(unit=cast.street).open == 0


def test_an_older_count_never_covers_a_newer_one(cast):
    count(LATER)
    make.task(cast)
    assert standing.count(LATER - timedelta(minutes=1)) is None
    assert Board.objects.get(unit=cast.street).open == 0
    assert Reckoning.objects.get(part=Part.NOW).as_of == LATER


def test_hot_spots_are_the_ten_with_the_most_reports(cast):
    for number in range(12):
        where = make.unit(cast.community, code=f"421102005003-1{number:02}", name=f"小区{number}")
        for _again in range(number % 3 + 1):
            make.task(cast, unit=where)
    count()
    found = HotSpot.objects.filter(board__unit=cast.community).order_by("-reported", "unit")
    assert len(found) == spots.MOST
    assert [spot.reported for spot in found] == [3, 3, 3, 3, 2, 2, 2, 2, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda cast: Board.objects.filter(unit=cast.street).update(open=99), "西湖街道"),
        (
            lambda cast: BoardDay.objects.filter(board__district=cast.district).update(reported=99),
            "黄州区",
        ),
        (lambda cast: BoardDay.objects.filter(board__unit=cast.compound).delete(), "翡翠一品小区"),
        (lambda cast: HotSpot.objects.filter(unit=cast.compound).update(reported=99), "hot spots"),
        (lambda cast: Reckoning.objects.filter(part=Part.DUTY).update(as_of=None), "never counted"),
    ],
)
def test_the_command_names_what_differs(cast, wrong, named):
    happen(cast)
    count()
    with time_machine.travel(LATER + timedelta(seconds=1), tick=False):
        out, err = StringIO(), StringIO()
        call_command("verify_dashboards", days=3, stdout=out, stderr=err)
        assert "equal" in out.getvalue()
        wrong(cast)
        with pytest.raises(CommandError, match="differ"):
            call_command("verify_dashboards", days=3, stdout=out, stderr=err)
    assert named in err.getvalue()


def test_the_command_counts_what_was_never_counted(cast):
    happen(cast)
    with time_machine.travel(LATER, tick=False):
        out = StringIO()
        call_command("verify_dashboards", count=True, days=3, stdout=out)
    assert "equal" in out.getvalue()


def test_the_jobs_run(cast):
    jobs.count_open()
    jobs.count_around()
    jobs.count_coverage()
    assert set(Reckoning.objects.exclude(as_of=None).values_list("part", flat=True)) == {
        *(Part.NOW, Part.SPOTS, Part.DUTY, Part.COVERAGE)
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": BoardKind.STREET},
        {"kind": BoardKind.DISTRICT, "with_unit": True},
        {"kind": BoardKind.COMMUNITY, "with_unit": True, "late": 1},
    ],
)
def test_the_database_refuses_boards_of_nothing_and_parts_beyond_the_whole(cast, wrong):
    values = dict(wrong)
    if values.pop("with_unit", False):
        values["unit"] = cast.sibling
    with pytest.raises(IntegrityError), transaction.atomic():
        Board.objects.create(**values)


def test_a_day_belongs_to_a_category_or_a_street(cast):
    count()
    board = Board.objects.get(unit=cast.street)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoardDay.objects.create(board=board, day=DAY)
