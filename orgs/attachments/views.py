"""Showing photos and videos to those who may see them. Originals are never served."""

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from whitenoise.responders import SlicedFile, StaticFile

from orgs.accounts.tokens import TokenAuthentication
from orgs.attachments import attachments
from orgs.enums import AttachmentKind, AttachmentState
from orgs.models import Attachment

if TYPE_CHECKING:
    from orgs.scoping import Person

# Whoever comes after at the same browser is shown nothing of it.
private = cache_control(private=True, no_store=True)


@require_safe
@private
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The photo or video itself."""
    return show(request, _visible(request, pk))


@require_safe
@private
def thumbnail(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Its small picture."""
    return show(request, _visible(request, pk), small=True)


def show(request: HttpRequest, attachment: Attachment, *, small: bool = False) -> HttpResponseBase:
    """A photo or video that is ready, or its small picture, for whoever was found to see it."""
    kept = attachment.thumbnail if small else attachment.file
    if settings.MEDIA_HANDOVER:
        return _handed_over(attachment, kept)
    if attachment.kind == AttachmentKind.VIDEO and not small:
        return _film(request.headers.get("Range", ""), attachment)
    return _picture(attachment, kept)


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
        authenticated = TokenAuthentication().authenticate(Request(request))
    except APIException:
        return request.user
    return authenticated[0] if authenticated else request.user


def _handed_over(attachment: Attachment, kept: FieldFile) -> HttpResponse:
    """Tells the proxy which file to send in this answer's place; it also cuts out parts of videos."""
    kind = "video/mp4" if (kept.name or "").endswith(".mp4") else "image/jpeg"
    name = f"{attachment.pk}{Path(kept.name or '').suffix}"
    return HttpResponse(
        content_type=kind,
        headers={
            "X-Accel-Redirect": settings.MEDIA_HANDOVER + quote(kept.name or ""),
            "Content-Disposition": f'inline; filename="{name}"',
        },
    )


def _picture(attachment: Attachment, kept: FieldFile) -> FileResponse:
    return FileResponse(kept.open("rb"), content_type="image/jpeg", filename=f"{attachment.pk}.jpg")


def _film(asked: str, attachment: Attachment) -> FileResponse:
    """A video, or the part of it that a player asks for: Safari plays no other (RFC 9110, 14)."""
    film = attachment.file.open("rb")
    headers = {"Accept-Ranges": "bytes"}
    status = HTTPStatus.OK
    part = _part(asked, attachment.file.size)
    if part:
        first, last = part
        film = SlicedFile(film, first, last)
        headers["Content-Range"] = f"bytes {first}-{last}/{attachment.file.size}"
        headers["Content-Length"] = str(last - first + 1)
        status = HTTPStatus.PARTIAL_CONTENT
    return FileResponse(
        film,
        content_type="video/mp4",
        filename=f"{attachment.pk}.mp4",
        headers=headers,
        status=status,
    )


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of the one part asked for; None for the whole file.

    The whole also answers what is no range, or lies behind the end: a server may ignore a range.
    """
    try:
        first, last = StaticFile.parse_byte_range(asked)
    except ValueError:
        return None
    first = max(first + size, 0) if first < 0 else first
    last = size - 1 if last is None else min(last, size - 1)
    return (first, last) if first <= last else None
