"""Pages of party members, building posts and contacts of households."""

from django.urls import path

from volunteers.contacts.views import contacts as contacts_views
from volunteers.contacts.views import my_households
from volunteers.members import views as members_views
from volunteers.posts import views as posts_views

app_name = "volunteers"
urlpatterns = [
    path("party-members/", members_views.member_list, name="members"),
    path("party-members/add/", members_views.register, name="member_add"),
    path("party-members/export/", members_views.export, name="members_export"),
    path("party-members/<int:pk>/", members_views.member_page, name="member"),
    path("party-members/<int:pk>/change-class/", members_views.change_class, name="member_class"),
    path("party-members/<int:pk>/transfer/", members_views.transfer, name="member_transfer"),
    path("party-members/<int:pk>/end/", members_views.end, name="member_end"),
    path("units/<str:code>/posts/", posts_views.post_page, name="posts"),
    path("units/<str:code>/posts/holders/", posts_views.holders, name="post_holders"),
    path("units/<str:code>/posts/export/", posts_views.export, name="posts_export"),
    path("units/<str:code>/posts/set/", posts_views.choose_set, name="posts_set"),
    path("units/<str:code>/posts/fill/<str:role>/", posts_views.fill, name="post_fill"),
    path("building-posts/<int:pk>/end/", posts_views.end, name="post_end"),
    path("units/<str:code>/contacts/", contacts_views.contact_page, name="contacts"),
    path("units/<str:code>/contacts/export/", contacts_views.export, name="contacts_export"),
    path("units/<str:code>/contacts/deal/", contacts_views.deal, name="contacts_deal"),
    path("households/<str:code>/contact/", contacts_views.assign, name="contact_assign"),
    path("contacts/<int:pk>/end/", contacts_views.end, name="contact_end"),
    path("my-households/", my_households.my_households, name="my_households"),
    path("my-households/<int:pk>/visit/", my_households.visit, name="my_household_visit"),
]
