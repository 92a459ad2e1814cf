"""The API of attendance: the rotating code, scanning, checking in and out, the roll-call, reviews."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, VisibleListView
from orgs.api.pagination import KeyPagination
from orgs.errors import WrongState
from orgs.models import User
from volunteers.service.accounts import long_days
from volunteers.service.activities.api import activity_in_sight
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.attendance import (
    attendance,
    bodies,
    checks,
    codes,
    passes,
    reviews,
    roll_calls,
    samples,
)
from volunteers.service.attendance.presence import LATE
from volunteers.service.enums import (
    ActivityState,
    Direction,
    EvidenceState,
)
from volunteers.service.models import (
    Activity,
    Attendance,
    CheckEvent,
    Flag,
    LongDay,
    ScanPass,
    ServedQuestion,
)

# The signed cookie by which a browser is known; set by the page that a code leads to.
BROWSER, SALT = "scanner", "service.attendance.scan"


def browser_of(request: Any) -> str:
    """The mark of a browser; "" for a program, which has none."""
    return request.get_signed_cookie(BROWSER, default="", salt=SALT) or ""


class CodeSerializer(serializers.Serializer):
    token = serializers.CharField()
    digits = serializers.CharField()
    url = serializers.CharField()
    direction = serializers.ChoiceField(Direction.choices)
    valid_until = serializers.DateTimeField()


def running(activity: Activity, user: User) -> Activity:
    """The activity for whoever runs it. Raises PermissionDenied, WrongState where it is not published."""
    if not WORKFLOW.relations(activity, user):
        raise PermissionDenied
    if activity.state != ActivityState.PUBLISHED:
        raise WrongState(_("This activity is not open for check-in."), code="not_open")
    return activity


class PassView(GenericAPIView):
    """The rotating code for the organiser's screen."""

    serializer_class = CodeSerializer
    queryset = Activity.objects.none()

    @property
    def user(self) -> User:
        return signed_in(self.request)

    @extend_schema(parameters=[OpenApiParameter("direction", enum=Direction.values)])
    def get(self, request: Request, pk: int) -> Response:
        activity = running(activity_in_sight(self), self.user)
        wanted = request.query_params.get("direction", Direction.IN)
        direction = Direction(wanted) if wanted in Direction.values else Direction.IN
        code = codes.code_of(activity, direction, codes.slot_of(timezone.now()))
        return Response(CodeSerializer(code).data)


class ScanAnswer(serializers.Serializer):
    expires_at = serializers.DateTimeField(source="scan_pass.expires_at")
    direction = serializers.CharField(source="scan_pass.direction")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"pass": serializers.CharField(source="token")} | super().get_fields()


class ScanView(GenericAPIView):
    """POST gives a pass for a code that counts now; without login, so that a slow one loses nothing."""

    permission_classes = (AllowAny,)
    serializer_class = bodies.ScanBody
    queryset = Activity.objects.none()

    @extend_schema(responses=ScanAnswer)
    def post(self, request: Request, pk: int) -> Response:
        activity = get_object_or_404(Activity, pk=pk)
        body = bodies.ScanBody(data=request.data)
        body.is_valid(raise_exception=True)
        who = f"user:{request.user.pk}" if request.user.is_authenticated else _stranger(request)
        given = passes.scan(
            activity=activity, browser=browser_of(request), who=who, now=timezone.now(),
            **body.validated_data,
        )  # fmt: skip
        return Response(ScanAnswer(given).data)


def _stranger(request: Any) -> str:
    mark = browser_of(request) or request.META.get("REMOTE_ADDR", "")
    return f"browser:{passes.digest(mark)[:50]}"


def how_to_check_out(event: CheckEvent) -> str:
    """What is still to be done, in a sentence."""
    if event.state == EvidenceState.REFUSED or event.direction == Direction.OUT:
        return ""
    until = date_format(timezone.localtime(event.activity.ends_at + LATE), "TIME_FORMAT")
    return _(
        "When you leave, scan the code for check-out by %(until)s, or ask the organiser to tick you "
        "off; without it the minutes wait until the organiser confirms them."
    ) % {"until": until}


class CheckSerializer(serializers.Serializer):
    """`state`: checked_in, checked_out, to_confirm or refused; the minutes so far, credited later."""

    state = serializers.SerializerMethodField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    verdict = serializers.CharField()
    credited_minutes = serializers.SerializerMethodField()
    how_to_check_out = serializers.SerializerMethodField()

    def get_state(self, event: CheckEvent) -> str:
        return state_of(event)

    def get_credited_minutes(self, event: CheckEvent) -> int:
        if event.direction == Direction.IN or event.state == EvidenceState.REFUSED:
            return 0
        return attendance.provisional_minutes(event.activity, event.participant, timezone.now())

    def get_how_to_check_out(self, event: CheckEvent) -> str:
        return how_to_check_out(event)


def state_of(event: CheckEvent) -> str:
    """What the phone shows of an entry."""
    if event.state != EvidenceState.TAKEN:
        return str(event.state)
    return "checked_in" if event.direction == Direction.IN else "checked_out"


def activity_to_check(user: User, pk: int, scan_pass: ScanPass | None) -> Activity:
    """That of a genuine pass, whoever passes by may help; else the activity in sight. Raises Http404.

    The pass comes first: at the start of an activity everybody has one, and it costs one key.
    """
    if scan_pass is not None:
        return scan_pass.activity
    seen = Activity.objects.visible_to(user, one=True).select_related("unit")
    row: Activity = get_object_or_404(seen, pk=pk)
    return row


class CheckView(ActionView):
    """POST checks oneself in or out."""

    body_class, answer_class = bodies.CheckBody, CheckSerializer
    direction = Direction.IN
    queryset = Activity.objects.none()

    def call(self, scan_pass: str = "", token: str = "", **body: Any) -> CheckEvent:
        # A scanned token where the pass would be was kept on the phone.
        if scan_pass.count(".") == 2:
            scan_pass, token = "", scan_pass
        given = passes.of_token(scan_pass, self.kwargs["pk"])
        activity = activity_to_check(self.user, self.kwargs["pk"], given)
        event = checks.check(
            activity=activity,
            direction=self.direction,
            scan_pass=given,
            token="" if scan_pass else token,
            browser=browser_of(self.request),
            **body,
        )
        event.activity = activity
        return event


class CheckInView(CheckView):
    """POST checks oneself in."""


class CheckOutView(CheckView):
    """POST checks oneself out."""

    direction = Direction.OUT


class ResultSerializer(serializers.Serializer):
    person = serializers.IntegerField(allow_null=True)
    ok = serializers.BooleanField()
    code = serializers.CharField()
    detail = serializers.CharField()


class RollCallAnswer(serializers.Serializer):
    results = ResultSerializer(many=True)


class KeeperView(ActionView):
    """A POST by whoever keeps the roll-call of an activity."""

    model, related = Activity, ("unit",)

    def get_object(self) -> Activity:
        row: Activity = super().get_object()
        if not WORKFLOW.relations(row, self.user):
            raise PermissionDenied
        return row


class RollCallView(KeeperView):
    """POST writes the organiser's roll-call; one bad row never rejects the rest."""

    body_class, answer_class = bodies.RollCallBody, RollCallAnswer

    def call(self, people: list[Any], **body: Any) -> dict[str, Any]:
        lines = [line_of(raw) for raw in people]
        return {"results": roll_calls.roll_call(activity=self.object, people=lines, **body)}


def line_of(raw: Any) -> roll_calls.Line:
    """A line as it was sent; what cannot be read has no state."""
    values = raw if isinstance(raw, dict) else {}
    person, state, number = (values.get(name) for name in ("person", "state", "minutes"))
    person = person if isinstance(person, int) and 0 < person < 2**63 else 0
    return roll_calls.read(person, state, number)


class AttendanceSerializer(serializers.ModelSerializer):
    """One attendance; `reasons` say why somebody has to look."""

    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    activity = serializers.IntegerField(source="activity_id")

    class Meta:
        model = Attendance
        fields = [
            "id", "activity", "person", "name", "state", "review", "minutes", "planned_minutes",
            "is_walk_in", "reasons", "reason",
        ]  # fmt: skip


class WalkInView(KeeperView):
    """POST adds somebody without a sign-up to the roll-call; another person looks at it."""

    body_class, answer_class = bodies.WalkInBody, AttendanceSerializer
    status = 201

    def call(self, **body: Any) -> Attendance:
        who = roll_calls.walk_in(activity=self.object, **body)
        row: Attendance = self.object.attendances.select_related("participant").get(participant=who)
        return row


class AttendanceListView(VisibleListView):
    """The attendances in sight of one activity."""

    serializer_class = AttendanceSerializer
    pagination_class = KeyPagination
    queryset = Attendance.objects.select_related("participant")

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(activity=self.kwargs["pk"])


class ApproveView(ActionView):
    """POST approves an attendance that had to be looked at."""

    model, related = Attendance, ("activity__unit", "participant")
    body_class, answer_class = bodies.ApproveBody, AttendanceSerializer

    def call(self, minutes: int | None = None, **body: Any) -> Attendance:
        return reviews.approve(attendance_row=self.object, number=minutes, **body)


class RejectView(ActionView):
    """POST does not credit an attendance."""

    model, related = Attendance, ("activity__unit", "participant")
    body_class, answer_class = bodies.RejectBody, AttendanceSerializer

    def call(self, **body: Any) -> Attendance:
        return reviews.reject(attendance_row=self.object, **body)


class ConfirmedSerializer(serializers.Serializer):
    confirmed = serializers.IntegerField()


class ConfirmMissingView(ActionView):
    """POST confirms all who forgot to check out, up to the planned end."""

    model, related = Activity, ("unit",)
    answer_class = ConfirmedSerializer

    def call(self, **body: Any) -> dict[str, int]:
        return {"confirmed": reviews.confirm_missing(activity=self.object, **body)}


class FlagSerializer(serializers.ModelSerializer):
    person = serializers.IntegerField(source="participant_id", allow_null=True)

    class Meta:
        model = Flag
        fields = ["id", "kind", "activity", "person", "detail", "raised_at", "upheld", "reason"]


class FlagListView(VisibleListView):
    """The flags in sight that nobody has decided."""

    serializer_class = FlagSerializer
    pagination_class = KeyPagination
    queryset = Flag.objects.filter(upheld=None)


class FlagDecideView(ActionView):
    """POST decides a flag, with a reason; it deducts nothing."""

    model, related = Flag, ("unit", "participant", "activity")
    body_class, answer_class = bodies.FlagBody, FlagSerializer

    def call(self, **body: Any) -> Flag:
        return reviews.decide_flag(flag=self.object, **body)


class LongDaySerializer(serializers.ModelSerializer):
    """Time that makes a day longer than eight hours; `longest` are the minutes of that day in all."""

    person = serializers.IntegerField(source="participant_id")
    unit = serializers.CharField(source="unit.code")
    task = serializers.CharField(source="task_number")

    class Meta:
        model = LongDay
        fields = [
            *("id", "person", "unit", "order", "task", "text", "starts_at", "ends_at"),
            *("planned_minutes", "points", "longest", "approved", "reason"),
        ]


class LongDayListView(VisibleListView):
    """Orders and work orders in sight that nobody has decided, since they make a day too long."""

    serializer_class = LongDaySerializer
    pagination_class = KeyPagination
    queryset = LongDay.objects.filter(approved=None).select_related("unit")


class LongDayApproveView(ActionView):
    """POST credits such a time."""

    model, related = LongDay, ("unit", "participant")
    answer_class = LongDaySerializer

    def call(self, **body: Any) -> LongDay:
        return long_days.approve(long_day=self.object, **body)


class LongDayRefuseView(ActionView):
    """POST does not credit such a time, with a reason."""

    model, related = LongDay, ("unit", "participant")
    body_class, answer_class = bodies.RejectBody, LongDaySerializer

    def call(self, **body: Any) -> LongDay:
        return long_days.refuse(long_day=self.object, **body)


class QuestionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ServedQuestion
        fields = ["id", "month", "answer", "text", "asked_at", "answered_at"]


class AnswerView(ActionView):
    """POST answers whether help was as it is written."""

    model, related = ServedQuestion, ("participant",)
    body_class, answer_class = bodies.AnswerBody, QuestionSerializer

    def call(self, **body: Any) -> ServedQuestion:
        return samples.answer(question=self.object, **body)
