"""What the portal is compared with: Django and DRF over the same rows with no rules at all.

The same tokens and sessions open it. No roles beyond the first position, no checks, no throttles.
Below `/audited/` the views write the same rows as the portal, the audit's included; without, they
leave the audit out.
"""

import secrets

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.models import AuditEntry, Unit
from residents.deliberation.models import Ballot, BallotBox
from residents.deliberation.polls.box import chain
from tasks.models import Assignment, Category, Event, Task
from volunteers.service.attendance.passes import digest
from volunteers.service.models import Activity, CheckEvent, Participant, ScanPass


class AssignmentSerializer(serializers.ModelSerializer):
    department = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Assignment
        fields = ["department", "role", "status", "reported_in_at"]


class EventSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.name", default="")

    class Meta:
        model = Event
        fields = ["action", "by", "at", "text"]


class TaskSerializer(serializers.ModelSerializer):
    """The columns that a row of the portal's list has."""

    unit = serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.all())
    unit_path = serializers.CharField(source="unit.path_name", read_only=True)
    category = serializers.SlugRelatedField(slug_field="code", queryset=Category.objects.all())
    assignments = AssignmentSerializer(many=True, read_only=True)

    class Meta:
        model = Task
        fields = [
            "number", "status", "title", "text", "unit", "unit_path", "category", "channel",
            "created_at", "report_in_by", "respond_by", "resolve_by", "assignments",
        ]  # fmt: skip
        read_only_fields = [
            "number", "status", "title", "channel", "created_at", "report_in_by", "respond_by",
            "resolve_by",
        ]  # fmt: skip


class TaskDetailSerializer(TaskSerializer):
    """What an action answers: the task with its timeline."""

    events = EventSerializer(many=True, read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = [
            *TaskSerializer.Meta.fields, "contact_name", "contact_phone", "lon", "lat",
            "whistle_kind", "outcome", "result", "events",
        ]  # fmt: skip


class NewestFirst(CursorPagination):
    ordering = "-id"
    page_size = 50


class TaskList(generics.ListCreateAPIView):
    audited = False
    serializer_class = TaskSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        tasks = Task.objects.select_related("unit", "category").prefetch_related(
            "assignments__department"
        )
        if self.request.user.is_superuser:
            return tasks
        unit = self.request.user.positions.select_related("unit")[0].unit
        return tasks.filter(
            unit__tree_id=unit.tree_id, unit__lft__gte=unit.lft, unit__rght__lte=unit.rght
        )

    @transaction.atomic
    def perform_create(self, serializer):
        now = timezone.now()
        task = serializer.save(
            number=f"BB{now:%y%m%d}{secrets.randbelow(10**9):09}",
            title=serializer.validated_data["category"].name,
            channel="resident",
            triage="community",
            reporter=self.request.user,
            created_at=now,
            moved_at=now,
        )
        _note(task, "report", self.request, now, audited=self.audited)


class TaskAction(APIView):
    audited = False

    def post(self, request, number, action):
        now = timezone.now()
        with transaction.atomic():
            task = (
                Task.objects.select_for_update(of=("self",))
                .select_related("unit", "category")
                .prefetch_related("assignments__department")
                .get(number=number)
            )
            if action == "accept":
                task.status, task.moved_at = "handling", now
                task.save()
            text = request.data.get("text", "")
            _note(task, action, request, now, text, audited=self.audited)
        prefetch_related_objects([task], Prefetch("events", Event.objects.select_related("by")))
        return Response(TaskDetailSerializer(task).data)


def _note(task, action, request, now, text="", *, audited):
    by = request.user
    Event.objects.create(task=task, action=action, by=by, who="handler", at=now, text=text)
    if audited:
        AuditEntry.objects.create(
            at=now,
            actor_id=by.pk,
            actor=by.username,
            action=f"tasks.{action}",
            object_type="tasks.task",
            object_id=str(task.pk),
            result="ok",
            detail={"number": task.number, "to": task.status},
            ip=request.META["REMOTE_ADDR"],
        )


class CastBallot(APIView):
    """The rows of a ballot under the same lock, with no rules."""

    def post(self, request, pk):
        now, data = timezone.now(), request.data
        with transaction.atomic():
            box = BallotBox.objects.select_for_update(no_key=True).get(poll=pk)
            nonce = chain.new_nonce()
            commitment = chain.commitment(pk, data["entry"], data["choices"], nonce)
            ballot = Ballot.objects.create(
                poll_id=pk,
                entry_id=data["entry"],
                i=box.length + 1,
                prev=box.head,
                commitment=commitment,
                hash=chain.link(box.head, commitment),
                choices=chain.canonical(data["choices"]),
                nonce=nonce,
                channel="online",
                by=request.user,
                at=now,
            )
            box.length, box.head = ballot.i, ballot.hash
            box.save(update_fields=["length", "head"])
            AuditEntry.objects.create(
                at=now,
                actor_id=request.user.pk,
                actor=request.user.username,
                action="deliberation.cast",
                object_type="deliberation.ballot",
                object_id=str(ballot.pk),
                result="ok",
                detail={"i": ballot.i},
                ip=request.META["REMOTE_ADDR"],
            )
        return Response({"i": ballot.i, "hash": ballot.hash, "nonce": nonce}, status=201)


class CheckInBody(serializers.Serializer):
    event_id = serializers.UUIDField()
    at = serializers.DateTimeField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    lat = serializers.FloatField(required=False, allow_null=True)
    accuracy = serializers.FloatField(required=False, allow_null=True)

    def get_fields(self):
        return super().get_fields() | {"pass": serializers.CharField(max_length=80)}


class CheckInAnswer(serializers.ModelSerializer):
    class Meta:
        model = CheckEvent
        fields = ["state", "reason", "at", "verdict"]


class CheckIn(APIView):
    """The rows of a check-in with no rules: the pass is used, the evidence kept."""

    def post(self, request, pk):
        now = timezone.now()
        body = CheckInBody(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            activity = Activity.objects.get(pk=pk)
            scan_pass = ScanPass.objects.get(token_hash=digest(body.validated_data["pass"]))
            scan_pass.account, scan_pass.used_at = request.user, now
            scan_pass.save(update_fields=["account", "used_at"])
            event = CheckEvent.objects.create(
                id=body.validated_data["event_id"],
                activity=activity,
                participant=Participant.objects.get(account=request.user),
                by=request.user,
                direction="in",
                source="scan",
                state="taken",
                slot=scan_pass.slot,
                at=now,
                received_at=now,
            )
        return Response(CheckInAnswer(event).data)


def rows(request, count):
    """A page of so many rows in the portal's frame."""
    tasks = Task.objects.select_related("unit", "category").order_by("-id")[:count]
    return render(request, "bare_rows.html", {"tasks": tasks})


def _tasks(**options):
    return [
        path("api/v1/tasks/", TaskList.as_view(**options)),
        path("api/v1/tasks/<str:number>/<str:action>/", TaskAction.as_view(**options)),
    ]


urlpatterns = [
    path("api/v1/polls/<int:pk>/ballots/", CastBallot.as_view()),
    path("api/v1/activities/<int:pk>/check-in/", CheckIn.as_view()),
    *_tasks(),
    path("audited/", include(_tasks(audited=True))),
    path("rows/<int:count>/", rows),
    # The addresses that the frame of a page names.
    path("", include("governance.urls")),
]
