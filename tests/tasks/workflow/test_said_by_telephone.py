"""Reporters without an account take a report back by telephone: a colleague who took no part enters it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.models import ShortMessage
from tasks.enums import Action, Channel, Status, Who
from tasks.reports.report import report
from tasks.workflow import short_messages
from tasks.workflow.rules.relations import VerifiedReporter
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.steps import closing
from tests import factories as make


@pytest.fixture
def colleague(cast):
    person = make.user("colleague", name="钱社工")
    make.position(person, Role.COMMUNITY_WORKER, cast.community)
    return person


def told(cast, **values):
    return report(
        unit=cast.compound, category=make.category(), text="路灯不亮", by=cast.community_worker,
        now=make.NOW, **{"contact_name": "周奶奶", "contact_phone": "071312345678"} | values,
    )  # fmt: skip


def test_a_colleague_enters_that_a_report_is_taken_back(cast, page, colleague):
    task = told(cast)
    assert task.channel == Channel.PHONE
    for person in (cast.community_worker, cast.grid_worker, cast.owner):
        with pytest.raises(NotAllowed):
            closing.withdraw(task=task, reason="来电要求撤回", by=person, now=make.NOW)
    with pytest.raises(Refused) as refused:
        closing.withdraw(task=task, by=colleague, now=make.NOW)
    assert refused.value.code == "no_reason"
    sent = page(colleague).post(
        f"/tasks/{task.number}/withdraw/", {"reason": "周奶奶今天来电，自己换好了灯泡"}
    )
    assert sent.status_code == 302
    task.refresh_from_db()
    event = task.events.get(action=Action.WITHDRAW)
    assert (task.status, event.by, event.who) == (Status.WITHDRAWN, colleague, Who.CALL_BACK)


def test_whoever_can_take_it_back_themselves_does(cast, colleague):
    """With an account, with a code sent to their mobile, through the hotline."""
    passer_by = report(
        unit=cast.compound, category=make.category(), text="井盖坏了", by=AnonymousUser(),
        contact_phone="13800000002", now=make.NOW,
    )  # fmt: skip
    own, hotline = make.task(cast), told(cast, outside_number="HL-1")
    mobile = told(cast, contact_phone="13800000001")
    for task in (own, hotline, mobile, passer_by):
        with pytest.raises(NotAllowed):
            closing.withdraw(task=task, reason="来电要求撤回", by=colleague, now=make.NOW)
        assert not WORKFLOW.is_open(task, Action.WITHDRAW, colleague, make.NOW)


def test_who_left_a_mobile_reads_that_a_report_was_taken_back(cast):
    task = told(cast, contact_phone="13800000001")
    short_messages.tell(make.NOW)
    closing.withdraw(task=task, by=VerifiedReporter(task.pk), now=make.NOW)
    assert short_messages.tell(make.NOW) == 1
    assert "撤回" in ShortMessage.objects.latest("pk").text
