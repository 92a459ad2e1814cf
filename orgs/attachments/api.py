"""Uploading, over the API."""

from typing import Any

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView
from orgs.attachments import attachments
from orgs.errors import Refused
from orgs.models import Attachment
from orgs.web import throttling


class AttachmentSerializer(serializers.ModelSerializer):
    """What a client needs to know of its upload."""

    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["id", "kind", "state", "thumbnail"]

    def get_thumbnail(self, attachment: Attachment) -> str | None:
        """The address of the small picture; null while a video is being prepared."""
        if not attachment.thumbnail:
            return None
        return reverse("orgs:attachment_thumbnail", args=[attachment.pk])


class Attachments(PostView):
    """Photos and short videos."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={
            "multipart/form-data": inline_serializer("Upload", {"file": serializers.FileField()})
        },
        responses={201: AttachmentSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        upload = request.FILES.get("file")
        if upload is None:
            raise Refused(_("Send one file."), fields={"file": [_("This field is required.")]})
        person = signed_in(request)
        throttling.count_upload(request)
        attachment = attachments.store(upload=upload, by=person, now=timezone.now())
        return Response(AttachmentSerializer(attachment).data, status=201)


urlpatterns = [path("attachments/", Attachments.as_view(), name="attachments")]
