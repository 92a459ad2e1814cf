"""The residents' part of /api/v1/."""

from django.urls import path

from residents.api import claims, households

urlpatterns = [
    path("claims/", claims.ClaimListView.as_view(), name="claims"),
    path("claims/<int:pk>/verify/", claims.VerifyView.as_view(), name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.RefuseView.as_view(), name="claim_refuse"),
    path("claims/<int:pk>/code/", claims.CodeView.as_view(), name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims.WithdrawView.as_view(), name="claim_withdraw"),
    path("households/", households.HouseholdListView.as_view(), name="households"),
    path("households/<str:code>/", households.HouseholdView.as_view(), name="household"),
    path(
        "households/<str:code>/people/",
        households.HouseholdPeopleView.as_view(),
        name="household_people",
    ),
]
