"""Pages of residents."""

from django.urls import path

from residents.views import claims, privacy

app_name = "residents"
urlpatterns = [
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
    path("data-requests/", privacy.data_requests, name="data_requests"),
    path("data-requests/<int:pk>/", privacy.decide, name="data_decide"),
    path("people/<int:pk>/unmask/", privacy.unmask, name="unmask"),
    path("unmaskings/", privacy.who_saw_whom, name="unmaskings"),
]
