"""Pages of topics and polls."""

from django.urls import path

from residents.deliberation.discussion import views as discussion_views
from residents.deliberation.meetings import views as meetings_views
from residents.deliberation.promises import views as promises_views
from residents.deliberation.topics import views as topics_views

app_name = "deliberation"
urlpatterns = [
    path("topics/", topics_views.topics, name="topics"),
    path("topics/new/", topics_views.propose, name="topic_new"),
    path("topics/<int:pk>/", topics_views.topic, name="topic"),
    path("topics/<int:pk>/versions/", topics_views.versions, name="topic_versions"),
    path("topics/<int:pk>/signatures/", topics_views.signatures, name="topic_signatures"),
    path("topics/<int:pk>/say/", discussion_views.say, name="say"),
    path("topics/<int:pk>/discussion/", discussion_views.fetch, name="discussion_fetch"),
    path("topics/<int:pk>/promise/", promises_views.promise_new, name="promise_new"),
    path("topics/<int:pk>/object/", promises_views.object_to, name="topic_object"),
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
