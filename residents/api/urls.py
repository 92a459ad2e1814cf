"""The residents' part of /api/v1/."""

from django.urls import path

from residents.api import bodies, claims, coverage, households

urlpatterns = [
    path("bodies/", bodies.BodyListView.as_view(), name="bodies"),
    path("bodies/<int:pk>/terms/", bodies.TermListView.as_view(), name="body_terms"),
    path("bodies/<int:pk>/members/", bodies.BodyMemberListView.as_view(), name="body_members"),
    path("contracts/", bodies.ContractListView.as_view(), name="contracts"),
    path("contracts/<int:pk>/end/", bodies.ContractEndView.as_view(), name="contract_end"),
    path("coverage/", coverage.CoverageView.as_view(), name="coverage"),
    path("claims/", claims.ClaimListView.as_view(), name="claims"),
    path("claims/<int:pk>/verify/", claims.VerifyView.as_view(), name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.RefuseView.as_view(), name="claim_refuse"),
    path("households/", households.HouseholdListView.as_view(), name="households"),
    path("households/<str:code>/", households.HouseholdView.as_view(), name="household"),
    path(
        "households/<str:code>/people/",
        households.HouseholdPeopleView.as_view(),
        name="household_people",
    ),
]
