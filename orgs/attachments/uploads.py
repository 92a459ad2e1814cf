"""How uploads arrive: what is too large is not kept, and the rest of its form survives."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.accounts.sign_in import API_PREFIX
from orgs.api.problems import early_problem
from orgs.attachments import attachments
from orgs.errors import DomainError, TooLarge
from orgs.models import Attachment
from orgs.values.text import uuids
from orgs.web.refusals import audit_refusal
from orgs.web.throttling import count_upload

# More is refused unread; up to it, a request is read to its end so that the sender gets an answer.
REQUEST_MAX_BYTES = 512 * 1024 * 1024
CHUNK = 64 * 1024


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keeps nothing of a file beyond `settings.UPLOAD_MAX_BYTES`.

    Such a file still joins the form, empty but with its true `size`, so that a use-case refuses it
    with a sentence and the form's other fields are not lost.
    """

    received = 0
    unwritten = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received, self.unwritten = 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        before, self.received = self.received, self.received + len(raw_data)
        if self.received <= settings.UPLOAD_MAX_BYTES and not self.unwritten:
            try:
                return super().receive_data_chunk(raw_data, start)
            except (
                OSError
            ):  # no room: the file is refused with a sentence, the form's words are kept
                self.unwritten = True
                return None
        if before <= settings.UPLOAD_MAX_BYTES:
            self.file.seek(0)
            self.file.truncate()
        return None

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        self.file.seek(0)
        self.file.size = self.received
        self.file.unwritten = self.unwritten  # type: ignore[attr-defined]
        return self.file


def kept_by(request: HttpRequest, keys: Iterable[str]) -> list[Attachment]:
    """Those of one's own uploads of an earlier try, by their keys, that no record has taken."""
    known = uuids(keys)
    own = attachments.unused().filter(uploaded_by=request.user.pk, pk__in=known) if known else ()
    return list(own)


def store_each(
    request: HttpRequest,
    uploads: Iterable[UploadedFile],
    take: Callable[[UploadedFile], Attachment] | None = None,
) -> tuple[list[Attachment], list[str]]:
    """Stores files one by one; gives what was stored, and a sentence for each that was refused.

    `take` stores one file; by default it becomes an upload of whoever is signed in.
    """
    stored: list[Attachment] = []
    problems: list[str] = []

    def own(upload: UploadedFile) -> Attachment:
        by = request.user if request.user.is_authenticated else None
        return attachments.store(upload=upload, by=by, now=timezone.now())

    take = take or own
    for upload in uploads:
        try:
            count_upload(request)
            stored.append(take(upload))
        except DomainError as refusal:
            audit_refusal(request, refusal)
            problems.append(f"{(upload.name or '')[:60]}: {refusal.message}")
    return stored, problems


class BodyMiddleware:
    """Refuses large bodies that are no uploads, and reads what a refusal left unread.

    A server that closes a connection with bytes unread makes clients report a broken connection
    instead of showing the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        is_form = request.content_type == "multipart/form-data"
        limit = REQUEST_MAX_BYTES if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        response = _too_large(request) if length > limit else self.get_response(request)
        if 0 < length <= REQUEST_MAX_BYTES and response.status_code >= 400:
            _read_to_end(request)
        return response


def _too_large(request: HttpRequest) -> HttpResponseBase:
    error = TooLarge(_("What was sent is too large."))
    if request.path.startswith(API_PREFIX):
        return early_problem(error.status, error.message)
    return render(request, "refused.html", {"error": error}, status=error.status)


def _read_to_end(request: HttpRequest) -> None:
    with suppress(UnreadablePostError, OSError):
        while request.read(CHUNK):
            pass
