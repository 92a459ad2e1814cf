"""This floor's part of /api/v1/."""

from django.urls import path

from volunteers.api import links, members, posts

urlpatterns = [
    path("party-members/", members.MemberListView.as_view(), name="party_members"),
    path(
        "party-members/<int:pk>/change-class/",
        members.ChangeClassView.as_view(),
        name="party_member_class",
    ),
    path(
        "party-members/<int:pk>/transfer/",
        members.TransferView.as_view(),
        name="party_member_transfer",
    ),
    path("party-members/<int:pk>/end/", members.EndView.as_view(), name="party_member_end"),
    path("building-posts/", posts.PostListView.as_view(), name="building_posts"),
    path("building-posts/<int:pk>/end/", posts.EndView.as_view(), name="building_post_end"),
    path("links/", links.LinkListView.as_view(), name="links"),
    path("links/<int:pk>/end/", links.EndView.as_view(), name="link_end"),
]
