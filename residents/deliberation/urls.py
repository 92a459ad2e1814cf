"""Pages of topics and polls."""

from django.urls import path

from residents.deliberation.discussion import views as discussion_views
from residents.deliberation.meetings import views as meetings_views
from residents.deliberation.polls.views import desk as desk_views
from residents.deliberation.polls.views import documents as document_views
from residents.deliberation.polls.views import polls as poll_views
from residents.deliberation.polls.views import printing as printing_views
from residents.deliberation.polls.views import roll as roll_views
from residents.deliberation.polls.views import settings as setting_views
from residents.deliberation.polls.views import voting as voting_views
from residents.deliberation.promises import views as promises_views
from residents.deliberation.topics import views as topics_views

app_name = "deliberation"
urlpatterns = [
    path("polls/", poll_views.poll_list, name="polls"),
    path("polls/new/", poll_views.poll_new, name="poll_new"),
    path("polls/<int:pk>/", poll_views.poll_page, name="poll"),
    path("polls/<int:pk>/act/<str:action>/", poll_views.PollActView.as_view(), name="poll_act"),
    path("polls/<int:pk>/missing/", poll_views.plan_page, name="poll_plan"),
    path("polls/<int:pk>/what-if/", poll_views.what_if_page, name="poll_what_if"),
    path("polls/<int:pk>/vote/<int:entry>/", voting_views.vote, name="poll_vote"),
    path("polls/<int:pk>/mine/<int:i>/", voting_views.receipt, name="poll_receipt"),
    path("polls/<int:pk>/mine/<int:i>/dispute/", voting_views.dispute, name="poll_dispute"),
    path("polls/<int:pk>/disputes/<int:i>/", voting_views.decide_dispute, name="poll_judge"),
    path("polls/<int:pk>/object/", voting_views.object_to, name="poll_object"),
    path("poll-objections/<int:pk>/answer/", voting_views.answer, name="poll_objection_answer"),
    path("polls/<int:pk>/board/", voting_views.board, name="poll_board"),
    path(
        "polls/<int:pk>/board.json",
        voting_views.board_file,
        {"name": "board"},
        name="poll_board_file",
    ),
    path(
        "polls/<int:pk>/openings.json",
        voting_views.board_file,
        {"name": "openings"},
        name="poll_openings_file",
    ),
    path("polls/<int:pk>/roll/", roll_views.roll_page, name="poll_roll"),
    path("polls/<int:pk>/roll/<int:entry>/contest/", voting_views.contest, name="poll_contest"),
    path(
        "polls/<int:pk>/roll/<int:entry>/decide/", roll_views.decide_entry, name="poll_decide_entry"
    ),
    path(
        "polls/<int:pk>/roll/<int:entry>/voter/", roll_views.choose_voter, name="poll_choose_voter"
    ),
    path(
        "polls/<int:pk>/roll/<int:entry>/veto/",
        roll_views.entry_act,
        {"action": "veto"},
        name="poll_veto",
    ),
    path(
        "polls/<int:pk>/roll/<int:entry>/pass-on/",
        roll_views.entry_act,
        {"action": "pass-on"},
        name="poll_pass_on",
    ),
    path("polls/<int:pk>/desk/", desk_views.desk, name="poll_desk"),
    path("polls/<int:pk>/desk/<int:entry>/", desk_views.desk_entry, name="poll_desk_entry"),
    path("polls/<int:pk>/desk/<int:entry>/deliver/", desk_views.deliver, name="poll_deliver"),
    path("polls/<int:pk>/desk/<int:entry>/proxy/", desk_views.give_proxy, name="poll_proxy"),
    path(
        "polls/<int:pk>/desk/<int:entry>/proxy/revoke/",
        desk_views.revoke_proxy,
        name="poll_proxy_revoke",
    ),
    path("polls/<int:pk>/desk/<int:entry>/turnout/", desk_views.turn_out, name="poll_turn_out"),
    path(
        "polls/<int:pk>/desk/<int:entry>/contest/", desk_views.contest_for, name="poll_contest_for"
    ),
    path("polls/<int:pk>/desk/<int:entry>/object/", desk_views.object_for, name="poll_object_for"),
    path(
        "polls/<int:pk>/desk/<int:entry>/dispute/", desk_views.dispute_for, name="poll_dispute_for"
    ),
    path("polls/<int:pk>/papers/<int:paper_pk>/", desk_views.settle, name="poll_settle"),
    path("polls/<int:pk>/costs/", desk_views.costs, name="poll_costs"),
    path("polls/<int:pk>/notice.pdf", document_views.notice, name="poll_notice"),
    path("polls/<int:pk>/poster.pdf", document_views.poster, name="poll_poster"),
    path("polls/<int:pk>/no/<int:number>/", printing_views.entry, name="poll_entry"),
    path("polls/<int:pk>/ballots/print/", printing_views.order, name="poll_ballots"),
    path("ballot-runs/<int:pk>/", printing_views.run, name="ballot_run"),
    path("ballot-sheets/<int:pk>/", printing_views.sheet, name="ballot_sheet"),
    path("polls/<int:pk>/settings/", setting_views.poll_settings, name="poll_settings"),
    path(
        "polls/<int:pk>/result-files/add/", setting_views.add_result_file, name="poll_result_file"
    ),
    path("poll-result-files/<int:pk>/", setting_views.result_file, name="result_file"),
    path(
        "poll-result-files/<int:pk>/read/", setting_views.read_result_file, name="read_result_file"
    ),
    path("polls/<int:pk>/result.xlsx", setting_views.result_template, name="poll_result_template"),
    path("polls/<int:pk>/roll.xlsx", document_views.roll_file, name="poll_roll_file"),
    path("topics/", topics_views.topics, name="topics"),
    path("topics/new/", topics_views.propose, name="topic_new"),
    path("units/<str:code>/topics/new/", topics_views.propose_for, name="topic_new_for"),
    path("topics/<int:pk>/", topics_views.topic, name="topic"),
    path("topics/<int:pk>/versions/", topics_views.versions, name="topic_versions"),
    path("topics/<int:pk>/signatures/", topics_views.signatures, name="topic_signatures"),
    path("topics/<int:pk>/say/", discussion_views.say, name="say"),
    path("topics/<int:pk>/say/for/", discussion_views.say_for, name="say_for"),
    path("topics/<int:pk>/discussion/", discussion_views.fetch, name="discussion_fetch"),
    path("topics/<int:pk>/promise/", promises_views.promise_new, name="promise_new"),
    path("topics/<int:pk>/object/", promises_views.object_to, name="topic_object"),
    path("topics/<int:pk>/object/for/", promises_views.object_for, name="topic_object_for"),
    path("topics/<int:pk>/notice/", promises_views.notice_pdf, name="topic_notice"),
    path(
        "topics/<int:pk>/act/<str:action>/", topics_views.TopicActView.as_view(), name="topic_act"
    ),
    path("units/<str:code>/topic-rules/", topics_views.rule, name="topic_rules"),
    path("units/<str:code>/joint-meetings/call/", meetings_views.call, name="meeting_call"),
    path("joint-meetings/<int:pk>/", meetings_views.meeting, name="meeting"),
    path("joint-meetings/<int:pk>/minutes/", meetings_views.minutes, name="meeting_minutes"),
    path("comments/<int:pk>/answer/", discussion_views.answer, name="comment_answer"),
    path("comments/<int:pk>/hide/", discussion_views.hide, name="comment_hide"),
    path("comments/<int:pk>/appeal/", discussion_views.appeal, name="comment_appeal"),
    path("comments/<int:pk>/decide/", discussion_views.decide, name="comment_decide"),
    path("promises/<int:pk>/report/", promises_views.report, name="promise_report"),
    path("promises/<int:pk>/end/", promises_views.end, name="promise_end"),
    path("promises/<int:pk>/part/", promises_views.part, name="promise_part"),
    path("promises/<int:pk>/order/", promises_views.order, name="promise_order"),
    path("topic-objections/<int:pk>/answer/", promises_views.answer, name="topic_objection_answer"),
]
