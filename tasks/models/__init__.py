from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.story import DecisionRequest, Event, Rating, TaskAttachment
from tasks.models.tasks import MAX_TEXT, Assignment, Task, Transfer

__all__ = [
    "MAX_TEXT",
    "Assignment",
    "Category",
    "DecisionRequest",
    "Duty",
    "Event",
    "Rating",
    "Task",
    "TaskAttachment",
    "Transfer",
    "WhistleRule",
]
