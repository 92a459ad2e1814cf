"""This app's part of /api/v1/."""

from django.urls import path

from governance.data_forms.answers import api as answers_api

urlpatterns = [
    path("forms/<int:pk>/answers/", answers_api.AnswersView.as_view(), name="form_answers"),
]
