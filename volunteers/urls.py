"""Pages of party members, building posts and contacts of households."""

from django.urls import path

from volunteers.views import links, members, mine, posts

app_name = "volunteers"
urlpatterns = [
    path("party-members/", members.member_list, name="members"),
    path("party-members/add/", members.register, name="member_add"),
    path("party-members/export/", members.export, name="members_export"),
    path("party-members/<int:pk>/", members.member_page, name="member"),
    path("party-members/<int:pk>/change-class/", members.change_class, name="member_class"),
    path("party-members/<int:pk>/transfer/", members.transfer, name="member_transfer"),
    path("party-members/<int:pk>/end/", members.end, name="member_end"),
    path("units/<str:code>/posts/", posts.post_page, name="posts"),
    path("units/<str:code>/posts/holders/", posts.holders, name="post_holders"),
    path("units/<str:code>/posts/export/", posts.export, name="posts_export"),
    path("units/<str:code>/posts/set/", posts.choose_set, name="posts_set"),
    path("units/<str:code>/posts/fill/<str:role>/", posts.fill, name="post_fill"),
    path("building-posts/<int:pk>/end/", posts.end, name="post_end"),
    path("units/<str:code>/contacts/", links.contact_page, name="contacts"),
    path("units/<str:code>/contacts/export/", links.export, name="contacts_export"),
    path("units/<str:code>/contacts/deal/", links.deal, name="contacts_deal"),
    path("households/<str:code>/contact/", links.assign, name="contact_assign"),
    path("contacts/<int:pk>/end/", links.end, name="contact_end"),
    path("my-households/", mine.my_households, name="my_households"),
    path("my-households/<int:pk>/visit/", mine.visit, name="my_household_visit"),
]
