from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.hotline import HotlineFile
from tasks.models.rates import DayCount, Exclusion, RateRule
from tasks.models.saved import SavedFilter
from tasks.models.story import DecisionRequest, Event, LimitStepTaken, Rating, TaskAttachment
from tasks.models.tasks import MAX_TEXT, Assignment, Task, Transfer

__all__ = [
    "MAX_TEXT",
    "Assignment",
    "Category",
    "DayCount",
    "DecisionRequest",
    "Duty",
    "Event",
    "Exclusion",
    "HotlineFile",
    "LimitStepTaken",
    "RateRule",
    "Rating",
    "SavedFilter",
    "Task",
    "TaskAttachment",
    "Transfer",
    "WhistleRule",
]
