"""This app's part of /api/v1/."""

from django.urls import path

from orgs.workflow.api import action_paths
from residents.deliberation.discussion import api as discussion_api
from residents.deliberation.meetings import api as meetings_api
from residents.deliberation.promises import api as promises_api
from residents.deliberation.topics import api as topics_api

urlpatterns = [
    path("topics/", topics_api.TopicListView.as_view(), name="topics"),
    path("topics/<int:pk>/", topics_api.TopicView.as_view(), name="topic"),
    path("topics/<int:pk>/comments/", discussion_api.CommentListView.as_view(), name="comments"),
    path("topics/<int:pk>/promises/", promises_api.PromiseListView.as_view(), name="promises"),
    path(
        "topics/<int:pk>/objections/",
        promises_api.ObjectionListView.as_view(),
        name="topic_objections",
    ),
    *action_paths(topics_api.TopicActionView, "topics/<int:pk>/"),
    path("comments/<int:pk>/hide/", discussion_api.HideView.as_view(), name="comment_hide"),
    path("comments/<int:pk>/appeal/", discussion_api.AppealView.as_view(), name="comment_appeal"),
    path(
        "comments/<int:pk>/decide-appeal/",
        discussion_api.DecideAppealView.as_view(),
        name="comment_decide",
    ),
    path("promises/<int:pk>/report/", promises_api.ProgressView.as_view(), name="promise_report"),
    path("promises/<int:pk>/end/", promises_api.EndView.as_view(), name="promise_end"),
    path("promises/<int:pk>/part/", promises_api.PartView.as_view(), name="promise_part"),
    path("promises/<int:pk>/order/", promises_api.OrderView.as_view(), name="promise_order"),
    path(
        "topic-objections/<int:pk>/answer/",
        promises_api.AnswerView.as_view(),
        name="topic_objection_answer",
    ),
    path("joint-meetings/", meetings_api.MeetingListView.as_view(), name="joint_meetings"),
    path(
        "joint-meetings/<int:pk>/minutes/",
        meetings_api.MinutesView.as_view(),
        name="joint_meeting_minutes",
    ),
]
