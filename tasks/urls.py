"""Pages of tasks."""

from django.urls import path

from tasks.views import board, campaigns, measures, mine, public, rates, report, tasks

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
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path("campaigns/template/", campaigns.campaign_template, name="campaign_template"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:pk>/add/", measures.measure_new, name="measure_new"),
    path("campaigns/<int:pk>/import/", campaigns.campaign_import, name="campaign_import"),
    path("campaigns/<int:pk>/export/", campaigns.campaign_export, name="campaign_export"),
    path("campaigns/measures/<int:pk>/", measures.measure, name="measure"),
    path("campaigns/measures/<int:pk>/change/", measures.measure_change, name="measure_change"),
    path("campaigns/measures/<int:pk>/<str:action>/", measures.measure_act, name="measure_act"),
    path("rates/", rates.rates_page, name="rates"),
    path("rates/exclusions/", rates.exclusions, name="exclusions"),
    path("rates/exclusions/<int:pk>/", rates.decide_exclusion, name="decide_exclusion"),
    path("tasks/<str:number>/", tasks.task, name="task"),
    path("tasks/<str:number>/exclusion/", rates.ask_exclusion, name="ask_exclusion"),
    path("tasks/<str:number>/reveal/", tasks.reveal, name="reveal"),
    path("tasks/<str:number>/<str:action>/", tasks.act, name="act"),
]
