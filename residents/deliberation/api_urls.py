"""This app's part of /api/v1/."""

from django.urls import include, path

from orgs.workflow.api import action_paths
from residents.deliberation.discussion import api as discussion_api
from residents.deliberation.meetings import api as meetings_api
from residents.deliberation.polls.api import box, polls, roll
from residents.deliberation.promises import api as promises_api
from residents.deliberation.topics import api as topics_api

_polls = [
    # First: of the last minutes of a vote.
    path("<int:pk>/ballots/", box.CastView.as_view(), name="poll_ballots"),
    path("", polls.PollListView.as_view(), name="polls"),
    path("<int:pk>/", polls.PollView.as_view(), name="poll"),
    path("<int:pk>/tally/", polls.TallyView.as_view(), name="poll_tally"),
    path("<int:pk>/result-files/", polls.ResultFileListView.as_view(), name="poll_result_files"),
    path("<int:pk>/plan/", polls.PlanView.as_view(), name="poll_plan"),
    path("<int:pk>/roll/", roll.RollView.as_view(), name="poll_roll"),
    path(
        "<int:pk>/roll/<int:entry>/contest/",
        roll.ContestView.as_view(),
        name="poll_roll_contest",
    ),
    path(
        "<int:pk>/roll/<int:entry>/decide/",
        roll.DecideEntryView.as_view(),
        name="poll_roll_decide",
    ),
    path("<int:pk>/roll/<int:entry>/veto/", roll.VetoView.as_view(), name="poll_roll_veto"),
    path(
        "<int:pk>/roll/<int:entry>/pass-on/",
        roll.PassOnView.as_view(),
        name="poll_roll_pass_on",
    ),
    path("<int:pk>/voters/", roll.ChooseVoterView.as_view(), name="poll_voters"),
    path("<int:pk>/deliveries/", roll.DeliveryView.as_view(), name="poll_deliveries"),
    path("<int:pk>/proxies/", roll.ProxyListView.as_view(), name="poll_proxies"),
    path(
        "<int:pk>/proxies/<int:proxy>/revoke/",
        roll.RevokeProxyView.as_view(),
        name="poll_proxy_revoke",
    ),
    path("<int:pk>/turnout/", roll.TurnoutView.as_view(), name="poll_turnout"),
    path("<int:pk>/objections/", roll.ObjectionListView.as_view(), name="poll_objections"),
    path("<int:pk>/ballots/<int:i>/dispute/", box.DisputeView.as_view(), name="poll_dispute"),
    path(
        "<int:pk>/ballots/<int:i>/decide-dispute/",
        box.DecideDisputeView.as_view(),
        name="poll_dispute_decide",
    ),
    path("<int:pk>/paper/", box.PaperView.as_view(), name="poll_paper"),
    path(
        "<int:pk>/paper/<int:paper>/settle/",
        box.SettlePaperView.as_view(),
        name="poll_paper_settle",
    ),
    path("<int:pk>/board/", box.BoardView.as_view(), name="poll_board"),
    path("<int:pk>/openings/", box.OpeningsView.as_view(), name="poll_openings"),
    path("<int:pk>/checkpoints/", box.CheckpointListView.as_view(), name="poll_checkpoints"),
    path("<int:pk>/receipt/", box.ReceiptView.as_view(), name="poll_receipt"),
    *action_paths(polls.PollActionView, "<int:pk>/"),
]
_topics = [
    path("", topics_api.TopicListView.as_view(), name="topics"),
    path("<int:pk>/", topics_api.TopicView.as_view(), name="topic"),
    path("<int:pk>/comments/", discussion_api.CommentListView.as_view(), name="comments"),
    path("<int:pk>/promises/", promises_api.PromiseListView.as_view(), name="promises"),
    path(
        "<int:pk>/objections/",
        promises_api.ObjectionListView.as_view(),
        name="topic_objections",
    ),
    *action_paths(topics_api.TopicActionView, "<int:pk>/"),
]
# By noun, so that an address of another is compared with few.
urlpatterns = [
    path("polls/", include(_polls)),
    path("topics/", include(_topics)),
    path(
        "poll-objections/<int:pk>/answer/", roll.AnswerView.as_view(), name="poll_objection_answer"
    ),
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
