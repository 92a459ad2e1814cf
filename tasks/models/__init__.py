from tasks.models.calls import CallBackTry
from tasks.models.campaigns import Campaign, Measure, MeasureAttachment, MeasureEntry
from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.dispatches import Assignment
from tasks.models.feedback import DepartmentFeedback, FeedbackRound, WhistleFeedback
from tasks.models.patrols import Patrol
from tasks.models.rates import DayCount, DayToCount, Exclusion, RateRule
from tasks.models.saved import SavedFilter
from tasks.models.story import DecisionRequest, Event, LimitStepTaken, Rating, TaskAttachment
from tasks.models.tasks import MAX_TEXT, Task, Transfer

__all__ = [
    "MAX_TEXT",
    "Assignment",
    "CallBackTry",
    "Campaign",
    "Category",
    "DayCount",
    "DayToCount",
    "DecisionRequest",
    "DepartmentFeedback",
    "Duty",
    "Event",
    "Exclusion",
    "FeedbackRound",
    "LimitStepTaken",
    "Measure",
    "MeasureAttachment",
    "MeasureEntry",
    "Patrol",
    "RateRule",
    "Rating",
    "SavedFilter",
    "Task",
    "TaskAttachment",
    "Transfer",
    "WhistleFeedback",
    "WhistleRule",
]
