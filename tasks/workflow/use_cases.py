"""Every action of the workflow and the use-case behind it: one table for pages and the API."""

from collections.abc import Callable

from tasks.enums import Action
from tasks.models import Task
from tasks.workflow.steps import closing, department_work, dispatch, offers, triage

USE_CASES: dict[Action, Callable[..., Task]] = {
    Action.ACCEPT: triage.accept,
    Action.DECLINE: triage.decline,
    Action.WHISTLE: triage.whistle,
    Action.TRANSFER: triage.transfer,
    Action.MERGE: triage.merge,
    Action.OFFER: offers.offer,
    Action.RECALL: offers.recall,
    Action.TAKE: offers.take,
    Action.DROP: offers.drop,
    Action.SIGN: dispatch.sign,
    Action.RETURN: dispatch.return_to_community,
    Action.DISPATCH: dispatch.dispatch,
    Action.DECIDE_REFUSAL: dispatch.decide_refusal,
    Action.DECIDE_EXTENSION: dispatch.decide_extension,
    Action.REPORT_IN: department_work.report_in,
    Action.CONTACT: department_work.contact,
    Action.REFUSE: department_work.refuse,
    Action.FINISH: department_work.finish,
    Action.RESOLVE: department_work.resolve,
    Action.CONFIRM: department_work.confirm,
    Action.REWORK: department_work.rework,
    Action.REQUEST_EXTENSION: department_work.request_extension,
    Action.RATE: closing.rate,
    Action.REOPEN: closing.reopen,
    Action.WITHDRAW: closing.withdraw,
    Action.COMMENT: closing.comment,
    Action.URGE: closing.urge,
}
