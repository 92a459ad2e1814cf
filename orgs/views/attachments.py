"""Showing photos and videos to those who may see them. Originals are never served."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from orgs import attachments
from orgs.api.authentication import TokenAuthentication
from orgs.enums import AttachmentKind, AttachmentState
from orgs.models import Attachment

if TYPE_CHECKING:
    from orgs.scoping import Person

# A browser may keep what it was shown, for itself only.
private = cache_control(private=True, max_age=3600)


@require_safe
@private
def file(request: HttpRequest, pk: UUID) -> FileResponse:
    """The photo or video itself."""
    attachment = _visible(request, pk)
    return _shown(attachment, attachment.file)


@require_safe
@private
def thumbnail(request: HttpRequest, pk: UUID) -> FileResponse:
    """Its small picture."""
    attachment = _visible(request, pk)
    return _shown(attachment, attachment.thumbnail, picture=True)


def _visible(request: HttpRequest, pk: UUID) -> Attachment:
    attachment = get_object_or_404(Attachment, pk=pk, state=AttachmentState.READY)
    if not attachments.may_see(_reader(request), attachment):
        raise Http404
    return attachment


def _reader(request: HttpRequest) -> "Person":
    """Who asks: by a session, or by the token with which the API gave out the address."""
    if request.user.is_authenticated or "Authorization" not in request.headers:
        return request.user
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except APIException:
        return request.user
    return found[0] if found else request.user


def _shown(attachment: Attachment, kept: FieldFile, *, picture: bool = False) -> FileResponse:
    video = attachment.kind == AttachmentKind.VIDEO and not picture
    return FileResponse(
        kept.open("rb"),
        content_type="video/mp4" if video else "image/jpeg",
        filename=f"{attachment.pk}.{'mp4' if video else 'jpg'}",
    )
