"""Pages of households and people, claims of a home, consent and rights."""

from django.urls import path

from residents.care.views import entries as care_views
from residents.care.views import readers as reader_views
from residents.claims import views as claims_views
from residents.organisations.views import bodies as organisations_views
from residents.organisations.views import coverage as coverage_views
from residents.privacy import views as privacy_views
from residents.roll.views import households as household_views
from residents.roll.views import people as people_views

app_name = "residents"
urlpatterns = [
    path("households/", household_views.household_list, name="households"),
    path("households/<str:code>/", household_views.household_page, name="household"),
    path(
        "households/<str:code>/change/", household_views.household_change, name="household_change"
    ),
    path("households/<str:code>/move-in/", household_views.move_in, name="move_in"),
    path("households/<str:code>/visit/", household_views.visit, name="visit"),
    path("belongings/<int:pk>/move-out/", household_views.move_out, name="move_out"),
    path("units/<str:code>/households/add/", household_views.household_add, name="household_add"),
    path("units/<str:code>/households/pattern/", household_views.pattern, name="pattern"),
    path("units/<str:code>/bodies/add/", organisations_views.body_add, name="body_add"),
    path("bodies/<int:pk>/", organisations_views.body_page, name="body"),
    path("bodies/<int:pk>/terms/add/", organisations_views.term_add, name="term_add"),
    path("bodies/<int:pk>/members/add/", organisations_views.member_add, name="member_add"),
    path("terms/<int:pk>/register/", organisations_views.term_register, name="term_register"),
    path("terms/<int:pk>/end/", organisations_views.term_end, name="term_end"),
    path("body-members/<int:pk>/leave/", organisations_views.member_end, name="member_end"),
    path("units/<str:code>/contracts/", organisations_views.contract_list, name="contracts"),
    path("units/<str:code>/contracts/add/", organisations_views.contract_add, name="contract_add"),
    path("contracts/<int:pk>/end/", organisations_views.contract_end, name="contract_end"),
    path("coverage/", coverage_views.coverage_page, name="coverage"),
    path("coverage/compounds/", coverage_views.coverage_compounds, name="coverage_compounds"),
    path("coverage/export/", coverage_views.coverage_export, name="coverage_export"),
    path("people/", people_views.people_list, name="people"),
    path("people/search/", people_views.people_search, name="people_search"),
    path("people/<int:pk>/", people_views.person_page, name="person"),
    path("people/<int:pk>/correct/", people_views.person_correct, name="person_correct"),
    path("care/", care_views.care_list, name="care"),
    path("care/due/", care_views.care_due, name="care_due"),
    path("care/add/", care_views.care_add, name="care_add"),
    path("care/export/", care_views.care_export, name="care_export"),
    path("care/readers/", reader_views.reader_list, name="care_readers"),
    path("care/readers/add/", reader_views.reader_add, name="care_reader_add"),
    path("care/readers/<int:pk>/dismiss/", reader_views.reader_dismiss, name="care_reader_dismiss"),
    path("units/<str:code>/care/missing/", care_views.care_missing, name="care_missing"),
    path("care/<int:pk>/", care_views.care_entry, name="care_entry"),
    path("care/<int:pk>/change/", care_views.care_change, name="care_change"),
    path("care/<int:pk>/end/", care_views.care_end, name="care_end"),
    path("care/<int:pk>/visit/", care_views.care_visit, name="care_visit"),
    path("my-home/", claims_views.my_home, name="my_home"),
    path("my-home/claim/", claims_views.claim_search, name="claim_search"),
    path("my-home/claim/<str:code>/", claims_views.claim_home, name="claim_home"),
    path("my-home/<int:pk>/leave/", claims_views.leave, name="leave_home"),
    path("my-home/<int:pk>/invite/", claims_views.invite, name="invite_home"),
    path("claims/", claims_views.claim_desk, name="claim_desk"),
    path("claims/<int:pk>/code/", claims_views.enter_code, name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims_views.withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/papers/", claims_views.papers, name="claim_papers"),
    path("claims/<int:pk>/verify/", claims_views.verify, name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims_views.refuse, name="claim_refuse"),
    path("letters/<str:code>/", claims_views.letters, name="letters"),
    path("letters/runs/<int:pk>/", claims_views.letter_run, name="letter_run"),
    path("letters/sheets/<int:pk>/", claims_views.letter_sheet, name="letter_sheet"),
    path("privacy/", privacy_views.notice, name="privacy"),
    path("my-data/", privacy_views.my_data, name="my_data"),
    path("my-data/consent/", privacy_views.consent, name="consent"),
    path("my-data/copy/", privacy_views.export, name="my_data_copy"),
    path("my-data/requests/<int:pk>/back/", privacy_views.take_back, name="data_take_back"),
    path("my-data/ask/", privacy_views.my_data, name="data_ask"),
    path("my-data/care/<int:pk>/withdraw/", care_views.care_withdraw, name="care_withdraw"),
    path("people/<int:pk>/data/", privacy_views.person_data, name="person_data"),
    path("people/<int:pk>/data/consent/", privacy_views.consent_for, name="consent_for"),
    path("people/<int:pk>/data/copy/", privacy_views.copy_for, name="data_copy_for"),
    path(
        "people/<int:pk>/data/requests/<int:asked>/back/",
        privacy_views.take_back_for,
        name="data_take_back_for",
    ),
    path("data-requests/", privacy_views.request_desk, name="data_requests"),
    path("data-requests/<int:pk>/", privacy_views.decide, name="data_decide"),
    path("people/<int:pk>/unmask/", privacy_views.unmask, name="unmask"),
    path("unmaskings/", privacy_views.who_saw_whom, name="unmaskings"),
]
