"""The residents' part of /api/v1/."""

from django.urls import path

from residents.api import bodies, care, claims, coverage, households, ledgers, privacy

urlpatterns = [
    path("care/", care.CareListView.as_view(), name="care"),
    path("care/<int:pk>/", care.CareView.as_view(), name="care_entry"),
    path("care/<int:pk>/end/", care.CareEndView.as_view(), name="care_end"),
    path("bodies/", bodies.BodyListView.as_view(), name="bodies"),
    path("bodies/<int:pk>/terms/", bodies.TermListView.as_view(), name="body_terms"),
    path("bodies/<int:pk>/members/", bodies.BodyMemberListView.as_view(), name="body_members"),
    path("contracts/", bodies.ContractListView.as_view(), name="contracts"),
    path("contracts/<int:pk>/end/", bodies.ContractEndView.as_view(), name="contract_end"),
    path("coverage/", coverage.CoverageView.as_view(), name="coverage"),
    path("claims/", claims.ClaimListView.as_view(), name="claims"),
    path("claims/<int:pk>/verify/", claims.VerifyView.as_view(), name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.RefuseView.as_view(), name="claim_refuse"),
    path("imports/", ledgers.ImportListView.as_view(), name="imports"),
    path("imports/<int:pk>/", ledgers.ImportView.as_view(), name="import"),
    path("imports/<int:pk>/rows/", ledgers.ImportRowsView.as_view(), name="import_rows"),
    path("imports/<int:pk>/rows/<int:number>/", ledgers.RowView.as_view(), name="import_row"),
    path("imports/<int:pk>/apply/", ledgers.ApplyView.as_view(), name="import_apply"),
    path("imports/<int:pk>/discard/", ledgers.DiscardView.as_view(), name="import_discard"),
    path("imports/<int:pk>/undo/", ledgers.UndoView.as_view(), name="import_undo"),
    path("claims/<int:pk>/code/", claims.CodeView.as_view(), name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims.WithdrawView.as_view(), name="claim_withdraw"),
    path("consents/", privacy.ConsentView.as_view(), name="consents"),
    path("my-data/", privacy.OwnDataView.as_view(), name="my_data"),
    path("data-requests/", privacy.DataRequestListView.as_view(), name="data_requests"),
    path("data-requests/open/", privacy.OpenRequestListView.as_view(), name="data_requests_open"),
    path("data-requests/<int:pk>/answer/", privacy.AnswerView.as_view(), name="data_request"),
    path("households/", households.HouseholdListView.as_view(), name="households"),
    path("households/<str:code>/", households.HouseholdView.as_view(), name="household"),
    path(
        "households/<str:code>/people/",
        households.HouseholdPeopleView.as_view(),
        name="household_people",
    ),
]
