"""Pages of forms."""

from django.urls import path

from governance.data_forms.answers.views import desk as answers
from governance.data_forms.answers.views import phone
from governance.data_forms.blanks import views as blanks
from governance.data_forms.catalogue import views as catalogue
from governance.data_forms.collections import views as collections
from governance.data_forms.fillings import views as fillings
from governance.data_forms.lists import views as lists
from governance.data_forms.submissions import views as submissions
from governance.data_forms.sums import views as sums

app_name = "data_forms"
urlpatterns = [
    path("forms/", blanks.form_list, name="forms"),
    path("forms/add/", blanks.add, name="form_add"),
    path("forms/phone/", phone.form_list, name="phone_forms"),
    path("forms/phone/worker.js", phone.worker, name="phone_worker"),
    path("forms/phone/<int:pk>/", phone.rows, name="phone_rows"),
    path("forms/<int:pk>/", blanks.form_page, name="form"),
    path("forms/<int:pk>/delete/", blanks.delete, name="form_delete"),
    path("forms/<int:pk>/fields/", blanks.choose_fields, name="form_fields"),
    path("forms/<int:pk>/rows/", fillings.choose_rows, name="form_rows"),
    path("forms/<int:pk>/complete/", answers.complete, name="form_complete"),
    path("forms/<int:pk>/import/", answers.send, name="form_import"),
    path("forms/<int:pk>/preview/", fillings.preview, name="form_preview"),
    path("forms/<int:pk>/fill/", fillings.fill, name="form_fill"),
    path("forms/<int:pk>/numbers/complete/", sums.complete, name="form_numbers"),
    path("forms/<int:pk>/counts/<int:row>/<int:place>/", sums.choose, name="form_part"),
    path("forms/<int:pk>/numbers/<int:row>/<int:place>/", sums.behind, name="form_number"),
    path("forms/<int:pk>/columns/<int:place>/<str:code>/", sums.behind_column, name="form_column"),
    path("forms/lists/", lists.saved, name="lists"),
    path("forms/lists/add/", lists.save, name="list_add"),
    path("forms/lists/<int:pk>/", lists.opened, name="list"),
    path("forms/lists/<int:pk>/rows/", lists.choose, name="list_rows"),
    path("forms/lists/<int:pk>/file/", lists.export, name="list_file"),
    path("forms/lists/<int:pk>/delete/", lists.delete, name="list_delete"),
    path("forms/filled/<int:pk>/", fillings.filled_page, name="filled"),
    path("forms/filled/<int:pk>/file/", fillings.fetch, name="filled_file"),
    path("collections/", collections.collection_list, name="collections"),
    path("collections/ask/", collections.ask, name="collection_ask"),
    path("collections/<int:pk>/", collections.collection_page, name="collection"),
    path("collections/<int:pk>/copy/", collections.copy, name="collection_copy"),
    path(
        "collections/<int:pk>/<slug:action>/",
        collections.CollectionActView.as_view(),
        name="collection_act",
    ),
    path("submissions/<int:pk>/", submissions.submission_page, name="submission"),
    path("submissions/<int:pk>/refill/", submissions.refill, name="submission_refill"),
    path("submissions/<int:pk>/consent/", submissions.consent, name="submission_consent"),
    path(
        "submissions/<int:pk>/<slug:action>/",
        submissions.SubmissionActView.as_view(),
        name="submission_act",
    ),
    path("form-catalogue/", catalogue.catalogue_list, name="catalogue"),
    path("form-catalogue/burden/", catalogue.burden, name="burden"),
    path("form-catalogue/<int:pk>/", catalogue.catalogue_page, name="catalogue_form"),
    path("form-catalogue/<int:pk>/ask/", catalogue.ask, name="catalogue_ask"),
    path("form-catalogue/<int:pk>/propose/", catalogue.propose, name="catalogue_propose"),
    path("form-catalogue/<int:pk>/end/", catalogue.end, name="catalogue_end"),
]
