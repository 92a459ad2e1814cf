from tasks.models.campaigns import Campaign, Measure, MeasureAttachment, MeasureEntry
from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.feedback import DepartmentFeedback, FeedbackRound, WhistleFeedback
from tasks.models.hotline import HotlineFile
from tasks.models.patrols import Patrol
from tasks.models.rates import DayCount, Exclusion, RateRule
from tasks.models.saved import SavedFilter
from tasks.models.story import DecisionRequest, Event, LimitStepTaken, Rating, TaskAttachment
from tasks.models.tasks import MAX_TEXT, Assignment, Task, Transfer

__all__ = [
    "MAX_TEXT",
    "Assignment",
    "Campaign",
    "Category",
    "DayCount",
    "DecisionRequest",
    "DepartmentFeedback",
    "Duty",
    "Event",
    "Exclusion",
    "FeedbackRound",
    "HotlineFile",
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
