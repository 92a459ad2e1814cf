"""The API of polls as a whole: list, creating, every action, the tally, the planner."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import CreateView
from orgs.api.filters import UnitFilter
from orgs.errors import WrongState
from orgs.workflow.api import WorkflowActionView
from residents.deliberation.enums import PollMode, PollState
from residents.deliberation.models import Poll, ResultFile
from residents.deliberation.polls import queries
from residents.deliberation.polls.api.serializers import (
    PlanAnswer,
    PollDetail,
    PollRow,
    ResultFileRow,
    TallyAnswer,
    weight,
)
from residents.deliberation.polls.bodies import PollBody, ResultFileBody
from residents.deliberation.polls.count import result_files
from residents.deliberation.polls.count.planner import plan
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.specification import SPECIFICATIONS
from residents.deliberation.polls.course.workflow import WORKFLOW


class PollFilter(FilterSet):
    unit = UnitFilter(field_name="unit")
    state = ChoiceFilter(choices=PollState.choices)


@extend_schema_view(get=extend_schema(operation_id="polls_list"))
class PollListView(CreateView, ListAPIView):
    """The polls in sight, newest first; POST sets one up as a draft."""

    serializer_class = PollRow
    body_class, answer_class = PollBody, PollDetail
    filterset_class = PollFilter
    queryset = Poll.objects.none()

    def get_queryset(self) -> QuerySet[Poll]:
        return queries.polls(self.user)

    def call(self, title: str = "", **body: Any) -> Poll:
        # The first question names a poll that is given no title.
        first = body["questions"][0].get("text") if body["questions"] else ""
        return polls.create(title=title or str(first or "")[:80], **body)


class PollView(APIView):
    """One poll with what was announced, and what the reader may do."""

    @extend_schema(responses=PollDetail)
    def get(self, request: Request, pk: int) -> Response:
        return Response(
            PollDetail(queries.poll_for(signed_in(request), pk), context={"request": request}).data
        )


class PollActionView(WorkflowActionView):
    """Takes one action with a poll."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    answer_class = PollDetail

    def find_row(self) -> Poll:
        return queries.poll_for(signed_in(self.request), self.kwargs["pk"])


class ResultFileListView(CreateView, ListAPIView):
    """The files that came with an official result, by their hashes; POST keeps one."""

    parser_classes = (MultiPartParser,)
    serializer_class = answer_class = ResultFileRow
    body_class = ResultFileBody
    queryset = ResultFile.objects.none()

    def get_object(self) -> Poll:
        return queries.poll_for(self.user, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[ResultFile]:
        # Whoever sees the poll reads the hashes; what is in the files, who watches it.
        return ResultFile.objects.filter(poll=queries.poll_for(self.user, self.kwargs["pk"]))

    def call(self, **body: Any) -> ResultFile:
        return result_files.keep(poll=self.object, **body)


class TallyView(APIView):
    """People and area side by side; before closing only who took part."""

    @extend_schema(responses=TallyAnswer)
    def get(self, request: Request, pk: int) -> Response:
        poll = queries.poll_for(signed_in(request), pk)
        if poll.opened_at is None:
            raise WrongState(_("Voting has not opened."), code="not_open")
        return Response(queries.tally(signed_in(request), poll))


class PlanView(APIView):
    """What is missing to take part, for the organisers; never the property firm."""

    @extend_schema(responses=PlanAnswer)
    def get(self, request: Request, pk: int) -> Response:
        poll = queries.poll_for(signed_in(request), pk)
        if not signed_in(request).has_perm("deliberation.watch_poll", poll):
            raise PermissionDenied
        if poll.mode == PollMode.OFFICIAL_PLATFORM:
            raise WrongState(
                _("Who has voted only the official platform knows."), code="held_elsewhere"
            )
        if poll.state != PollState.OPEN:
            raise WrongState(_("Voting has not opened."), code="not_open")
        found = plan(poll)
        return Response(
            {
                "total": weight(found.of.people, found.of.area),
                "participating": weight(found.participating.people, found.participating.area),
                "missing": weight(found.missing.people, found.missing.area),
                "binding": found.missing.binding,
                "doors": [
                    {
                        "building": building.name,
                        "door": door.label,
                        "flats": door.flats,
                        "area": door.entry.area,
                    }
                    for building in found.buildings
                    for door in building.doors
                ],
            }
        )
