"""The roster of visits: entered once, undone although visits are append-only."""

from datetime import date

import pytest

from orgs.models import AuditEntry
from residents.models import Visit
from residents.rosters.visits_roster import VISITS
from tests import factories as make
from tests.roster_workbooks import apply, book, counts, problems, send, undo

HEADINGS = ("姓名", "居住地址", "走访日期", "走访内容", "存在问题", "处理措施", "下次走访日期")
LINE = ("张三", "5栋501", "2026-03-01", "身体尚好", "", "", "2026-04-01")


@pytest.fixture
def home(cast):
    found = make.household(cast.building, "501")
    make.belonging(make.resident(cast.building, name="张三"), found)
    return found


@pytest.fixture
def sent(cast):
    def send_rows(*lines):
        return send(VISITS, cast.compound, cast.community_worker, book(HEADINGS, lines))

    return send_rows


def test_visits_are_entered_once(cast, home, sent):
    found = apply(sent(LINE, ("", *LINE[1:])), cast.community_worker)
    assert counts(found) == {"new": 2}
    visit = Visit.objects.get(person__name="张三")
    assert (visit.household, visit.on, visit.text) == (home, date(2026, 3, 1), "身体尚好")
    assert (visit.by, visit.next_on) == (cast.community_worker, date(2026, 4, 1))
    assert counts(sent(LINE)) == {"unchanged": 1}


def test_visits_are_taken_back_with_the_import(cast, home, sent):
    found = apply(sent(LINE), cast.community_worker)
    assert undo(found, cast.community_worker).state == "undone"
    assert Visit.objects.count() == 0
    lifted = AuditEntry.objects.get(action="append_only.lift")
    assert lifted.detail == {"reason": f"undo of import {found.pk}"}


def test_what_cannot_be_is_named(home, sent):
    found = sent(
        ("李四", *LINE[1:]),
        ("张三", "5栋601", *LINE[2:]),
        ("张三", "5栋501", "2026-03-11", "明天的事", "", "", "2026-03-11"),
        ("张三", "5栋501", "", "", "", "", ""),
    )
    assert [sorted(one) for one in problems(found)] == [
        ["name"], ["room"], ["next_on", "on"], ["on", "text"],
    ]  # fmt: skip


def test_an_export_that_is_read_again_changes_nothing(home, sent):
    assert counts(sent(("张三", "5栋501", "2026-03-01", "****", "", "", ""))) == {"unchanged": 1}
