"""Pages of assessments."""

from django.urls import path

from governance.assessment.classes import views as classes
from governance.assessment.ratings import views as ratings
from governance.assessment.review import views as review
from governance.assessment.runs import views as runs
from governance.assessment.schemes import views as schemes

app_name = "assessment"
urlpatterns = [
    path("assessments/", runs.run_list, name="runs"),
    path("assessments/runs/<int:pk>/", runs.run_page, name="run"),
    path("assessments/runs/<int:pk>/export/", review.export_run, name="run_export"),
    path("assessments/scores/<int:pk>/letter/", review.letter, name="score_letter"),
    path("assessments/schemes/<int:pk>/try/", runs.try_scheme, name="scheme_preview"),
    path("assessments/runs/<int:pk>/public/", review.public, name="public"),
    path("assessments/runs/<int:pk>/<slug:action>/", runs.RunActView.as_view(), name="run_act"),
    path("assessments/ratings/", ratings.to_rate, name="to_rate"),
    path("assessments/ratings/paper/", ratings.on_paper, name="on_paper"),
    path(
        "assessments/schemes/<int:pk>/ratings/<str:period>/<slug:group>/<int:subject>/",
        ratings.rate,
        name="rate",
    ),
    path("assessments/members/<int:pk>/review/", ratings.review, name="member_review"),
    path("assessments/figures/", ratings.figure_files, name="figures"),
    path("assessments/figures/import/", ratings.import_figures, name="figures_import"),
    path("assessments/figures/<int:pk>/", ratings.figure_file, name="figure_file"),
    path("assessments/scores/<int:pk>/", runs.score_page, name="score"),
    path("assessments/scores/<int:pk>/appeal/", review.appeal, name="score_appeal"),
    path("assessments/appeals/", review.appeal_list, name="appeals"),
    path("assessments/appeals/<int:pk>/decide/", review.decide, name="appeal_decide"),
    path("assessments/awards/", review.award_list, name="awards"),
    path("assessments/awards/<slug:name>/<int:year>/", review.export_awards, name="awards_export"),
    path("assessments/classes/", classes.class_list, name="classes"),
    path("assessments/classes/<slug:code>/", classes.class_page, name="class"),
    path("assessments/classes/<slug:code>/award/", classes.award, name="class_award"),
    path("assessments/classes/<int:pk>/withdraw/", classes.withdraw, name="class_withdraw"),
    path("assessments/schemes/", schemes.scheme_list, name="schemes"),
    path("assessments/schemes/examples/", schemes.add_examples, name="scheme_examples"),
    path("assessments/schemes/<int:pk>/", schemes.scheme_page, name="scheme"),
    path("assessments/schemes/<int:pk>/edit/", schemes.edit, name="scheme_edit"),
    path("assessments/schemes/<int:pk>/publish/", schemes.publish, name="scheme_publish"),
    path("assessments/schemes/<int:pk>/start/", runs.start, name="run_start"),
]
