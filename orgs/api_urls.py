"""The ground floor's part of /api/v1/."""

from django.urls import path

from orgs.accounts import api as accounts_api
from orgs.attachments import api as attachments_api
from orgs.directory.api import ServicePointListView, ServicePointView
from orgs.imports import api as imports_api
from orgs.landmarks.api import LandmarkListView, LandmarkView
from orgs.notifications import api as notifications_api
from orgs.units import api as units_api

urlpatterns = [
    path("service-points/", ServicePointListView.as_view(), name="service_points"),
    path("service-points/<int:pk>/", ServicePointView.as_view(), name="service_point"),
    path("landmarks/", LandmarkListView.as_view(), name="landmarks"),
    path("landmarks/<int:pk>/", LandmarkView.as_view(), name="landmark"),
    *attachments_api.urlpatterns,
    *accounts_api.urlpatterns,
    *imports_api.urlpatterns,
    *notifications_api.urlpatterns,
    *units_api.urlpatterns,
]
