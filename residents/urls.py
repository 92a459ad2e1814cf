"""Pages of households and people, claims of a home, consent and rights."""

from django.urls import path

from residents.views import claims, households, privacy, roll

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
    path("my-home/", claims.my_home, name="my_home"),
    path("my-home/claim/", claims.claim_search, name="claim_search"),
    path("my-home/claim/<str:code>/", claims.claim_home, name="claim_home"),
    path("claims/", claims.claim_desk, name="claim_desk"),
    path("claims/<int:pk>/code/", claims.enter_code, name="claim_code"),
    path("claims/<int:pk>/withdraw/", claims.withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/verify/", claims.verify, name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.refuse, name="claim_refuse"),
    path("letters/<str:code>/", claims.letters, name="letters"),
    path("letters/runs/<int:pk>/", claims.letter_run, name="letter_run"),
    path("letters/sheets/<int:pk>/", claims.letter_sheet, name="letter_sheet"),
    path("privacy/", privacy.notice, name="privacy"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data/consent/", privacy.consent, name="consent"),
    path("my-data/copy/", privacy.export, name="my_data_copy"),
    path("my-data/ask/", privacy.ask, name="data_ask"),
    path("data-requests/", privacy.request_desk, name="data_requests"),
    path("data-requests/<int:pk>/", privacy.decide, name="data_decide"),
    path("people/<int:pk>/unmask/", privacy.unmask, name="unmask"),
    path("unmaskings/", privacy.who_saw_whom, name="unmaskings"),
]
