"""The API of forms."""

from django.urls import path

from governance.data_forms.answers import api as answers
from governance.data_forms.blanks import api as blanks
from governance.data_forms.catalogue import api as catalogue
from governance.data_forms.collections import api as collections
from governance.data_forms.fillings import api as fillings
from governance.data_forms.lists import api as lists
from governance.data_forms.submissions import api as submissions
from governance.data_forms.sums import api as sums
from orgs.workflow.api import action_paths

urlpatterns = [
    path("forms/<int:pk>/answers/", answers.AnswersView.as_view(), name="form_answers"),
    path("blank-forms/", blanks.FormListView.as_view(), name="blank_forms"),
    path("blank-forms/<int:pk>/", blanks.FormView.as_view(), name="blank_form"),
    path("blank-forms/<int:pk>/fields/", blanks.FieldsView.as_view(), name="blank_form_fields"),
    path("blank-forms/<int:pk>/rows/", fillings.RowsView.as_view(), name="blank_form_rows"),
    path("blank-forms/<int:pk>/parts/", sums.PartsView.as_view(), name="blank_form_parts"),
    path(
        "blank-forms/<int:pk>/preview/", fillings.PreviewView.as_view(), name="blank_form_preview"
    ),
    path("blank-forms/<int:pk>/numbers/", sums.NumbersView.as_view(), name="blank_form_numbers"),
    path(
        "blank-forms/<int:pk>/numbers/<int:row>/<int:place>/",
        sums.BehindView.as_view(),
        name="blank_form_behind",
    ),
    path(
        "blank-forms/<int:pk>/columns/<int:place>/<str:code>/",
        sums.BehindColumnView.as_view(),
        name="blank_form_behind_column",
    ),
    path("blank-forms/<int:pk>/import/", answers.ReturnedView.as_view(), name="blank_form_import"),
    path("blank-forms/<int:pk>/fill/", fillings.FillView.as_view(), name="blank_form_fill"),
    path("filled-forms/<int:pk>/", fillings.CopyView.as_view(), name="filled_form"),
    path("filled-forms/<int:pk>/file/", fillings.CopyFileView.as_view(), name="filled_form_file"),
    path("saved-lists/", lists.SavedListsView.as_view(), name="saved_lists"),
    path("saved-lists/<int:pk>/", lists.SavedListView.as_view(), name="saved_list"),
    path("saved-lists/<int:pk>/rows/", lists.ListRowsView.as_view(), name="saved_list_rows"),
    path(
        "saved-lists/<int:pk>/entries/", lists.ListEntriesView.as_view(), name="saved_list_entries"
    ),
    path("saved-lists/<int:pk>/file/", lists.ListFileView.as_view(), name="saved_list_file"),
    path("collections/", collections.CollectionListView.as_view(), name="collections"),
    path("collections/<int:pk>/", collections.CollectionView.as_view(), name="collection"),
    path(
        "collections/<int:pk>/copies/",
        collections.CollectionCopyView.as_view(),
        name="collection_copies",
    ),
    *action_paths(collections.CollectionActionView, "collections/<int:pk>/"),
    path("submissions/", submissions.SubmissionListView.as_view(), name="submissions"),
    path("submissions/<int:pk>/", submissions.SubmissionView.as_view(), name="submission"),
    path(
        "submissions/<int:pk>/refill/", submissions.RefillView.as_view(), name="submission_refill"
    ),
    path(
        "submissions/<int:pk>/consents/",
        submissions.ConsentView.as_view(),
        name="submission_consents",
    ),
    path(
        "submissions/<int:pk>/consents/withdraw/",
        submissions.WithdrawConsentView.as_view(),
        name="submission_consents_withdraw",
    ),
    *action_paths(submissions.SubmissionActionView, "submissions/<int:pk>/"),
    path("form-catalogue/burden/", catalogue.BurdenView.as_view(), name="form_burden"),
    path("form-catalogue/", catalogue.CatalogueListView.as_view(), name="form_catalogue"),
    path(
        "form-catalogue/<int:pk>/ask/",
        catalogue.CatalogueAskView.as_view(),
        name="form_catalogue_ask",
    ),
    path(
        "form-catalogue/<int:pk>/propose/",
        catalogue.CatalogueProposeView.as_view(),
        name="form_catalogue_propose",
    ),
    path(
        "form-catalogue/<int:pk>/end/",
        catalogue.CatalogueEndView.as_view(),
        name="form_catalogue_end",
    ),
]
