"""The API of assessments."""

from django.urls import path

from governance.assessment.classes import api as classes
from governance.assessment.ratings import api as ratings
from governance.assessment.review import api as review
from governance.assessment.runs import api as runs
from governance.assessment.schemes import api as schemes
from orgs.workflow.api import action_paths

urlpatterns = [
    path("schemes/", schemes.SchemeListView.as_view(), name="schemes"),
    path("schemes/<int:pk>/check/", schemes.SchemeCheckView.as_view(), name="scheme_check"),
    path("schemes/<int:pk>/publish/", schemes.SchemePublishView.as_view(), name="scheme_publish"),
    path("schemes/<int:pk>/ratings/", ratings.EvaluateView.as_view(), name="scheme_ratings"),
    path(
        "body-members/<int:pk>/reviews/",
        ratings.MemberReviewView.as_view(),
        name="member_reviews",
    ),
    path("outside-figures/", ratings.FigureFileListView.as_view(), name="outside_figures"),
    path(
        "outside-figures/<int:pk>/rows/",
        ratings.FigureRowsView.as_view(),
        name="outside_figure_rows",
    ),
    path("compound-classes/", classes.CompoundClassListView.as_view(), name="compound_classes"),
    path(
        "compound-classes/<int:pk>/withdraw/",
        classes.WithdrawClassView.as_view(),
        name="compound_class_withdraw",
    ),
    path("runs/", runs.RunListView.as_view(), name="runs"),
    path("runs/<int:pk>/", runs.RunView.as_view(), name="run"),
    path("runs/<int:pk>/scores/", runs.ScoreListView.as_view(), name="run_scores"),
    *action_paths(runs.RunActionView, "runs/<int:pk>/"),
    path("scores/<int:pk>/rows/", runs.ScoreRowsView.as_view(), name="score_rows"),
    path("scores/<int:pk>/appeal/", review.ScoreAppealView.as_view(), name="score_appeal"),
    path("score-appeals/", review.ScoreAppealListView.as_view(), name="score_appeals"),
    path(
        "score-appeals/<int:pk>/decide/",
        review.DecideScoreAppealView.as_view(),
        name="score_appeal_decide",
    ),
]
