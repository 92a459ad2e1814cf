"""Pages of households and people, claims of a home, consent and rights."""

from django.urls import path

from residents.views import claims, households, ledgers, privacy, roll
from residents.views import care, care_readers, claims, households, privacy, roll

app_name = "residents"
urlpatterns = [
    path("households/", households.household_list, name="households"),
    path("households/<str:code>/", households.household_page, name="household"),
    path("households/<str:code>/change/", households.household_change, name="household_change"),
    path("households/<str:code>/move-in/", households.move_in, name="move_in"),
    path("households/<str:code>/visit/", households.visit, name="visit"),
    path("belongings/<int:pk>/move-out/", households.move_out, name="move_out"),
    path("units/<str:code>/households/add/", households.household_add, name="household_add"),
    path("units/<str:code>/households/pattern/", households.pattern, name="pattern"),
    path("people/", roll.people_list, name="people"),
    path("people/search/", roll.people_search, name="people_search"),
    path("people/<int:pk>/", roll.person_page, name="person"),
    path("people/<int:pk>/correct/", roll.person_correct, name="person_correct"),
    path("care/", care.care_list, name="care"),
    path("care/due/", care.care_due, name="care_due"),
    path("care/add/", care.care_add, name="care_add"),
    path("care/export/", care.care_export, name="care_export"),
    path("care/readers/", care_readers.reader_list, name="care_readers"),
    path("care/readers/add/", care_readers.reader_add, name="care_reader_add"),
    path("care/readers/<int:pk>/dismiss/", care_readers.reader_dismiss, name="care_reader_dismiss"),
    path("care/<int:pk>/", care.care_entry, name="care_entry"),
    path("care/<int:pk>/change/", care.care_change, name="care_change"),
    path("care/<int:pk>/end/", care.care_end, name="care_end"),
    path("care/<int:pk>/visit/", care.care_visit, name="care_visit"),
    path("my-home/", claims.my_home, name="my_home"),
    path("my-home/claim/", claims.claim_search, name="claim_search"),
    path("my-home/claim/<str:code>/", claims.claim_home, name="claim_home"),
    path("claims/", claims.claim_desk, name="claim_desk"),
    path("claims/<int:pk>/code/", claims.enter_code, name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims.withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/verify/", claims.verify, name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.refuse, name="claim_refuse"),
    path("letters/<str:code>/", claims.letters, name="letters"),
    path("privacy/", privacy.notice, name="privacy"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data/consent/", privacy.consent, name="consent"),
    path("my-data/copy/", privacy.export, name="my_data_copy"),
    path("my-data/ask/", privacy.ask, name="data_ask"),
    path("my-data/care/<int:pk>/withdraw/", care.care_withdraw, name="care_withdraw"),
    path("data-requests/", privacy.data_requests, name="data_requests"),
    path("data-requests/<int:pk>/", privacy.decide, name="data_decide"),
    path("people/<int:pk>/unmask/", privacy.unmask, name="unmask"),
    path("units/<str:code>/ledgers/", ledgers.unit_ledgers, name="ledgers"),
    path("units/<str:code>/ledgers/<slug:ledger>/", ledgers.send, name="ledger_send"),
    path(
        "units/<str:code>/ledgers/<slug:ledger>/template/", ledgers.template, name="ledger_template"
    ),
    path("ledgers/<slug:ledger>/export/", ledgers.export, name="ledger_export"),
    path("imports/<int:pk>/", ledgers.import_page, name="ledger_import"),
    path("imports/<int:pk>/wrong-rows/", ledgers.wrong_rows, name="ledger_wrong_rows"),
    path("imports/<int:pk>/<slug:action>/", ledgers.step, name="ledger_step"),
    path("import-rows/<int:pk>/decide/", ledgers.decide, name="ledger_decide"),
    path("unmaskings/", privacy.who_saw_whom, name="unmaskings"),
]
