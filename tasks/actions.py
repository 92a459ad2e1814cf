"""Every action of the workflow and the use-case behind it: one table for pages and the API."""

from collections.abc import Callable

from tasks import dispatching, offering, rating, triage, working
from tasks.enums import Action
from tasks.models import Task

USE_CASES: dict[Action, Callable[..., Task]] = {
    Action.ACCEPT: triage.accept,
    Action.DECLINE: triage.decline,
    Action.WHISTLE: triage.whistle,
    Action.TRANSFER: triage.transfer,
    Action.MERGE: triage.merge,
    Action.OFFER: offering.offer,
    Action.RECALL: offering.recall,
    Action.TAKE: offering.take,
    Action.DROP: offering.drop,
    Action.SIGN: dispatching.sign,
    Action.RETURN: dispatching.return_to_community,
    Action.DISPATCH: dispatching.dispatch,
    Action.DECIDE_REFUSAL: dispatching.decide_refusal,
    Action.DECIDE_EXTENSION: dispatching.decide_extension,
    Action.REPORT_IN: working.report_in,
    Action.CONTACT: working.contact,
    Action.REFUSE: working.refuse,
    Action.FINISH: working.finish,
    Action.RESOLVE: working.resolve,
    Action.CONFIRM: working.confirm,
    Action.REWORK: working.rework,
    Action.REQUEST_EXTENSION: working.request_extension,
    Action.RATE: rating.rate,
    Action.REOPEN: rating.reopen,
    Action.WITHDRAW: rating.withdraw,
    Action.COMMENT: rating.comment,
    Action.URGE: rating.urge,
}
