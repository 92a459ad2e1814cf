from tasks.models.catalogue import Category, Duty, WhistleRule
from tasks.models.tasks import (
    Assignment,
    DecisionRequest,
    Event,
    Rating,
    Task,
    TaskAttachment,
    Transfer,
)

__all__ = [
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
