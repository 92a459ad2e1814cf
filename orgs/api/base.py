"""What every view of the API shares: answers given once, out-of-sight rows, key pages."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from orgs.errors import WrongState
from orgs.models import IdempotentAnswer, User

MAX_KEY_LENGTH = 200


class PostView(APIView):
    """A view whose POST honours `Idempotency-Key`. Subclasses write `perform`.

    The remembered answer is stored in the transaction of the work itself: either both exist or
    neither. A second request with the same key waits for the first, then gets its answer.
    """

    def perform(self, request: Request, **kwargs: Any) -> Response:
        raise NotImplementedError

    def post(self, request: Request, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")[:MAX_KEY_LENGTH]
        if not key:
            return self.perform(request, **kwargs)
        return answer_once(request, key, lambda: self.perform(request, **kwargs))


def answer_once(request: Request, key: str, work: Callable[[], Response]) -> Response:
    """Does the work unless this user's key was answered before; then gives that answer again.

    Raises WrongState (409 `idempotency_key_reused`) when the key came with another body.
    """
    assert isinstance(request.user, User), "an answer is remembered for an account"
    print_ = _fingerprint(request)
    key_was_free = False
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(
                user=request.user, key=key, fingerprint=print_, created_at=timezone.now()
            )
            key_was_free = True
            response = work()
            row.status = response.status_code
            row.body = json.dumps(response.data, cls=JSONEncoder)
            row.save(update_fields=["status", "body"])
            return response
    except IntegrityError:
        if key_was_free:
            raise
        earlier = IdempotentAnswer.objects.get(user=request.user, key=key)
    if earlier.fingerprint != print_:
        raise WrongState(
            _("This Idempotency-Key was used for something else."), code="idempotency_key_reused"
        )
    return Response(json.loads(earlier.body), status=earlier.status)


def _fingerprint(request: Request) -> str:
    """A digest of what is asked: method, path, body and the digests of files."""
    files = {
        name: [_file_digest(upload) for upload in uploads]
        for name, uploads in request.FILES.lists()
    }
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: values for name, values in data.lists() if name not in files}
    asked = json.dumps([request.method, request.path, data, files], sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(asked.encode()).hexdigest()


def _file_digest(upload: UploadedFile) -> str:
    """A digest of an upload, which is left at its beginning."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def find(queryset: QuerySet, **lookup: Any) -> Any:
    """The one visible row; 404 for what is out of sight or not there."""
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Http404
    return row
