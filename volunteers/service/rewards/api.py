"""The API of rewards and redemptions."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import UnitField
from orgs.api.pagination import KeyPagination
from residents.models import Household, Person
from volunteers.service.enums import RedemptionState
from volunteers.service.models import PointsAccount, Redemption, Reward, TimeGift
from volunteers.service.reportins.participants import participant_of
from volunteers.service.rewards import family, queries, redemptions, rewards


class RewardSerializer(serializers.ModelSerializer):
    """Goods of a shop; `points` is what one costs."""

    unit = serializers.CharField(source="unit.code")
    offered = serializers.BooleanField(source="is_offered")

    class Meta:
        model = Reward
        fields = ["id", "unit", "shop", "name", "text", "points", "stock", "offered"]


class RedemptionSerializer(serializers.ModelSerializer):
    """One exchange; the code is shown to whoever made it alone."""

    status = serializers.ChoiceField(source="state", choices=RedemptionState.choices)
    reward = serializers.IntegerField(source="reward_id")
    name = serializers.CharField(source="reward.name")
    code = serializers.SerializerMethodField()

    class Meta:
        model = Redemption
        fields = ["id", "status", "reward", "name", "points", "code", "held_at", "expires_at"]

    def get_code(self, row: Redemption) -> str | None:
        own = row.participant.account_id == self.context["request"].user.pk
        return row.code if own else None


class RewardBody(serializers.Serializer):
    unit = UnitField()
    shop = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)
    points = serializers.IntegerField(min_value=1, max_value=rewards.MOST_POINTS)
    stock = serializers.IntegerField(min_value=0, max_value=rewards.MOST_AT_ONCE, required=False)


class CodeBody(serializers.Serializer):
    code = serializers.CharField(max_length=12)


class RewardListView(CreateView, VisibleListView):
    """The goods in sight; POST adds some to a shop."""

    serializer_class = answer_class = RewardSerializer
    body_class = RewardBody
    pagination_class = KeyPagination
    queryset = Reward.objects.select_related("unit")

    def call(self, **body: Any) -> Reward:
        return rewards.add(**body)


class HomeField(serializers.SlugRelatedField):
    """A household of one's own family, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=Household.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        homes = family.homes(self.context["request"].user)
        return Household.objects.filter(pk__in=[home.pk for home in homes])


class RedeemBody(serializers.Serializer):
    """`household`: for the points of one's family instead of one's own."""

    household = HomeField(required=False, allow_null=True)


class RedeemView(CreateView):
    """POST holds one of the goods for one's points."""

    model, related = Reward, ("unit",)
    body_class, answer_class = RedeemBody, RedemptionSerializer

    def call(self, **body: Any) -> Redemption:
        return redemptions.redeem(reward=self.object, **body)


class RedemptionListView(VisibleListView):
    """The exchanges in sight, newest first: one's own, and those of one's shop."""

    serializer_class = RedemptionSerializer
    pagination_class = KeyPagination
    queryset = Redemption.objects.all()

    def get_queryset(self) -> QuerySet[Redemption]:
        return queries.whole(super().get_queryset())


class _RedemptionActionView(ActionView):
    model, related = Redemption, ("reward__unit", "participant")
    answer_class = RedemptionSerializer


class HandOverView(_RedemptionActionView):
    """POST hands it over, against its code."""

    body_class = CodeBody

    def call(self, **body: Any) -> Redemption:
        return redemptions.hand_over(redemption=self.object, **body)


class CancelView(_RedemptionActionView):
    """POST gives goods and points back."""

    def call(self, **body: Any) -> Redemption:
        return redemptions.cancel(redemption=self.object, **body)


# --- The family ------------------------------------------------------------------------------------


class RelativeSerializer(serializers.Serializer):
    person = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class HomeSerializer(serializers.Serializer):
    household = serializers.CharField(source="household.code")
    balance = serializers.IntegerField()


class FamilySerializer(serializers.Serializer):
    """`to_give`: the minutes that may still be given; `homes`: the families' points."""

    to_give = serializers.IntegerField()
    relatives = RelativeSerializer(many=True)
    homes = HomeSerializer(many=True)


class MyFamilyView(APIView):
    """GET one's family: to whom minutes may be given, how many, and the family's points."""

    @extend_schema(responses=FamilySerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        user = signed_in(request)
        shown = {
            "to_give": family.to_give(participant_of(user), timezone.now()),
            "relatives": family.relatives(user),
            "homes": family.family_points(user),
        }
        return Response(FamilySerializer(shown).data)


class TimeGiftSerializer(serializers.ModelSerializer):
    """One gift of time; `giver` and `receiver` are keys of participants."""

    class Meta:
        model = TimeGift
        fields = ["id", "giver", "receiver", "minutes", "at"]


class RelativeField(serializers.PrimaryKeyRelatedField):
    """Somebody of one's own family, by the key of the person on the roll."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Person]:
        return family.relatives(self.context["request"].user)


class TimeGiftBody(serializers.Serializer):
    person = RelativeField()
    minutes = serializers.IntegerField(min_value=1, max_value=100_000)


@extend_schema_view(get=extend_schema(operation_id="time_gifts_list"))
class TimeGiftListView(CreateView, VisibleListView):
    """The gifts of time in sight, newest first; POST gives minutes to somebody of one's family."""

    serializer_class = answer_class = TimeGiftSerializer
    body_class = TimeGiftBody
    pagination_class = KeyPagination
    queryset = TimeGift.objects.all()

    def call(self, **body: Any) -> TimeGift:
        return family.give(**body)


class FeedBody(serializers.Serializer):
    household = HomeField()
    points = serializers.IntegerField(min_value=1, max_value=1_000_000)


class FeedAnswer(serializers.ModelSerializer):
    household = serializers.CharField(source="household.code")

    class Meta:
        model = PointsAccount
        fields = ["household", "balance"]


class FeedView(CreateView):
    """POST passes points of one's own to the family's account."""

    body_class, answer_class = FeedBody, FeedAnswer
    queryset = PointsAccount.objects.none()

    def call(self, **body: Any) -> PointsAccount:
        return family.feed(**body)
