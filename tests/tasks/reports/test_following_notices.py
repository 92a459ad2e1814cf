"""Whoever follows a neighbour's report reads its kind in their own language."""

from django.utils import translation

from orgs.models import Notice
from orgs.notifications import notifications
from tasks.enums import Action, Status
from tasks.reports import following
from tasks.workflow.notifications import notify_of_events
from tests import factories as make


def test_the_kind_is_told_in_the_readers_language(cast):
    kind = make.category(code="light-broken", name="路灯不亮", name_en="Broken street light")
    task = make.task(cast, Status.SUBMITTED, category=kind)
    following.follow(task=task, by=cast.neighbour, now=make.NOW)
    make.act(
        task,
        Action.DECLINE,
        cast.community_worker,
        reason_code="not_public",
        reason="不属于公共区域",
    )
    notify_of_events(make.NOW)
    notice = Notice.objects.get(recipient=cast.neighbour)
    with translation.override("en"):
        assert "Broken street light" in notifications.text_of(notice)
        assert "路灯" not in notifications.text_of(notice)
    with translation.override("zh-hans"):
        assert "路灯不亮" in notifications.text_of(notice)
    # Notices of before hold the Chinese name alone.
    notice.data.pop("kind_en")
    with translation.override("en"):
        assert "路灯不亮" in notifications.text_of(notice)
