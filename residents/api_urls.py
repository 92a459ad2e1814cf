"""The residents' part of /api/v1/."""

from django.urls import path

from residents.care import api as care_api
from residents.claims import api as claims_api
from residents.organisations.api import bodies as organisations_api
from residents.organisations.api import coverage as coverage_api
from residents.privacy import api as privacy_api
from residents.roll import api as roll_api

urlpatterns = [
    path("care/", care_api.CareListView.as_view(), name="care"),
    path("care/<int:pk>/", care_api.CareView.as_view(), name="care_entry"),
    path("care/<int:pk>/end/", care_api.CareEndView.as_view(), name="care_end"),
    path("bodies/", organisations_api.BodyListView.as_view(), name="bodies"),
    path("bodies/<int:pk>/terms/", organisations_api.TermListView.as_view(), name="body_terms"),
    path(
        "bodies/<int:pk>/members/",
        organisations_api.BodyMemberListView.as_view(),
        name="body_members",
    ),
    path("contracts/", organisations_api.ContractListView.as_view(), name="contracts"),
    path(
        "contracts/<int:pk>/end/", organisations_api.ContractEndView.as_view(), name="contract_end"
    ),
    path("coverage/", coverage_api.CoverageView.as_view(), name="coverage"),
    path("claims/", claims_api.ClaimListView.as_view(), name="claims"),
    path("claims/<int:pk>/verify/", claims_api.VerifyView.as_view(), name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims_api.RefuseView.as_view(), name="claim_refuse"),
    path("claims/<int:pk>/code/", claims_api.CodeView.as_view(), name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims_api.WithdrawView.as_view(), name="claim_withdraw"),
    path("consents/", privacy_api.ConsentView.as_view(), name="consents"),
    path("my-data/", privacy_api.OwnDataView.as_view(), name="my_data"),
    path("data-requests/", privacy_api.DataRequestListView.as_view(), name="data_requests"),
    path(
        "data-requests/open/", privacy_api.OpenRequestListView.as_view(), name="data_requests_open"
    ),
    path("data-requests/<int:pk>/answer/", privacy_api.AnswerView.as_view(), name="data_request"),
    path("households/", roll_api.HouseholdListView.as_view(), name="households"),
    path("households/<str:code>/", roll_api.HouseholdView.as_view(), name="household"),
    path(
        "households/<str:code>/people/",
        roll_api.HouseholdPeopleView.as_view(),
        name="household_people",
    ),
]
