"""Pages of tasks."""

from django.urls import path

from tasks.calls import views as calls_views
from tasks.campaigns.views import campaigns as campaigns_views
from tasks.campaigns.views import measures as measure_views
from tasks.catalogue import views as catalogue_views
from tasks.feedback import views as feedback_views
from tasks.hotline import views as hotline_views
from tasks.lists.views import board, replies
from tasks.lists.views import bulk as bulk_views
from tasks.lists.views import export as export_view
from tasks.lists.views import saved_filters as saved_views
from tasks.lists.views import tasks as lists_views
from tasks.patrols import views as patrols_views
from tasks.rates import views as rates_views
from tasks.reports.views import my_reports
from tasks.reports.views import public as public_views
from tasks.reports.views import reports as reports_views
from tasks.visits import views as visits_views
from tasks.workflow.views import print as print_view
from tasks.workflow.views import tasks as workflow_views

app_name = "tasks"
urlpatterns = [
    path("report/", reports_views.AccountReportPage.as_view(), name="report"),
    path("report/sent/<str:number>/", reports_views.sent, name="report_sent"),
    path("report/duplicates/", reports_views.duplicates, name="duplicates"),
    path("report/categories/", reports_views.categories, name="categories"),
    path("report/likely/", reports_views.likely_kinds, name="likely_kinds"),
    path("report/places/", reports_views.places, name="places"),
    path("report/photos/<uuid:key>/", reports_views.photo, name="report_photo"),
    path("mine/", my_reports.mine, name="mine"),
    path("followed/", my_reports.follow, name="follow"),
    path("followed/<int:pk>/", my_reports.followed, name="followed"),
    path("followed/<int:pk>/stop/", my_reports.unfollow, name="unfollow"),
    path("public/report/", public_views.PublicReportPage.as_view(), name="public_report"),
    path("progress/", public_views.look_up, name="progress"),
    path("progress/<str:number>/", public_views.progress_task, name="progress_task"),
    path(
        "progress/<str:number>/photos/<uuid:key>/",
        public_views.progress_photo,
        name="progress_photo",
    ),
    path("progress/<str:number>/<str:action>/", public_views.progress_act, name="progress_act"),
    path("duties/", catalogue_views.choose, name="duties_choose"),
    path("duties/<str:code>/", catalogue_views.duties_page, name="duties"),
    path("calls/", calls_views.take, name="call"),
    path("call-backs/", calls_views.queue, name="call_backs"),
    path("call-backs/<str:number>/", calls_views.call_back, name="call_back"),
    path("board/", board.board, name="board"),
    path("inbox/", board.inbox, name="inbox"),
    path("orders/", board.orders, name="orders"),
    path("campaigns/", campaigns_views.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns_views.campaign_new, name="campaign_new"),
    path("campaigns/template/", campaigns_views.campaign_template, name="campaign_template"),
    path("campaigns/<int:pk>/", campaigns_views.campaign, name="campaign"),
    path("campaigns/<int:pk>/add/", measure_views.measure_new, name="measure_new"),
    path("campaigns/<int:pk>/import/", campaigns_views.campaign_import, name="campaign_import"),
    path("campaigns/<int:pk>/export/", campaigns_views.campaign_export, name="campaign_export"),
    path("campaigns/measures/<int:pk>/", measure_views.measure, name="measure"),
    path(
        "campaigns/measures/<int:pk>/<str:action>/",
        measure_views.MeasureActView.as_view(),
        name="measure_act",
    ),
    path("joint-visits/", visits_views.visits, name="visits"),
    path("joint-visits/<int:pk>/", visits_views.visit, name="visit"),
    path("tasks/", lists_views.task_list, name="list"),
    path("tasks/find/", lists_views.find, name="find"),
    path("tasks/export/", export_view.export, name="export"),
    path("tasks/bulk/", bulk_views.act, name="bulk"),
    path("tasks/hotline/", hotline_views.hotline, name="hotline"),
    path("tasks/hotline/template/", hotline_views.template, name="hotline_template"),
    path("tasks/hotline/replies/", replies.replies, name="hotline_replies"),
    path("tasks/saved/", saved_views.saved, name="saved"),
    path("tasks/saved/<int:pk>/", saved_views.change, name="saved_change"),
    path("tasks/saved/<int:pk>/delete/", saved_views.delete, name="saved_delete"),
    path("rates/", rates_views.rates_page, name="rates"),
    path("rates/bulletin/", rates_views.bulletin_pdf, name="bulletin"),
    path("rates/export/", rates_views.bulletin_workbook, name="rates_export"),
    path("rates/exclusions/", rates_views.exclusions, name="exclusions"),
    path("rates/exclusions/<int:pk>/", rates_views.decide_exclusion, name="decide_exclusion"),
    path("patrols/", patrols_views.patrol_list, name="patrols"),
    path("patrols/new/", patrols_views.new, name="patrol_new"),
    path("patrols/worker.js", patrols_views.worker, name="patrol_worker"),
    path("patrols/export/", patrols_views.export, name="patrol_export"),
    path("patrols/<int:pk>/recheck/", patrols_views.recheck, name="patrol_recheck"),
    path("feedback/", feedback_views.asked, name="feedback"),
    path("feedback/<int:pk>/", feedback_views.answer, name="feedback_answer"),
    path("feedback/streets/<str:code>/", feedback_views.open_round, name="feedback_open"),
    path("feedback/rounds/<int:pk>/", feedback_views.round_page, name="feedback_round"),
    path("refusals/", feedback_views.refusals_page, name="refusals"),
    path("tasks/<str:number>/whistle-feedback/", feedback_views.rate_whistle, name="rate_whistle"),
    path("tasks/<str:number>/", workflow_views.task, name="task"),
    path("tasks/<str:number>/exclusion/", rates_views.ask_exclusion, name="ask_exclusion"),
    path("tasks/<str:number>/sheet/", print_view.sheet, name="sheet"),
    path("tasks/<str:number>/reveal/", workflow_views.reveal, name="reveal"),
    path("tasks/<str:number>/<str:action>/", workflow_views.TaskActView.as_view(), name="act"),
]
