from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.story import DecisionRequest, Event, LimitStepTaken, Rating, TaskAttachment
from tasks.models.tasks import MAX_TEXT, Assignment, Task, Transfer

__all__ = [
    "MAX_TEXT",
    "Assignment",
    "Category",
    "DecisionRequest",
    "Duty",
    "Event",
    "LimitStepTaken",
    "Rating",
    "Task",
    "TaskAttachment",
    "Transfer",
    "WhistleRule",
]
