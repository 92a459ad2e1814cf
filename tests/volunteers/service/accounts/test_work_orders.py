"""The minutes of one work order are capped by the rule in force."""

import pytest

from orgs.errors import Refused
from tasks.enums import Action, Status
from tests import factories as make
from tests.factories import NOW
from volunteers.service.accounts import work_orders
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import ExchangeRule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    ensure_rules()


def credited(cast, number, minutes):
    row = work_orders.credit_work(
        number=number, unit=cast.building, taker=cast.member, minutes=minutes, points=10,
        done_at=NOW, text="清理", approved_by=cast.community_worker, now=NOW,
    )  # fmt: skip
    return row.minutes, row.points


def test_one_work_order_is_credited_with_the_most_of_the_rule(cast):
    assert credited(cast, "A1", 6000) == (480, 10)


def test_the_next_version_of_the_rule_counts(cast):
    rule = ExchangeRule.objects.get()
    rule.pk, rule.version, rule.work_order_minutes = None, 2, 120
    rule.save(force_insert=True)
    assert credited(cast, "A1", 121) == (120, 10)


def test_nobody_offers_more_than_is_credited(cast):
    task = make.task(cast, Status.HANDLING)
    with pytest.raises(Refused) as refused:
        make.act(task, Action.OFFER, cast.secretary, minutes=481)
    assert refused.value.code == "too_many_minutes"
    task.refresh_from_db()
    assert task.status == Status.HANDLING
    assert make.act(task, Action.OFFER, cast.secretary, minutes=480).offered_minutes == 480


def test_the_form_of_an_offer_says_how_many_minutes_the_rule_in_force_credits(cast, page):
    rule = ExchangeRule.objects.get()
    rule.pk, rule.version, rule.work_order_minutes = None, 2, 120
    rule.save(force_insert=True)
    task = make.task(cast, Status.HANDLING)
    desk = page(cast.secretary)
    shown = desk.get(f"/tasks/{task.number}/offer/").text
    assert "最多计入 120 分钟" in shown
    assert 'max="120"' in shown
    refused = desk.post(f"/tasks/{task.number}/offer/", {"minutes": 121, "points": 3})
    assert "一张工单最多计 120 分钟" in refused.text or "120" in refused.text
    assert 'value="121"' in refused.text
