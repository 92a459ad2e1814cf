"""The API of service posts and their claims."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.workflow.api import WorkflowActionView
from volunteers.service.enums import ClaimState
from volunteers.service.models import PostClaim, ServicePost
from volunteers.service.posts import posts, queries
from volunteers.service.posts.bodies import ServicePostBody
from volunteers.service.posts.specification import SPECIFICATIONS
from volunteers.service.posts.workflow import WORKFLOW
from volunteers.service.reportins.same_person import read_once


class ServicePostSerializer(serializers.ModelSerializer):
    """One post; `free` places are left."""

    unit = serializers.CharField(source="unit.code")
    branch = serializers.CharField(source="branch.code")
    free = serializers.SerializerMethodField()

    class Meta:
        model = ServicePost
        fields = ["id", "unit", "branch", "kind", "title", "duty", "number", "free", "closed_at"]

    def get_fields(self) -> dict[str, Any]:
        # `from` is no name for an attribute.
        return super().get_fields() | {
            "from": serializers.DateField(source="starts", read_only=True),
            "until": serializers.DateField(source="ends", read_only=True),
        }

    def get_free(self, row: ServicePost) -> int:
        # A post that was just set has no claims.
        return row.number - queries.held(row)


class PostClaimSerializer(serializers.ModelSerializer):
    """One claim; `person` is the key of the participant."""

    status = serializers.ChoiceField(source="state", choices=ClaimState.choices)
    post = serializers.IntegerField(source="post_id")
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    available_actions = serializers.SerializerMethodField()

    class Meta:
        model = PostClaim
        fields = [
            "id", "status", "post", "person", "name", "starts", "ends", "reason",
            "available_actions",
        ]  # fmt: skip

    def get_available_actions(self, row: PostClaim) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class PostFilter(FilterSet):
    unit = UnitFilter(field_name="unit")


@extend_schema_view(get=extend_schema(operation_id="service_posts_list"))
class PostListView(CreateView, VisibleListView):
    """The posts in sight, newest first; POST sets one."""

    serializer_class = answer_class = ServicePostSerializer
    body_class = ServicePostBody
    pagination_class = KeyPagination
    filterset_class = PostFilter
    queryset = ServicePost.objects.all()

    def get_queryset(self) -> QuerySet[ServicePost]:
        return queries.with_counts(super().get_queryset())

    def call(self, **body: Any) -> ServicePost:
        return posts.set_post(**body)


class ClaimView(CreateView):
    """POST claims a post for oneself."""

    model, related = ServicePost, ("unit", "branch")
    answer_class = PostClaimSerializer

    def call(self, **body: Any) -> PostClaim:
        return posts.claim(post=self.object, **body)


class CloseView(ActionView):
    """POST closes a post: nobody claims it any more."""

    model, related = ServicePost, ("unit", "branch")
    answer_class = ServicePostSerializer

    def call(self, **body: Any) -> ServicePost:
        posts.close_post(post=self.object, **body)
        return queries.with_counts(ServicePost.objects.filter(pk=self.object.pk)).get()


@extend_schema_view(get=extend_schema(operation_id="post_claims_list"))
class ClaimListView(VisibleListView):
    """The claims in sight, newest first."""

    serializer_class = PostClaimSerializer
    pagination_class = KeyPagination
    queryset = PostClaim.objects.select_related("participant", "post__unit")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with read_once(signed_in(request)):
            return super().list(request, *args, **kwargs)


class ClaimActionView(WorkflowActionView):
    """Takes one action with a claim."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = PostClaimSerializer

    def find_row(self) -> PostClaim:
        seen = PostClaim.objects.visible_to(self.user, one=True)
        found = seen.select_related("participant", "post__unit").filter(pk=self.kwargs["pk"])
        row: PostClaim | None = found.first()
        if row is None:
            raise Http404
        return row
