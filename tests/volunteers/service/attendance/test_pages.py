"""Pages of attendance: what the printed sheet has, the roll-call takes; what is not open says from when."""

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape

from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.attendance.conftest import END, START
from tests.volunteers.service.service_factories import hours
from volunteers.service.attendance import codes
from volunteers.service.enums import Direction
from volunteers.service.models import Participant, SignUp

pytestmark = pytest.mark.django_db


def add(page, by, activity, **given):
    return page(by).post(reverse("service:roll_call_add", args=[activity.pk]), given)


def test_a_walk_in_of_the_printed_sheet_is_added_to_the_roll_call(page, cast, activity):
    with time_machine.travel(END, tick=False):
        shown = page(cast.secretary).get(reverse("service:roll_call", args=[activity.pk]))
        assert reverse("service:roll_call_add", args=[activity.pk]) in shown.content.decode()
        assert add(page, cast.secretary, activity, name="雷锋", minutes="60").status_code == 302
        assert add(page, cast.secretary, activity, name="雷锋", minutes="90").status_code == 302
    row = activity.attendances.get(participant__name="雷锋")
    assert (row.minutes, row.review, row.reasons) == (90, "waiting", ["walk_in"])
    assert not row.credits.exists()
    assert Participant.objects.filter(name="雷锋").count() == 1


def test_a_walk_in_who_serves_here_is_the_same_person(page, cast, activity):
    known = serve.participant(cast.compound, name="时传祥")
    with time_machine.travel(END, tick=False):
        add(page, cast.secretary, activity, name="时传祥")
    row = activity.attendances.get(participant=known)
    assert (row.minutes, row.is_walk_in) == (120, True)
    serve.participant(cast.compound, name="时传祥")
    with time_machine.travel(END, tick=False):
        again = add(page, cast.secretary, activity, name="时传祥")
    assert again.status_code == 400
    assert "有几个人同名" in again.content.decode()


@pytest.mark.parametrize("given", [{"name": ""}, {"name": "雷锋", "minutes": "1999"}])
def test_a_walk_in_that_cannot_be_is_refused_and_nothing_is_kept(page, cast, activity, given):
    with time_machine.travel(END, tick=False):
        assert add(page, cast.secretary, activity, **given).status_code == 400
    assert not Participant.objects.filter(name="雷锋").exists()


def test_nobody_else_adds_a_walk_in_and_not_before_the_start(page, cast, activity):
    with time_machine.travel(END, tick=False):
        assert add(page, cast.member, activity, name="雷锋").status_code == 403
    with time_machine.travel(START - hours(2), tick=False):
        refused = add(page, cast.secretary, activity, name="雷锋")
    assert refused.status_code == 400
    assert "该活动尚未开始" in refused.content.decode()
    assert not Participant.objects.filter(name="雷锋").exists()
    assert not activity.attendances.exists()


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (START - hours(24 * 9), False),
        (START - hours(1), True),
        (END + hours(1), True),
        (END + hours(3), False),
    ],
)
def test_check_in_is_offered_when_it_is_open(page, cast, activity, moment, is_open):
    check = reverse("service:check", args=[activity.pk])
    with time_machine.travel(moment, tick=False):
        client = page(cast.member)
        shown = client.get(reverse("service:activity", args=[activity.pk])).content.decode()
        form = client.get(check).content.decode()
    assert (f'href="{check}"' in shown) is is_open
    assert ('name="digits"' in form) is is_open
    before = moment < START - hours(1)
    assert ("起可以签到" in shown) is before
    assert ("起可以签到" in form) is before


def test_who_waits_leaves_the_list_and_not_a_place(page, cast, activity):
    outsider = serve.participant(cast.compound, cast.owner)
    serve.sign_up(activity, outsider, None, state="waiting")
    with time_machine.travel(START - hours(24), tick=False):
        client = page(cast.owner)
        shown = client.get(reverse("service:activity", args=[activity.pk])).content.decode()
        assert "退出候补" in shown
        assert "退回名额" not in shown
        client.post(reverse("service:activity_withdraw", args=[activity.pk]))
        shown = client.get(reverse("service:activity", args=[activity.pk])).content.decode()
    assert "已退出候补" in shown
    assert not SignUp.objects.filter(participant=outsider, state="waiting").exists()


def typed(state, key, **given):
    return {f"state-{key}": state} | {f"{name}-{key}": value for name, value in given.items()}


@pytest.mark.parametrize(
    ("state", "minutes", "why"),
    [
        ("", "45", "请说明此人是否到场"),
        ("partial", "45分钟", "分钟数请填整数"),
        ("as_planned", "<45>", "分钟数请填整数"),
        ("partial", "", "请填写分钟数"),
        ("partial", "1999", "请填 1 至 165 分钟"),
    ],
)
def test_a_line_of_the_roll_call_that_cannot_be_read_comes_back_and_the_rest_is_written(
    page, cast, activity, state, minutes, why
):
    sheet = typed(state, activity.member.pk, minutes=minutes)
    sheet |= typed("partial", activity.volunteer.pk, minutes="６０") | {"kind": "sheet"}
    with time_machine.travel(END, tick=False):
        answer = page(cast.secretary).post(reverse("service:roll_call", args=[activity.pk]), sheet)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert shown.count(why) == 1
    assert "已写入 1 行" in shown
    assert "有 1 行未写入" in shown
    rows = {one.person.participant: one for one in answer.context["rows"]}
    assert (rows[activity.member].state, rows[activity.member].minutes) == (state, minutes)
    assert rows[activity.volunteer].minutes == "60"
    assert f'value="{escape(minutes)}"' in shown
    assert [row.minutes for row in activity.attendances.all()] == [60]


def test_a_roll_call_that_comes_too_early_keeps_what_was_typed(page, cast, activity):
    sheet = typed("partial", activity.member.pk, minutes="45")
    with time_machine.travel(START - hours(2), tick=False):
        answer = page(cast.secretary).post(reverse("service:roll_call", args=[activity.pk]), sheet)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "该活动尚未开始" in shown
    assert 'value="45"' in shown


def test_the_roll_call_written_once_more_changes_nothing(page, cast, activity):
    address = reverse("service:roll_call", args=[activity.pk])
    with time_machine.travel(END, tick=False):
        desk = page(cast.secretary)
        desk.post(address, typed("as_planned", activity.member.pk, minutes="110"))
        rows = {one.person.participant: one for one in desk.get(address).context["rows"]}
        again = rows[activity.member]
        desk.post(address, typed(again.state, activity.member.pk, minutes=again.minutes))
    assert activity.attendances.get().minutes == 110


def test_the_page_is_called_by_what_comes_next(page, cast, activity):
    check = reverse("service:check", args=[activity.pk])
    with time_machine.travel(START, tick=False):
        client = page(cast.member)
        assert "<title>签到" in client.get(check).content.decode()
        code = codes.code_of(activity, Direction.IN, codes.slot_of(START))
        client.post(check, {"digits": code.digits})
        assert "<title>签退" in client.get(check).content.decode()
