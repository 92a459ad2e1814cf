from tasks.models.calls import CallBackTry
from tasks.models.campaigns import Campaign, Measure, MeasureAttachment, MeasureEntry
from tasks.models.catalogue import Category, Duty, StageRule, Synonym, WhistleRule
from tasks.models.dispatches import Assignment
from tasks.models.feedback import DepartmentFeedback, FeedbackRound, WhistleFeedback
from tasks.models.following import Follow
from tasks.models.patrols import Patrol
from tasks.models.rates import DayCount, DayToCount, Exclusion, RateRule
from tasks.models.saved import SavedFilter
from tasks.models.story import DecisionRequest, Event, LimitStepTaken, Rating, TaskAttachment
from tasks.models.tasks import MAX_SPOT, MAX_TEXT, Task, Transfer
from tasks.models.tickets import ReportTicket
from tasks.models.visits import JointVisit, VisitGuest

__all__ = [
    "MAX_SPOT",
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
    "Follow",
    "JointVisit",
    "LimitStepTaken",
    "Measure",
    "MeasureAttachment",
    "MeasureEntry",
    "Patrol",
    "RateRule",
    "Rating",
    "ReportTicket",
    "SavedFilter",
    "StageRule",
    "Synonym",
    "Task",
    "TaskAttachment",
    "Transfer",
    "VisitGuest",
    "WhistleFeedback",
    "WhistleRule",
]
