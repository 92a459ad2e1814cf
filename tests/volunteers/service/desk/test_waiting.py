"""What waits for whoever runs the service stands where they begin; what is offered can be done."""

import pytest
import time_machine
from django.urls import reverse

from orgs import registry
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.web.panels import called_panels
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.duty.test_months import at, serve_hours
from volunteers.service.desk import queries
from volunteers.service.duty import appeals, months
from volunteers.service.models import ServiceMonth
from volunteers.service.orders import queries as orders
from volunteers.service.reportins.participants import set_skills

pytestmark = pytest.mark.django_db


def waiting(user):
    shown = called_panels(registry.Name.DESK_PANELS, user=user, now=NOW)
    return [
        one.said for panel in shown if panel.template.startswith("service/") for one in panel.values
    ]


@time_machine.travel(at(1, 20), tick=False)
def test_the_secretarys_desk_says_what_only_the_secretary_can_do(page, cast, member):
    assert waiting(cast.secretary) == []
    serve.service_month(cast, state="review", reviewed_from=at(1, 19))
    serve.report_in(cast, serve.participant(cast.compound), state="reported")
    row = serve.attendance(
        serve.activity(cast, state="held", starts_at=at(1, 10)), member, state="no_show", minutes=0
    )
    appeals.appeal(entry=f"attendance-{row.pk}", by=cast.member, now=at(1, 11))
    said = ["1 个月待审核", "1 件申诉待处理", "1 人报到待确认"]
    assert waiting(cast.secretary) == said
    shown = page(cast.secretary).get("/").content.decode()
    assert all(one in shown for one in said)
    for nobody in (cast.member, cast.owner, cast.sibling_worker):
        assert waiting(nobody) == []


@time_machine.travel(at(1, 20), tick=False)
def test_an_appeal_is_offered_to_whoever_may_decide_it(cast, member):
    activity = serve.activity(cast, state="held", starts_at=at(1, 10))
    row = serve.attendance(activity, member, state="no_show", minutes=0, entered_by=cast.secretary)
    made = appeals.appeal(entry=f"attendance-{row.pk}", by=cast.member, now=at(1, 11))
    assert list(queries.appeals(cast.secretary)) == []
    assert list(queries.appeals(cast.community_worker)) == [made]
    row.entered_by, row.review, row.reason = None, "rejected", "不在签到表上"
    row.reviewed_by, row.reviewed_at = cast.secretary, at(1, 11)
    row.save()
    assert list(queries.appeals(cast.secretary)) == []
    row.review = "approved"
    row.save()
    assert list(queries.appeals(cast.secretary)) == [made]


@pytest.mark.parametrize(
    ("role", "address"),
    [(Role.SHOP_STAFF, "service:counter"), (Role.EMPLOYER, "service:letters")],
)
def test_who_has_one_thing_to_do_comes_straight_to_it(page, cast, role, address):
    person = make.user()
    where = cast.community if role == Role.SHOP_STAFF else serve.employer(name="市水务局")
    make.position(person, role, where)
    answer = page(person).get("/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse(address))


def test_a_branch_enters_skills_and_the_order_opens(page, cast, member):
    item = next(one for one in orders.items_to_order() if one.skill == "repair")
    order = serve.order(cast, item=item, state="offered")
    address = reverse("service:order", args=[order.pk])
    shown = page(cast.member).get(address).content.decode()
    assert "水电维修" in shown
    assert "还没有为您登记" in shown
    assert reverse("service:order_act", args=[order.pk, "take"]) not in shown
    report_in = member.report_ins.get()
    sent = page(cast.secretary).post(
        reverse("service:report_in_skills", args=[report_in.pk]), {"skills": ["repair"]}
    )
    assert sent.status_code == 302
    shown = page(cast.member).get(address).content.decode()
    assert reverse("service:order_act", args=[order.pk, "take"]) in shown
    assert "还没有为您登记" not in shown


def test_who_enters_skills(cast, member):
    for by in (cast.member, cast.owner, cast.sibling_worker):
        with pytest.raises(NotAllowed):
            set_skills(participant=member, skills=["repair"], by=by, now=NOW)
    with pytest.raises(Refused):
        set_skills(participant=member, skills=["flying"], by=cast.secretary, now=NOW)


def test_a_draft_that_cannot_be_published_says_why(page, cast):
    draft = serve.activity(
        cast, state="draft", is_dangerous=True, risk="地滑", organiser=cast.secretary
    )
    address = reverse("service:activity", args=[draft.pk])
    publish = reverse("service:activity_act", args=[draft.pk, "publish"])
    shown = page(cast.secretary).get(address).content.decode()
    assert "请先购买意外伤害保险" in shown
    assert publish not in shown
    draft.insurance = "示例保险 1"
    draft.save()
    shown = page(cast.secretary).get(address).content.decode()
    assert publish in shown
    assert "还不能发布" not in shown


@time_machine.travel(at(1, 20), tick=False)
def test_a_name_in_the_review_leads_to_what_stands_behind_it(page, cast, member):
    serve_hours(cast, member, 1, 5, 200, planned_minutes=200)
    waits = serve.activity(cast, state="held", starts_at=at(1, 10), title="清雪")
    serve.attendance(waits, member, review="waiting")
    months.advance(at(2, 2))
    month = ServiceMonth.objects.get()
    result = month.results.get()
    client = page(cast.secretary)
    shown = client.get(reverse("service:month", args=[month.pk])).content.decode()
    behind = reverse("service:result", args=[result.pk])
    assert behind in shown
    assert "当月还有 1 条考勤未审核" in shown
    relief = reverse("service:relief", args=[member.pk]) + "?month=2026-01"
    assert relief in shown
    shown = client.get(behind).content.decode()
    assert "清雪" in shown
    assert "3 小时 20 分" in shown
    assert reverse("service:appeal_for", args=[member.pk]) not in shown
    shown = client.get(relief).content.decode()
    assert 'value="2026-01-01"' in shown
    assert 'value="2026-01-31"' in shown
    for nobody in (cast.member, cast.owner, cast.sibling_worker):
        assert page(nobody).get(behind).status_code in (403, 404)


@time_machine.travel(at(1, 20), tick=False)
def test_what_does_not_count_says_why_each_time(page, cast, member):
    serve.credit(
        member, unit=cast.compound, month=at(1, 1).date(), task_number="HZ1", minutes=0, points=0,
        planned_minutes=60, counts_activity=False,
    )  # fmt: skip
    shown = page(cast.member).get(reverse("service:mine")).content.decode()
    assert "HZ1" in shown
    assert "这段时间已记入另一项服务" in shown
