"""This floor's part of /api/v1/."""

from django.urls import path

from volunteers.contacts import api as contacts_api
from volunteers.members import api as members_api
from volunteers.posts import api as posts_api

urlpatterns = [
    path("party-members/", members_api.MemberListView.as_view(), name="party_members"),
    path(
        "party-members/<int:pk>/change-class/",
        members_api.ChangeClassView.as_view(),
        name="party_member_class",
    ),
    path(
        "party-members/<int:pk>/transfer/",
        members_api.TransferView.as_view(),
        name="party_member_transfer",
    ),
    path("party-members/<int:pk>/end/", members_api.EndView.as_view(), name="party_member_end"),
    path("building-posts/", posts_api.PostListView.as_view(), name="building_posts"),
    path("building-posts/<int:pk>/end/", posts_api.EndView.as_view(), name="building_post_end"),
    path("links/", contacts_api.LinkListView.as_view(), name="links"),
    path("links/<int:pk>/end/", contacts_api.EndView.as_view(), name="link_end"),
]
