"""Addresses of the tasks' API, below /api/v1/."""

from django.urls import path

from orgs.workflow.api import action_paths
from tasks.calls import api as calls_api
from tasks.campaigns import api as campaigns_api
from tasks.catalogue import api as catalogue_api
from tasks.feedback import api as feedback_api
from tasks.hotline import api as hotline_api
from tasks.lists import api as lists_api
from tasks.patrols import api as patrols_api
from tasks.rates import api as rates_api
from tasks.reports import api as reports_api
from tasks.visits import api as visits_api
from tasks.workflow.api import views

urlpatterns = [
    path("patrols/", patrols_api.PatrolListView.as_view(), name="patrols"),
    path(
        "patrols/<int:pk>/recheck/", patrols_api.PatrolRecheckView.as_view(), name="patrol_recheck"
    ),
    path("feedback/", feedback_api.InvitationListView.as_view(), name="feedback"),
    path("feedback/<int:pk>/answer/", feedback_api.AnswerView.as_view(), name="feedback_answer"),
    path("campaigns/", campaigns_api.CampaignListView.as_view(), name="campaigns"),
    path("campaigns/<int:pk>/", campaigns_api.CampaignView.as_view(), name="campaign"),
    path("measures/", campaigns_api.MeasureListView.as_view(), name="measures"),
    path("measures/<int:pk>/", campaigns_api.MeasureView.as_view(), name="measure"),
    *action_paths(campaigns_api.MeasureActionView, "measures/<int:pk>/"),
    path("public-reports/", reports_api.PublicReportView.as_view(), name="public_reports"),
    path(
        "public-reports/question/",
        reports_api.QuestionView.as_view(),
        name="public_report_question",
    ),
    path("public-reports/tickets/", reports_api.TicketView.as_view(), name="public_report_tickets"),
    path(
        "public-reports/photos/",
        reports_api.TicketPhotoView.as_view(),
        name="public_report_photos",
    ),
    path("calls/", calls_api.CallView.as_view(), name="calls"),
    path("call-backs/", calls_api.CallBackListView.as_view(), name="call-backs"),
    path(
        "call-backs/<str:number>/not-reached/",
        calls_api.NotReachedView.as_view(),
        name="call-back-not-reached",
    ),
    path("joint-visits/", visits_api.VisitListView.as_view(), name="joint-visits"),
    path("joint-visits/<int:pk>/", visits_api.VisitView.as_view(), name="joint-visit"),
    path("units/<str:code>/duties/", catalogue_api.DutyListView.as_view(), name="duties"),
    path("categories/", catalogue_api.CategoryListView.as_view(), name="categories"),
    path("tasks/", lists_api.TaskListView.as_view(), name="tasks"),
    path("tasks/export/", lists_api.WorkbookView.as_view(), name="task-export"),
    path("tasks/caller/", lists_api.CallerView.as_view(), name="task-caller"),
    path("tasks/bulk/", lists_api.BulkView.as_view(), name="task-bulk"),
    path("tasks/hotline/", hotline_api.HotlineView.as_view(), name="task-hotline"),
    path("rates/", rates_api.RatesView.as_view(), name="rates"),
    path("rates/bulletin/", rates_api.BulletinView.as_view(), name="rates-bulletin"),
    path("rates/export/", rates_api.BulletinWorkbookView.as_view(), name="rates-export"),
    path("saved-filters/", lists_api.SavedFiltersView.as_view(), name="saved-filters"),
    path("saved-filters/<int:pk>/", lists_api.SavedFilterView.as_view(), name="saved-filter"),
    path("tasks/<str:number>/", views.TaskView.as_view(), name="task"),
    path(
        "tasks/<str:number>/reveal-contact/",
        views.RevealContactView.as_view(),
        name="task-reveal-contact",
    ),
    *action_paths(views.TaskActionView, "tasks/<str:number>/"),
]
