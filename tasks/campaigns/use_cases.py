"""Every step with a measure and the use-case behind it: one table for pages and the API."""

from collections.abc import Callable

from tasks.campaigns import measures
from tasks.enums import MeasureAction
from tasks.models import Measure

USE_CASES: dict[MeasureAction, Callable[..., Measure]] = {
    MeasureAction.REPORT: measures.report,
    MeasureAction.SUBMIT: measures.submit,
    MeasureAction.CLOSE: measures.close,
    MeasureAction.SEND_BACK: measures.send_back,
    MeasureAction.REOPEN: measures.reopen,
}
