"""The API of rolls: reading, contesting, deciding, deliveries, proxies, turnout, objections."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from orgs.models import User
from residents.deliberation.models import (
    Delivery,
    Poll,
    PollObjection,
    Proxy,
    RollEntry,
    Turnout,
    VoterChoice,
)
from residents.deliberation.polls import bodies, queries
from residents.deliberation.polls.api.serializers import (
    DeliveryAnswer,
    PollObjectionRow,
    PollProxyRow,
    RollEntryRow,
    TurnoutAnswer,
    VoterChoiceAnswer,
)
from residents.deliberation.polls.box import proxies
from residents.deliberation.polls.roll import objections, rolls
from residents.models import Person
from residents.roll.queries import household_for


class RollPagination(KeyPagination):
    """In the order of the roll."""

    ordering = "number"
    page_size = 100


@extend_schema_view(
    get=extend_schema(
        operation_id="polls_roll_list",
        parameters=[OpenApiParameter("mine", bool, description="Only one's own rows.")],
    )
)
class RollView(ListAPIView):
    """The roll: all of it for who watches the poll, their own rows for voters."""

    serializer_class = RollEntryRow
    pagination_class = RollPagination
    queryset = RollEntry.objects.none()

    def get_queryset(self) -> QuerySet[RollEntry]:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        mine = self.request.query_params.get("mine", "").lower() in ("1", "true", "yes")
        return queries.entries(signed_in(self.request), poll, mine=mine)


class EntryActionView(ActionView):
    """Something done with the entry of an address."""

    def get_object(self) -> RollEntry:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        return queries.entry_for(self.user, poll, self.kwargs["entry"])


class ContestView(EntryActionView):
    """Contests an entry before the roll is frozen."""

    status = 201
    body_class, answer_class = bodies.PollReasonBody, PollObjectionRow

    def call(self, **body: Any) -> PollObjection:
        return objections.contest(entry=self.object, **body)


class DecideEntryView(EntryActionView):
    """Writes down how an unclear entry was decided."""

    body_class, answer_class = bodies.DecideEntryBody, RollEntryRow

    def call(self, **body: Any) -> RollEntry:
        return rolls.decide(entry=self.object, **body)


class VetoView(EntryActionView):
    """Writes down that a lift takes an own part of this voter."""

    answer_class = RollEntryRow

    def call(self, **body: Any) -> RollEntry:
        return rolls.mark_veto(entry=self.object, **body)


class PassOnView(EntryActionView):
    """Passes an unused vote to the buyer."""

    answer_class = RollEntryRow

    def call(self, **body: Any) -> RollEntry:
        return rolls.pass_to_buyer(entry=self.object, **body)


class PollPartView(CreateView):
    """Something that is written down for a poll."""

    def get_object(self) -> Poll:
        return queries.poll_for(signed_in(self.request), self.kwargs["pk"])

    def entry(self, pk: int, by: User) -> RollEntry:
        """The entry that a body names. The desk comes first: 403, then 404 for what is elsewhere."""
        rolls.must_keep(by, self.object)
        return queries.entry_for(by, self.object, pk)


class ChooseVoterView(PollPartView):
    """Whom the co-owners of a flat chose."""

    body_class, answer_class = bodies.PollVoterBody, VoterChoiceAnswer

    def call(self, household: str, person: int, by: User, **body: Any) -> VoterChoice:
        chosen = Person.objects.filter(pk=person).first()
        if chosen is None:
            raise Refused(_("Choose one of the owners of this flat."), field="person")
        home = household_for(by, household)
        return rolls.choose_voter(poll=self.object, household=home, person=chosen, by=by, **body)


class DeliveryView(PollPartView):
    """How a ballot or a notice reached a voter."""

    body_class, answer_class = bodies.PollDeliveryBody, DeliveryAnswer

    def call(self, entry: int, by: User, **body: Any) -> Delivery:
        return rolls.deliver(entry=self.entry(entry, by), by=by, **body)


class ProxyListView(PollPartView, ListAPIView):
    """Who votes for whom: of an election the names are published (居民委员会组织法 19); elsewhere for who
    watches the poll, and one's own. POST enters one.
    """

    serializer_class = answer_class = PollProxyRow
    body_class: ClassVar[Any] = bodies.PollProxyBody
    pagination_class = KeyPagination
    queryset = Proxy.objects.none()

    def get_queryset(self) -> QuerySet[Proxy]:
        user = signed_in(self.request)
        return proxies.published(queries.poll_for(user, self.kwargs["pk"]), user)

    def call(self, entry: int, holder: str, by: User, **body: Any) -> Proxy:
        row = self.entry(entry, by)
        named = proxies.holder_named(row, holder, column="pk")
        return proxies.give(entry=row, holder=named, by=by, **body)


class RevokeProxyView(ActionView):
    """Takes a power of attorney back that was not used."""

    answer_class = PollProxyRow

    def get_object(self) -> Proxy:
        poll = queries.poll_for(self.user, self.kwargs["pk"])
        rolls.must_keep(self.user, poll)
        found = Proxy.objects.filter(poll=poll, pk=self.kwargs["proxy"])
        return get_object_or_404(found.select_related("poll__unit", "entry__poll__unit"))

    def call(self, **body: Any) -> Proxy:
        return proxies.revoke(proxy=self.object, **body)


class TurnoutView(PollPartView):
    """That somebody voted in an election: never what."""

    body_class, answer_class = bodies.TurnoutBody, TurnoutAnswer

    def call(self, entry: int, by: User, **body: Any) -> Turnout:
        return proxies.record_turnout(entry=self.entry(entry, by), by=by, **body)


class ObjectionListView(PollPartView, ListAPIView):
    """The objections in sight: those to a result or a lift for all, contested rows for who watches
    the poll. POST objects to a result or a lift.
    """

    serializer_class = answer_class = PollObjectionRow
    body_class: ClassVar[Any] = bodies.PollObjectionBody
    pagination_class = KeyPagination
    queryset = PollObjection.objects.none()

    def get_queryset(self) -> QuerySet[PollObjection]:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        found = objections.in_sight(signed_in(self.request), poll)
        return found.select_related("poll__unit", "person")

    def call(self, **body: Any) -> PollObjection:
        return objections.object_to(poll=self.object, **body)


class AnswerView(ActionView):
    """Settles an objection, or leaves it on the record."""

    model, related = PollObjection, ("poll__unit",)
    body_class, answer_class = bodies.PollAnswerBody, PollObjectionRow

    def call(self, **body: Any) -> PollObjection:
        return objections.answer(objection=self.object, **body)
