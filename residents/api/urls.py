"""The residents' part of /api/v1/."""

from django.urls import path

from residents.api import households

urlpatterns = [
    path("households/", households.HouseholdListView.as_view(), name="households"),
    path("households/<str:code>/", households.HouseholdView.as_view(), name="household"),
    path(
        "households/<str:code>/people/",
        households.HouseholdPeopleView.as_view(),
        name="household_people",
    ),
]
