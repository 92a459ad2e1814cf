"""Whatever people try in whatever order: the rules refuse it, or a sound task comes of it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgs.errors import DomainError
from tasks.actions import USE_CASES
from tasks.enums import FINAL, OPEN, Action, AssignmentRole, Light, Status
from tasks.models import Task
from tasks.workflow import TABLE, available_actions
from tests import factories as make
from tests.cast import make_cast

ACTORS = (
    "owner",
    "community_worker",
    "grid_worker",
    "secretary",
    "member",
    "volunteer",
    "street_leader",
    "urban_officer",
    "housing_officer",
    "district_cadre",
    "sibling_worker",
    "admin",
)


class AnySequence(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.category = make.category()
        cls.target = make.task(cls.cast, category=cls.category)

    def body(self, action, kind):
        cast = self.cast
        return {
            Action.DECLINE: {"reason_code": "repeated", "reason": "已答复"},
            Action.WHISTLE: {"kind": kind, "reason": "需要部门"},
            Action.TRANSFER: {"unit": cast.sibling},
            Action.MERGE: {"into": self.target},
            Action.DROP: {"reason": "有事"},
            Action.RETURN: {"reason": "请社区办"},
            Action.DISPATCH: {"lead": cast.urban, "assist": [cast.housing]},
            Action.DECIDE_REFUSAL: {"granted": kind == "public", "reason": "研究决定"},
            Action.DECIDE_EXTENSION: {"granted": kind == "public", "reason": "研究决定"},
            Action.CONTACT: {"text": "已联系"},
            Action.REFUSE: {"reason": "不属职责"},
            Action.FINISH: {"text": "已完成"},
            Action.RESOLVE: {"outcome": "solved", "text": "已办", "reason": "协办已知"},
            Action.REWORK: {"reason": "再办"},
            Action.REQUEST_EXTENSION: {"until": make.NOW + timedelta(days=30), "reason": "缺料"},
            Action.RATE: {"contacted": True, "resolved": True, "stars": 4},
            Action.REOPEN: {"reason": "又坏了"},
            Action.COMMENT: {"text": "在看"},
            Action.URGE: {"text": "请快"},
        }.get(action, {})

    def check_sound(self, task):
        assert (task.closed_at is not None) == (task.status in FINAL)
        active = [one for one in task.assignments.all() if one.is_active]
        if task.status in (Status.DISPATCHED, Status.REPORTED_IN):
            assert [one.role for one in active].count(AssignmentRole.LEAD) == 1
        if task.status == Status.WHISTLED:
            assert not active
            assert task.light(make.NOW) is None
        assert task.light(make.NOW) in (None, *Light)
        assert len([one for one in task.requests.all() if one.decided_at is None]) <= 2

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(USE_CASES)),
                st.sampled_from(ACTORS),
                st.sampled_from(["public", "priority"]),
            ),
            min_size=5,
            max_size=40,
        )
    )
    def test_only_the_rules_refuse(self, steps):
        """A refusal is a DomainError, never the database's; what is offered is what succeeds."""
        task = make.task(self.cast, category=self.category)
        for action, who, kind in steps:
            person = getattr(self.cast, who)
            before, offered = task.status, available_actions(task, person)
            try:
                USE_CASES[action](task=task, by=person, now=make.NOW, **self.body(action, kind))
                happened = True
            except DomainError as refusal:
                # An offered action may still be refused for what its body says, never for the rest.
                assert action not in offered or refusal.status == 400
                happened = False
            task = Task.objects.select_related("unit", "whistle_rule").get(pk=task.pk)
            if happened:
                assert action in offered
                self.check_sound(task)
            else:
                assert task.status == before

    def test_every_state_but_the_first_is_some_actions_target(self):
        reached = {row.target for row in TABLE if row.target}
        assert reached | {Status.SUBMITTED, Status.REPORTED_IN, Status.TAKEN} == set(Status)
        assert {row.action for row in TABLE} - {Action.EXPIRE} == set(USE_CASES)
        assert set(Status) == OPEN | FINAL
