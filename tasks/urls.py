"""Pages of tasks."""

from django.urls import path

from tasks.views import (
    board,
    bulk,
    hotline,
    ledger,
    listing,
    mine,
    public,
    rates,
    report,
    saved,
    sheet,
    tasks,
)

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
    path("tasks/", listing.task_list, name="list"),
    path("tasks/export/", ledger.export, name="export"),
    path("tasks/bulk/", bulk.act, name="bulk"),
    path("tasks/hotline/", hotline.hotline, name="hotline"),
    path("tasks/hotline/template/", hotline.template, name="hotline_template"),
    path("tasks/hotline/<int:pk>/", hotline.sheet, name="hotline_sheet"),
    path("tasks/saved/", saved.saved, name="saved"),
    path("tasks/saved/<int:pk>/", saved.change, name="saved_change"),
    path("tasks/saved/<int:pk>/delete/", saved.delete, name="saved_delete"),
    path("rates/", rates.rates_page, name="rates"),
    path("rates/exclusions/", rates.exclusions, name="exclusions"),
    path("rates/exclusions/<int:pk>/", rates.decide_exclusion, name="decide_exclusion"),
    path("tasks/<str:number>/", tasks.task, name="task"),
    path("tasks/<str:number>/exclusion/", rates.ask_exclusion, name="ask_exclusion"),
    path("tasks/<str:number>/sheet/", sheet.sheet, name="sheet"),
    path("tasks/<str:number>/reveal/", tasks.reveal, name="reveal"),
    path("tasks/<str:number>/<str:action>/", tasks.act, name="act"),
]
