"""Pages of tasks."""

from django.urls import path

from tasks.views import board, feedback, mine, patrols, public, rates, report, tasks

app_name = "tasks"
urlpatterns = [
    path("report/", report.AccountReportPage.as_view(), name="report"),
    path("report/sent/<str:number>/", report.sent, name="report_sent"),
    path("report/duplicates/", report.duplicates, name="duplicates"),
    path("report/categories/", report.categories, name="categories"),
    path("report/places/", report.places, name="places"),
    path("report/photos/<uuid:key>/", report.photo, name="report_photo"),
    path("mine/", mine.mine, name="mine"),
    path("public/report/", public.PublicReportPage.as_view(), name="public_report"),
    path("progress/", public.look_up, name="progress"),
    path("progress/<str:number>/", public.progress_task, name="progress_task"),
    path("progress/<str:number>/<str:action>/", public.progress_act, name="progress_act"),
    path("board/", board.board, name="board"),
    path("inbox/", board.inbox, name="inbox"),
    path("orders/", board.orders, name="orders"),
    path("tasks/", tasks.task_list, name="list"),
    path("rates/", rates.rates_page, name="rates"),
    path("rates/exclusions/", rates.exclusions, name="exclusions"),
    path("rates/exclusions/<int:pk>/", rates.decide_exclusion, name="decide_exclusion"),
    path("patrols/", patrols.patrol_list, name="patrols"),
    path("patrols/new/", patrols.new, name="patrol_new"),
    path("patrols/worker.js", patrols.worker, name="patrol_worker"),
    path("patrols/export/", patrols.export, name="patrol_export"),
    path("patrols/<int:pk>/recheck/", patrols.recheck, name="patrol_recheck"),
    path("feedback/", feedback.asked, name="feedback"),
    path("feedback/<int:pk>/", feedback.answer, name="feedback_answer"),
    path("feedback/streets/<str:code>/", feedback.open_round, name="feedback_open"),
    path("feedback/rounds/<int:pk>/", feedback.round_page, name="feedback_round"),
    path("refusals/", feedback.refusals_page, name="refusals"),
    path("tasks/<str:number>/whistle/", feedback.rate_whistle, name="rate_whistle"),
    path("tasks/<str:number>/", tasks.task, name="task"),
    path("tasks/<str:number>/exclusion/", rates.ask_exclusion, name="ask_exclusion"),
    path("tasks/<str:number>/reveal/", tasks.reveal, name="reveal"),
    path("tasks/<str:number>/<str:action>/", tasks.act, name="act"),
]
