"""Uploading, over the API."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from orgs.api.base import CreateView
from orgs.attachments import attachments
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


class Upload(serializers.Serializer):
    # What is empty or no picture is refused when it is stored.
    file = serializers.FileField(allow_empty_file=True)


class Attachments(CreateView):
    """Photos and short videos."""

    parser_classes = [MultiPartParser]
    body_class, answer_class = Upload, AttachmentSerializer

    def call(self, *, file: UploadedFile, **who: Any) -> Attachment:
        throttling.count_upload(self.request)
        return attachments.store(upload=file, **who)


urlpatterns = [path("attachments/", Attachments.as_view(), name="attachments")]
