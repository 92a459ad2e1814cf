"""The API of the ballot box: casting, paper, receipts, the board, openings, checkpoints, disputes."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, UseCaseView
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused, WrongState
from orgs.models import User
from residents.deliberation.enums import PollState
from residents.deliberation.models import Ballot, Checkpoint, Dispute, PaperBallot, Poll, RollEntry
from residents.deliberation.polls import bodies, queries
from residents.deliberation.polls.api.roll import PollPartView
from residents.deliberation.polls.api.serializers import (
    BallotReceipt,
    Board,
    CheckpointRow,
    DisputeAnswer,
    Openings,
    PaperAnswer,
    ReceiptDetail,
)
from residents.deliberation.polls.box import casting, disputes, opening, paper


class CastView(UseCaseView):
    """Casts a ballot. Said twice it is two ballots, of which the poll's rule says what becomes."""

    body_class, answer_class = bodies.BallotBody, BallotReceipt
    status = 201

    def get_object(self) -> Poll | RollEntry:
        """The user's own entry, as nearly always; else the poll, in sight."""
        data, poll = self.request.data, self.kwargs["pk"]
        key = data.get("entry") if isinstance(data, dict) else None
        if isinstance(key, int) and not isinstance(key, bool) and 0 < key < bodies.LARGEST_KEY:
            own = queries.own_entry(self.user, poll, key)
            if own is not None:
                return own
        return queries.poll_for(signed_in(self.request), poll)

    def post(self, request: Request, **kwargs: Any) -> Response:
        return self.act()

    def call(self, entry: int, **body: Any) -> casting.Receipt:
        row = self.object
        if not isinstance(row, RollEntry):
            row = queries.entry(self.user, entry)
        if row is None or self.kwargs["pk"] != row.poll_id:
            raise Http404
        if row.poll.state in (PollState.ANNOUNCED, PollState.DRAFT):
            raise WrongState(_("Voting has not opened."), code="not_open")
        ballot = casting.cast(entry=row, **body)
        return casting.receipt_of(ballot, is_secret=row.poll.is_secret)

    def represent(self, result: casting.Receipt) -> dict[str, Any]:
        """Its fields are those of the answer."""
        return vars(result)


class PaperView(PollPartView):
    """A paper ballot: the first person's entry waits, the second's casts it or (409) differs."""

    body_class, answer_class = bodies.PollPaperBody, PaperAnswer

    def post(self, request: Request, **kwargs: Any) -> Response:
        # As of casting, no print of the body is kept: it would tell the choices.
        return self.perform(request, **kwargs)

    def call(self, entry: int, by: User, **body: Any) -> PaperBallot:
        return paper.enter(entry=self.entry(entry, by), by=by, **body)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        answer = super().perform(request, **kwargs)
        if answer.data["state"] == PaperBallot.State.MISMATCH:
            # The entry is kept: it waits for a third person. A refusal would take it back.
            sentence = _("The two entries of this ballot differ: a third person looks at it.")
            problem = {"type": "about:blank", "title": sentence, "detail": sentence}
            answer.data |= {**problem, "status": 409, "code": "mismatch"}
            answer.status_code = 409
        return answer


class SettlePaperView(ActionView):
    """A third person says what a paper says on which two differ."""

    body_class, answer_class = bodies.SettlePaperBody, PaperAnswer

    def post(self, request: Request, **kwargs: Any) -> Response:
        return self.perform(request, **kwargs)

    def get_object(self) -> PaperBallot:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        found = PaperBallot.objects.filter(poll=poll, pk=self.kwargs["paper"])
        row = found.select_related("poll__unit").first()
        if row is None or not queries.watches(self.user, poll):
            raise Http404
        return row

    def call(self, **body: Any) -> PaperBallot:
        return paper.settle(paper=self.object, **body)


# --- The board -------------------------------------------------------------------------------------


class BoardView(APIView):
    """The whole chain: commitments and hashes, nothing of voters or choices."""

    @extend_schema(responses=Board)
    def get(self, request: Request, pk: int) -> Response:
        user, poll = signed_in(request), queries.poll_for(signed_in(request), pk)
        return Response(opening.board(poll, user))


class OpeningsView(APIView):
    """After closing: what each ballot says, for the signed-in electorate and supervisors; logged.

    Areas would tell flats in public. Of a secret poll nothing is ever opened.
    """

    @extend_schema(responses=Openings)
    def get(self, request: Request, pk: int) -> Response:
        user, poll = signed_in(request), queries.poll_for(signed_in(request), pk)
        return Response(opening.openings(poll, user))


@extend_schema_view(get=extend_schema(operation_id="polls_checkpoints_list"))
class CheckpointListView(ListAPIView):
    """The published lengths and heads of the chain, the newest first."""

    serializer_class = CheckpointRow
    pagination_class = KeyPagination
    queryset = Checkpoint.objects.none()

    def get_queryset(self) -> QuerySet[Checkpoint]:
        user = signed_in(self.request)
        poll = queries.poll_for(user, self.kwargs["pk"])
        queries.must_see_box(user, poll)
        return Checkpoint.objects.filter(poll=poll)


class ReceiptView(APIView):
    """One's own receipt looked up again. Raises 404 for another's, or another poll's."""

    @extend_schema(responses=ReceiptDetail, parameters=[OpenApiParameter("i", int, required=True)])
    def get(self, request: Request, pk: int) -> Response:
        user, poll = signed_in(request), queries.poll_for(signed_in(request), pk)
        text = request.query_params.get("i", "")
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise Refused(_("Give the number of the receipt."), field="i")
        ballot = opening.own_ballot(poll, int(text), user)
        if ballot is None:
            raise Http404
        receipt = casting.receipt_of(ballot, is_secret=poll.is_secret)
        return Response(
            {
                "i": receipt.i,
                "hash": receipt.hash,
                "nonce": receipt.nonce,
                "prev": ballot.prev,
                "commitment": ballot.commitment,
                "state": ballot.state,
                "choices": None if poll.is_secret else json.loads(ballot.choices),
            }
        )


class DisputeView(CreateView):
    """“This was not me”: one's own ballot is set aside until somebody has looked into it."""

    body_class, answer_class = bodies.PollReasonBody, DisputeAnswer

    def get_object(self) -> Ballot:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        ballot = opening.own_ballot(poll, self.kwargs["i"], self.user, as_voter=True)
        if ballot is None:
            raise Http404
        return ballot

    def call(self, **body: Any) -> Dispute:
        return disputes.dispute(ballot=self.object, **body)


class DecideDisputeView(ActionView):
    """The street or a supervisor decides whether a disputed ballot counts."""

    body_class, answer_class = bodies.DecideDisputeBody, DisputeAnswer

    def get_object(self) -> Dispute:
        poll = queries.poll_for(signed_in(self.request), self.kwargs["pk"])
        found = Dispute.objects.filter(ballot__poll=poll, ballot__i=self.kwargs["i"])
        row = found.select_related("ballot__poll__unit").first()
        if row is None or not (
            queries.watches(self.user, poll) or disputes.may_judge(self.user, poll)
        ):
            raise Http404
        return row

    def call(self, **body: Any) -> Dispute:
        return disputes.decide(dispute=self.object, **body)
