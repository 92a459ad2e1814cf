"""The API of dashboards."""

from django.urls import path

from governance.dashboards import api

urlpatterns = [
    path("dashboards/", api.DashboardListView.as_view(), name="dashboards"),
    path("dashboards/<slug:kind>/<slug:code>/", api.DashboardView.as_view(), name="dashboard"),
    path(
        "dashboards/<slug:kind>/<slug:code>/below/",
        api.DashboardBelowView.as_view(),
        name="dashboard_below",
    ),
]
