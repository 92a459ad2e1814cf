"""Reports over the API: the body of everybody's, and the calls of those without an account."""

from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.fields import MomentField, UnitField
from orgs.attachments.api import AttachmentSerializer
from orgs.errors import Refused
from orgs.values.sentences import gettext as _
from orgs.web.throttling import count_upload
from tasks.models import MAX_SPOT, Category, ReportTicket
from tasks.reports import captcha, throttling, tickets
from tasks.reports.views.reports import remember_sent
from tasks.workflow.api.bodies import AttachedBody


class ReportBody(AttachedBody):
    """A report. The place and the kind go by their codes, photos by the ids of their upload."""

    unit = UnitField()
    category = serializers.SlugRelatedField(slug_field="code", queryset=Category.objects.all())
    text = serializers.CharField()
    title = serializers.CharField(max_length=60, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    hide_name = serializers.BooleanField(required=False)
    outside_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    received_at = MomentField(required=False)
    spot = serializers.CharField(max_length=MAX_SPOT, required=False, allow_blank=True)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)


class QuestionAnswer(serializers.Serializer):
    """A question in words, and the token that goes with its answer."""

    question = serializers.CharField(read_only=True)
    token = serializers.CharField()


class TicketBody(serializers.Serializer):
    token = serializers.CharField(max_length=1000)
    answer = serializers.CharField(max_length=10)


class TicketAnswer(serializers.Serializer):
    ticket = serializers.CharField()


class TicketPhotoBody(serializers.Serializer):
    ticket = serializers.CharField(max_length=1000)
    # What is empty or no picture is refused when it is stored.
    file = serializers.FileField(allow_empty_file=True)


class PublicReportBody(AttachedBody):
    """The report of a ticket; a telephone is needed."""

    ticket = serializers.CharField(max_length=1000)
    unit = UnitField()
    category = serializers.SlugRelatedField(slug_field="code", queryset=Category.objects.all())
    text = serializers.CharField()
    contact_phone = serializers.CharField(max_length=30)
    contact_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    hide_name = serializers.BooleanField(required=False)
    spot = serializers.CharField(max_length=MAX_SPOT, required=False, allow_blank=True)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)


class NumberAnswer(serializers.Serializer):
    number = serializers.CharField()


class PublicView(APIView):
    """Without an account. The ticket is the authority: neither a session nor a token is looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    body_class: ClassVar[type[serializers.Serializer]]

    def read(self, request: Request) -> dict[str, Any]:
        """What was sent, checked. Raises ValidationError (400)."""
        body = self.body_class(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data


def _ticket(signed: str) -> ReportTicket:
    ticket = tickets.held(signed, now=timezone.now())
    if ticket is None:
        sentence = _("Answer the question once more.")
        raise Refused(sentence, code="bad_ticket", fields={"answer": [sentence]})
    return ticket


class QuestionView(PublicView):
    """GET gives a new question."""

    @extend_schema(operation_id="public_report_question", responses=QuestionAnswer, auth=[])
    def get(self, request: Request) -> Response:
        asked = captcha.ask()
        answer = {"question": asked.question, "token": asked.token}
        return Response(answer, headers={"Cache-Control": "no-store"})


class TicketView(PublicView):
    """POST gives a ticket for the right answer."""

    body_class = TicketBody

    @extend_schema(
        operation_id="public_report_ticket",
        request=TicketBody,
        responses={201: TicketAnswer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        throttling.count_answer(request)
        body = self.read(request)
        try:
            ticket = tickets.issue(now=timezone.now(), **body)
        except Refused as refusal:
            refusal.fields = {"answer": [refusal.message]}
            raise
        return Response({"ticket": ticket}, status=201)


class TicketPhotoView(PublicView):
    """POST takes one photo or video of a ticket's report."""

    parser_classes = (MultiPartParser,)
    body_class = TicketPhotoBody

    @extend_schema(
        operation_id="public_report_photo",
        request=TicketPhotoBody,
        responses={201: AttachmentSerializer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = self.read(request)
        ticket, file = _ticket(body["ticket"]), body["file"]
        assert isinstance(file, UploadedFile)
        count_upload(request)
        photo = tickets.add_photo(ticket=ticket, upload=file, now=timezone.now())
        return Response(AttachmentSerializer(photo).data, status=201)


class PublicReportView(PublicView):
    """POST sends the report of a ticket; sent again, it answers the same number."""

    body_class = PublicReportBody

    @extend_schema(
        operation_id="public_report",
        request=PublicReportBody,
        responses={201: NumberAnswer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = self.read(request)
        ticket = _ticket(body.pop("ticket"))
        if ticket.task_id is None:
            throttling.count_public_report(request, body["contact_phone"])
        task = tickets.send(ticket=ticket, now=timezone.now(), **body)
        remember_sent(request.session, task.number)
        return Response({"number": task.number}, status=201)
