"""Addresses of the tasks' API, below /api/v1/."""

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view

from tasks.campaigns import api as campaigns_api
from tasks.catalogue import api as catalogue_api
from tasks.enums import Action, MeasureAction
from tasks.feedback import api as feedback_api
from tasks.hotline import api as hotline_api
from tasks.lists import api as lists_api
from tasks.patrols import api as patrols_api
from tasks.workflow.api import views
from tasks.workflow.api.bodies import BODIES, EmptyBody
from tasks.workflow.api.serializers import TaskDetail
from tasks.workflow.use_cases import USE_CASES


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
    view: type[campaigns_api.MeasureActionView] = type(
        name, (campaigns_api.MeasureActionView,), members
    )
    described = extend_schema_view(
        post=extend_schema(
            operation_id=f"measures_{action.name.lower()}",
            request=campaigns_api.BODIES[action],
            responses=campaigns_api.MeasureDetail,
        )
    )(view)
    return path(
        f"measures/<int:pk>/{action.value}/", described.as_view(), name=f"measure-{action.value}"
    )


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
    *[_measure_path(action) for action in campaigns_api.BODIES],
    path("categories/", catalogue_api.CategoryListView.as_view(), name="categories"),
    path("tasks/", lists_api.TaskListView.as_view(), name="tasks"),
    path("tasks/export/", lists_api.LedgerView.as_view(), name="task-export"),
    path("tasks/caller/", lists_api.CallerView.as_view(), name="task-caller"),
    path("tasks/bulk/", lists_api.BulkView.as_view(), name="task-bulk"),
    path("tasks/hotline/", hotline_api.HotlineView.as_view(), name="task-hotline"),
    path("saved-filters/", lists_api.SavedFiltersView.as_view(), name="saved-filters"),
    path("saved-filters/<int:pk>/", lists_api.SavedFilterView.as_view(), name="saved-filter"),
    path("tasks/<str:number>/", views.TaskView.as_view(), name="task"),
    *[_action_path(action) for action in USE_CASES],
]
