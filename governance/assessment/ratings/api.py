"""The API of ratings and reviews."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from governance.assessment.enums import Permission, RaterGroup
from governance.assessment.models import Evaluation, MemberReview, Scheme
from governance.assessment.ratings import ratings, reviews
from orgs.api.base import CreateView
from orgs.errors import Refused
from residents.models import BodyMember, Household


class EvaluationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Evaluation
        fields = ["id", "code", "period", "subject", "group", "points", "text", "on_paper", "at"]


class EvaluationBody(serializers.Serializer):
    """`subject` is the key of whom the scheme assesses; residents name their household by its code."""

    period = serializers.CharField(max_length=8)
    subject = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    group = serializers.ChoiceField(choices=RaterGroup.choices)
    points = serializers.IntegerField(min_value=0, max_value=100)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    household = serializers.CharField(max_length=60, required=False)
    on_paper = serializers.BooleanField(required=False)


class EvaluateView(CreateView):
    """POST rates a subject of a scheme for a period."""

    model = Scheme
    permission = Permission.RATE
    body_class, answer_class = EvaluationBody, EvaluationSerializer

    def get_object(self) -> Any:
        # A scheme in force is no secret to whoever is asked: a household rates its branch.
        return Scheme.objects.filter(pk=self.kwargs["pk"]).first() or super().get_object()

    def call(self, **body: Any) -> Evaluation:
        code = body.pop("household", "")
        household = None
        if code:
            household = Household.objects.select_related("building").filter(code=code).first()
            if household is None:
                raise Refused(_("Choose the household."), code="no_household", field="household")
        group = RaterGroup(body.pop("group"))
        return ratings.rate(scheme=self.object, group=group, household=household, **body)


class MemberReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = MemberReview
        fields = [
            "id", "member", "year", "held_on", "by_representatives", "presided_by", "total",
            "present", "competent", "basically", "incompetent", "grade", "ended_office",
        ]  # fmt: skip


class MemberReviewBody(serializers.Serializer):
    year = serializers.IntegerField(min_value=2000, max_value=2999)
    held_on = serializers.DateField()
    by_representatives = serializers.BooleanField(default=True)
    presided_by = serializers.CharField(max_length=60)
    total = serializers.IntegerField(min_value=1, max_value=100_000)
    present = serializers.IntegerField(min_value=1, max_value=100_000)
    competent = serializers.IntegerField(min_value=0, max_value=100_000)
    basically = serializers.IntegerField(min_value=0, max_value=100_000)
    incompetent = serializers.IntegerField(min_value=0, max_value=100_000)


class MemberReviewView(CreateView):
    """POST enters the yearly review of a member of a residents' committee."""

    model, related = BodyMember, ("term__body__unit", "person")
    permission = Permission.ENTER_REVIEWS
    body_class, answer_class = MemberReviewBody, MemberReviewSerializer

    def call(self, **body: Any) -> MemberReview:
        return reviews.enter(member=self.object, **body)
