"""The roster of members from Excel: found on the roll, by class, undone as a whole."""

from datetime import date, timedelta

import pytest

from orgs.enums import ImportState, Verdict
from orgs.errors import NotAllowed
from orgs.imports import imports, worker
from orgs.imports.workbooks import spreadsheets, writer
from tests import factories as make
from volunteers.enums import MemberClass, MembershipEnd
from volunteers.members.members_roster import MEMBERS
from volunteers.models import PartyMembership

HEADINGS = (
    "姓名",
    "公民身份号码",
    "手机号码",
    "党员类别",
    "是否流动党员",
    "所在党支部",
    "入党日期",
    "学历",
    "党龄",
)
BEFORE = make.NOW.date() - timedelta(days=400)


@pytest.fixture
def folk(cast):
    """Three people of the roll, by name."""
    return {
        name: make.resident(
            cast.building, name=name, phone=f"1390000123{number}", id_number=make.id_number()
        )
        for number, name in enumerate(("钱一二", "孙三四", "李五六"))
    }


def line(person, member_class="", mobile="", branch="", joined="2001-07-01"):
    return (
        person.name,
        person.id_number,
        person.phone,
        member_class,
        mobile,
        branch,
        joined,
        "本科",
        20,
    )


def send(cast, *rows, by=None, unit=None):
    content = spreadsheets.write(HEADINGS, rows, "党员信息")
    found = imports.upload(
        roster=MEMBERS, target=unit or cast.compound, name="党员.xlsx", content=content,
        by=by or cast.community_worker, now=make.NOW,
    )  # fmt: skip
    return work(found)


def work(found):
    assert worker.work(key=found.pk, clock=lambda: make.NOW)
    found.refresh_from_db()
    return found


def apply(cast, found):
    return work(imports.apply(imported=found, by=cast.community_worker, now=make.NOW))


def verdicts(found):
    return [row.verdict for row in found.rows.order_by("number")]


def test_members_are_entered_moved_and_undone_as_a_whole(cast, folk):
    one, two, three = folk.values()
    before = make.membership(two, cast.branch, member_class=MemberClass.IN_SERVICE, starts=BEFORE)
    make.membership(three, cast.branch, joined_on=date(2001, 7, 1))
    found = send(
        cast,
        line(one, "自管党员", branch="翡翠一品小区党支部"),
        line(two, "离退休党员", joined=""),
        line(three, "自管党员"),
    )
    assert verdicts(found) == [Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED]
    assert apply(cast, found).state == ImportState.APPLIED
    assert one.memberships.get().joined_on == date(2001, 7, 1)
    ended, present = two.memberships.order_by("starts")
    assert (ended.member_class, ended.starts, ended.ends, ended.ended_as) == (
        MemberClass.IN_SERVICE, BEFORE, make.NOW.date(), MembershipEnd.CLASS,
    )  # fmt: skip
    assert (present.member_class, present.starts, present.ends) == (
        MemberClass.RETIRED, make.NOW.date(), None,
    )  # fmt: skip
    work(imports.undo(imported=found, by=cast.community_worker, now=make.NOW))
    assert found.__class__.objects.get().state == ImportState.UNDONE
    assert not one.memberships.exists()
    kept = two.memberships.get()
    assert (kept.pk, kept.member_class, kept.starts) == (before.pk, MemberClass.IN_SERVICE, BEFORE)
    assert kept.entered_at == before.entered_at


def test_a_column_of_party_systems_says_who_is_mobile(cast, folk):
    one, two, _three = folk.values()
    found = send(cast, line(one, mobile="是"), line(two, mobile="否"))
    assert verdicts(found) == [Verdict.NEW, Verdict.WRONG]
    assert found.rows.get(verdict=Verdict.WRONG).problems.keys() == {"member_class"}


def test_what_is_wrong_is_named(cast, folk):
    one, two, three = folk.values()
    there = make.branch([cast.other_compound])
    make.membership(three, there)
    stranger = make.resident(cast.other_community, name="外人", id_number=make.id_number())
    found = send(
        cast,
        line(one, "自管党员", branch="没有的支部"),
        line(two, "自管党员", joined="2099-01-01"),
        line(three, "自管党员"),
        line(stranger, "自管党员"),
        ("周没有", make.id_number(), "", "自管党员", "", "", "", "", ""),
        line(one, "老党员"),
    )
    assert verdicts(found) == [Verdict.WRONG] * 6
    problems = [list(row.problems) for row in found.rows.order_by("number")]
    assert problems == [
        ["organisation"], ["joined_on"], ["organisation"], ["name"], ["name"], ["member_class"],
    ]  # fmt: skip
    assert PartyMembership.objects.count() == 1


def test_the_same_member_twice(cast, folk):
    one, two, _three = folk.values()
    found = send(
        cast, line(one, "自管党员"), line(one, "自管党员"), line(two, "自管"), line(two, "流动")
    )
    assert verdicts(found) == [Verdict.NEW, Verdict.UNCHANGED, Verdict.NEW, Verdict.WRONG]


@pytest.mark.parametrize(
    "who",
    ["secretary", "grid_worker", "property_clerk", "sibling_worker", "sibling_cadre", "member"],
)
def test_who_sends_no_file(cast, folk, who):
    with pytest.raises(NotAllowed):
        send(cast, line(folk["钱一二"], "自管党员"), by=getattr(cast, who))


def test_an_export_read_in_again_changes_nothing(cast, folk):
    one = folk["钱一二"]
    make.belonging(one, make.household(cast.building, "501"))
    make.membership(one, cast.branch, joined_on=date(2001, 7, 1))
    file = writer.export(
        roster=MEMBERS, unit=cast.compound, filters={}, by=cast.secretary, now=make.NOW
    )
    found = imports.upload(
        roster=MEMBERS, target=cast.compound, name="党员.xlsx", content=file.read(),
        by=cast.community_worker, now=make.NOW,
    )  # fmt: skip
    assert verdicts(work(found)) == [Verdict.UNCHANGED]


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(cast, rows, django_assert_max_num_queries):
    people = [
        make.resident(cast.building, name=f"党员{number}", id_number=make.id_number())
        for number in range(rows)
    ]
    content = [line(one, "自管党员") for one in people]
    with django_assert_max_num_queries(40):
        found = send(cast, *content)
    with django_assert_max_num_queries(40):
        apply(cast, found)
    assert PartyMembership.objects.count() == rows
