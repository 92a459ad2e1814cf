"""The API of calls: who calls, whom to call back, who was not reached."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView
from orgs.api.pagination import SortedPagination
from orgs.models import User
from orgs.scoping import reach_of
from tasks.calls import call_backs, calls
from tasks.enums import CALL_BACK_ROLES, Permission
from tasks.models import CallBackTry, Task
from tasks.workflow.api.serializers import TaskRow
from tasks.workflow.queries import rows, whole


class CallBody(serializers.Serializer):
    phone = serializers.CharField(max_length=30)
    open = serializers.BooleanField(default=False)


class KnownRow(serializers.Serializer):
    name = serializers.CharField()
    homes = serializers.ListField(child=serializers.CharField())


class EarlierRow(serializers.Serializer):
    number = serializers.CharField()
    status = serializers.CharField()
    title = serializers.CharField()
    unit_path = serializers.CharField(source="unit.path_name")
    created_at = serializers.DateTimeField()


class CallAnswer(serializers.Serializer):
    people = KnownRow(many=True)
    earlier = EarlierRow(many=True)
    is_open = serializers.BooleanField()


@extend_schema_view(post=extend_schema(operation_id="calls_look_up"))
class CallView(ActionView):
    """POST says who may be calling, masked; `open` shows names and doors, which is recorded.

    What is reported goes to `tasks/` with the same telephone.
    """

    body_class, answer_class = CallBody, CallAnswer
    permission = Permission.TAKE_CALL
    is_remembered = False

    def call(self, *, phone: str, by: User, now: datetime, open: bool) -> calls.Caller:
        if open:
            return calls.open_caller(phone=phone, by=by, now=now)
        return calls.caller(phone=phone, by=by)


class CallBackListView(ListAPIView):
    """The reporters whom one may call for their rating; `rate` of the task enters what they say."""

    serializer_class = TaskRow
    pagination_class = SortedPagination
    sorted_by = call_backs.ORDER

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if not reach_of(signed_in(request)).roles & CALL_BACK_ROLES:
            raise PermissionDenied

    def get_queryset(self) -> QuerySet[Task]:
        return rows(call_backs.waiting(signed_in(self.request), timezone.now()))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}


class TryRow(serializers.ModelSerializer):
    number = serializers.CharField(source="task.number")

    class Meta:
        model = CallBackTry
        fields = ["number", "at"]


class NotReachedView(ActionView):
    """POST notes that a reporter was called and not reached."""

    answer_class = TryRow

    def get_object(self) -> Task:
        seen = whole(Task.objects.visible_to(self.user, one=True))
        task = seen.filter(number=self.kwargs["number"]).first()
        if task is None:
            raise Http404
        if not reach_of(self.user).roles_at(task.unit) & CALL_BACK_ROLES:
            raise PermissionDenied
        return task

    def call(self, *, by: User, now: datetime) -> CallBackTry:
        return call_backs.not_reached(task=self.object, by=by, now=now)
