"""Addresses of dashboards."""

from django.urls import path

from governance.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("dashboards/", views.boards, name="boards"),
    path("dashboards/<slug:kind>/<slug:code>/", views.board, name="board"),
    path("dashboards/<slug:kind>/<slug:code>/wall/", views.wall, name="wall"),
    path("dashboards/<slug:kind>/<slug:code>/duty/", views.duty, name="duty"),
]
