"""Pages of households and people."""

from django.urls import path

from residents.views import households, roll

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
]
