"""Addresses of the tasks' API, below /api/v1/."""

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view

from tasks.actions import USE_CASES
from tasks.api import campaigns, feedback, lists, patrols, views
from tasks.api.bodies import BODIES, EmptyBody
from tasks.api.presenting import TaskDetail
from tasks.enums import Action, MeasureAction


def _action_path(action: Action) -> object:
    """One address an action, so that the schema names each with its own body."""
    name = f"Task{action.name.title().replace('_', '')}View"
    members = {"action": action, "__doc__": action.value}
    view: type[views.TaskActionView] = type(name, (views.TaskActionView,), members)
    described = extend_schema_view(
        post=extend_schema(
            operation_id=f"tasks_{action.name.lower()}",
            request=BODIES.get(action, EmptyBody),
            responses=TaskDetail,
        )
    )(view)
    return path(
        f"tasks/<str:number>/{action.value}/", described.as_view(), name=f"task-{action.value}"
    )


def _measure_path(action: MeasureAction) -> object:
    """The same for the steps with a measure."""
    name = f"Measure{action.name.title().replace('_', '')}View"
    members = {"action": action, "__doc__": action.value}
    view: type[campaigns.MeasureActionView] = type(name, (campaigns.MeasureActionView,), members)
    described = extend_schema_view(
        post=extend_schema(
            operation_id=f"measures_{action.name.lower()}",
            request=campaigns.BODIES[action],
            responses=campaigns.MeasureDetail,
        )
    )(view)
    return path(
        f"measures/<int:pk>/{action.value}/", described.as_view(), name=f"measure-{action.value}"
    )


urlpatterns = [
    path("patrols/", patrols.PatrolListView.as_view(), name="patrols"),
    path("patrols/<int:pk>/recheck/", patrols.PatrolRecheckView.as_view(), name="patrol_recheck"),
    path("feedback/", feedback.InvitationListView.as_view(), name="feedback"),
    path("feedback/<int:pk>/answer/", feedback.AnswerView.as_view(), name="feedback_answer"),
    path("campaigns/", campaigns.CampaignListView.as_view(), name="campaigns"),
    path("campaigns/<int:pk>/", campaigns.CampaignView.as_view(), name="campaign"),
    path("measures/", campaigns.MeasureListView.as_view(), name="measures"),
    path("measures/<int:pk>/", campaigns.MeasureView.as_view(), name="measure"),
    *[_measure_path(action) for action in campaigns.BODIES],
    path("categories/", views.CategoryListView.as_view(), name="categories"),
    path("tasks/", views.TaskListView.as_view(), name="tasks"),
    path("tasks/export/", lists.LedgerView.as_view(), name="task-export"),
    path("tasks/caller/", lists.CallerView.as_view(), name="task-caller"),
    path("tasks/bulk/", lists.BulkView.as_view(), name="task-bulk"),
    path("tasks/hotline/", lists.HotlineView.as_view(), name="task-hotline"),
    path("saved-filters/", lists.SavedFiltersView.as_view(), name="saved-filters"),
    path("saved-filters/<int:pk>/", lists.SavedFilterView.as_view(), name="saved-filter"),
    path("tasks/<str:number>/", views.TaskView.as_view(), name="task"),
    *[_action_path(action) for action in USE_CASES],
]
