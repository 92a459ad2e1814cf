"""The API of forms."""

from django.urls import path

from governance.data_forms.collections import api as collections
from orgs.workflow.api import action_paths

urlpatterns = [
    path("collections/", collections.CollectionListView.as_view(), name="collections"),
    path("collections/<int:pk>/", collections.CollectionView.as_view(), name="collection"),
    path(
        "collections/<int:pk>/copies/",
        collections.CollectionCopyView.as_view(),
        name="collection_copies",
    ),
    *action_paths(collections.CollectionActionView, "collections/<int:pk>/"),
    path("submissions/", collections.SubmissionListView.as_view(), name="submissions"),
    path("submissions/<int:pk>/", collections.SubmissionView.as_view(), name="submission"),
    path(
        "submissions/<int:pk>/refill/", collections.RefillView.as_view(), name="submission_refill"
    ),
    path(
        "submissions/<int:pk>/consents/",
        collections.ConsentView.as_view(),
        name="submission_consents",
    ),
    *action_paths(collections.SubmissionActionView, "submissions/<int:pk>/"),
    path("form-catalogue/", collections.CatalogueListView.as_view(), name="form_catalogue"),
    path(
        "form-catalogue/<int:pk>/ask/",
        collections.CatalogueAskView.as_view(),
        name="form_catalogue_ask",
    ),
    path(
        "form-catalogue/<int:pk>/end/",
        collections.CatalogueEndView.as_view(),
        name="form_catalogue_end",
    ),
]
