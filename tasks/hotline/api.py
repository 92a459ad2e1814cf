"""The API of hotline tickets."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView
from orgs.web import throttling
from tasks.hotline import imports
from tasks.hotline.imports import Known, Sheet


class HotlineBody(serializers.Serializer):
    file = serializers.FileField()
    apply = serializers.BooleanField(default=False)


class HotlineRow(serializers.Serializer):
    row = serializers.IntegerField()
    outside_number = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    differs = serializers.ListField(child=serializers.CharField())


class WrongRow(serializers.Serializer):
    row = serializers.IntegerField()
    column = serializers.CharField()
    message = serializers.CharField()


class HotlineView(PostView):
    """Hotline tickets by Excel. Without `apply` it says what the sheet would do; with it, it is done.

    All of a sheet or nothing: wrong rows answer 400 with `rows`. A ticket is entered once.
    """

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="tasks_hotline",
        request={"multipart/form-data": HotlineBody},
        responses=OpenApiResponse(
            inline_serializer(
                "HotlineAnswer",
                {
                    "applied": serializers.BooleanField(),
                    "new": HotlineRow(many=True),
                    "unchanged": HotlineRow(many=True),
                    "changed": HotlineRow(many=True),
                    "wrong": WrongRow(many=True),
                },
            )
        ),
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = HotlineBody(data=request.data)
        body.is_valid(raise_exception=True)
        throttling.count_upload(request)
        file = body.validated_data["file"]
        sent: dict[str, Any] = {"file": file, "size": file.size, "by": signed_in(request)}
        now, apply = timezone.now(), body.validated_data["apply"]
        sheet = imports.examine(**sent, now=now)
        made: dict[str, str] = {}
        if apply:
            file.seek(0)
            done = imports.import_tickets(**sent, now=now)
            made = {task.outside_number: task.number for task in done.tasks}
        return Response(_sheet(sheet, made) | {"applied": apply})


def _sheet(sheet: Sheet, made: dict[str, str]) -> dict[str, Any]:
    new: list[dict[str, Any]] = [
        {
            "row": one.row,
            "outside_number": one.outside_number,
            "number": made.get(one.outside_number),
            "differs": [],
        }
        for one in sheet.new
    ]
    return {
        "new": new,
        "unchanged": [_known(one) for one in sheet.unchanged],
        "changed": [_known(one) for one in sheet.changed],
        "wrong": [asdict(one) for one in sheet.errors],
    }


def _known(one: Known) -> dict[str, Any]:
    return {
        "row": one.ticket.row,
        "outside_number": one.ticket.outside_number,
        "number": one.task.number,
        "differs": list(one.differs),
    }
