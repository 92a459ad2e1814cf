"""Whatever people try in whatever order: the rules refuse it, or a sound task comes of it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orgs.enums import Role
from orgs.errors import DomainError
from tasks.enums import (
    AT_WORK,
    AUTOMATIC,
    FINAL,
    OPEN,
    WITH_DEPARTMENTS,
    Action,
    AssignmentRole,
    GuestKind,
    Status,
)
from tasks.models import Task
from tasks.workflow.rules.transitions import TRANSITIONS
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS, those
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
    "two_departments_officer",
    "district_cadre",
    "sibling_worker",
    "admin",
)

TAKEN_BY_PEOPLE = those(lambda one: one.use_case is not None)


class AnySequence(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.cast.two_departments_officer = make.user()
        for department in (cls.cast.urban, cls.cast.housing):
            make.position(cls.cast.two_departments_officer, Role.DEPARTMENT_OFFICER, department)
        cls.category = make.category()
        cls.kinds = {"public": cls.category, "priority": make.category(is_urgent=True)}
        cls.target = make.task(cls.cast, category=cls.category)

    def body(self, action, kind):
        cast = self.cast
        return {
            Action.DECLINE: {"reason_code": "repeated", "reason": "已答复"},
            Action.WHISTLE: {"kind": kind, "reason": "需要部门"},
            Action.TRANSFER: {"unit": cast.sibling},
            Action.MERGE: {"into": self.target},
            Action.CORRECT: {"category": self.kinds[kind], "reason": "看过"},
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
            Action.ASSIGN: {"person": cast.grid_worker},
            Action.HAND_BACK: {"reason": "请换人"},
            Action.ARRANGE_VISIT: {
                "starts_at": make.NOW + timedelta(days=1),
                "guests": [GuestKind.STREET, GuestKind.COMMUNITY],
            },
            Action.RECORD_VISIT: {"came": [], "minutes": "到场看过"},
            Action.CANCEL_VISIT: {"reason": "改日"},
        }.get(action, {})

    def check_sound(self, task):
        assert (task.closed_at is not None) == (task.status in FINAL)
        active = [one for one in task.assignments.all() if one.is_active]
        if task.status in WITH_DEPARTMENTS:
            assert [one.role for one in active].count(AssignmentRole.LEAD) == 1
        elif task.status == Status.RESOLVED:
            assert {one.role for one in active} <= {AssignmentRole.ASSIST}
        else:
            assert not active
        assert {one.round for one in active} <= {task.dispatch_round}
        # Somebody has to act by a time in every state in which work is under way, in no other.
        assert (task.limit_at is not None) == (task.status in AT_WORK)
        assert (task.light(make.NOW) is not None) or task.status not in AT_WORK
        assert len([one for one in task.requests.all() if one.decided_at is None]) <= 2

    @settings(max_examples=60, derandomize=True)
    @given(st.data())
    def test_only_the_rules_refuse(self, data):
        """A refusal is a DomainError, never the database's; what is offered is what succeeds.

        Mostly what is offered is tried, so that tasks come far; now and then anything.
        """
        task = make.task(self.cast, category=self.category)
        for _ in range(data.draw(st.integers(5, 30), label="steps")):
            person = getattr(self.cast, data.draw(st.sampled_from(ACTORS)))
            kind = data.draw(st.sampled_from(["public", "priority"]))
            before, offered = task.status, WORKFLOW.available_actions(task, person, make.NOW)
            any_action = not offered or data.draw(st.integers(0, 4)) == 0
            action = Action(
                data.draw(st.sampled_from(sorted(TAKEN_BY_PEOPLE) if any_action else offered))
            )
            try:
                SPECIFICATIONS[action].take(
                    task=task, by=person, now=make.NOW, **self.body(action, kind)
                )
                happened = True
            except DomainError as refusal:
                # An offered action may still be refused for what its body says, never for the rest.
                pause = action == Action.URGE and refusal.status == 429
                has_it = refusal.code == "handed_already"
                assert action not in offered or refusal.status == 400 or pause or has_it
                happened = False
            task = Task.objects.select_related("unit", "whistle_rule").get(pk=task.pk)
            if happened:
                assert action in offered
                self.check_sound(task)
            else:
                assert task.status == before

    def test_every_state_but_the_first_is_some_actions_target(self):
        reached = {row.target for rows in TRANSITIONS.values() for row in rows if row.target}
        assert reached | {Status.SUBMITTED, Status.REPORTED_IN, Status.TAKEN} == set(Status)
        assert {action for action, rows in TRANSITIONS.items() if rows} - AUTOMATIC == set(
            TAKEN_BY_PEOPLE
        )
        assert set(Status) == OPEN | FINAL
