"""What views of the API share: one body and one call of a use-case, answers given once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.db import repeats
from orgs.errors import WrongState
from orgs.models import User
from orgs.values.names import is_visible

MAX_KEY_LENGTH = 200


class PostView(APIView):
    """A view whose POST honours `Idempotency-Key`. Subclasses write `perform`.

    The remembered answer is stored in the transaction of the work itself: either both exist or
    neither. A second request with the same key waits for the first, then gets its answer. Where
    private data is answered nothing is remembered: each look is a look of its own.
    """

    is_remembered: ClassVar[bool] = True

    def perform(self, request: Request, **kwargs: Any) -> Response:
        raise NotImplementedError

    def post(self, request: Request, **kwargs: Any) -> Response:
        # Not `request.headers`, which reads all of them: a ballot has little else to do.
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")[:MAX_KEY_LENGTH]
        if not key or not self.is_remembered:
            return self.perform(request, **kwargs)
        return answer_once(request, key, lambda: self.perform(request, **kwargs))


class UseCaseView(GenericAPIView):
    """Checks one body, makes one call, answers; the schema is read from the same attributes.

    `body_class` is the serializer of what is sent (None: nothing is), `answer_class` that of what
    the call gives. `model` is that of the row which the address names by its key; it is looked for
    in sight of the user, with `related` rows, and `permission` is asked for at it. Subclasses are
    an `ActionView` (POST) or a `ChangeView` (PATCH) and write `call`.
    """

    body_class: ClassVar[type[BaseSerializer] | None] = None
    answer_class: ClassVar[type[BaseSerializer]]
    status: ClassVar[int] = 200
    model: ClassVar[type[Model] | None] = None
    related: ClassVar[tuple[str, ...]] = ()
    permission: ClassVar[str] = ""
    object: Any = None
    # Calls the use-case with what was sent, `by` and `now`; gives what it gave.
    call: Callable[..., Any]

    @property
    def user(self) -> User:
        return signed_in(self.request)

    def get_object(self) -> Any:
        """The row that the address names, None where it names none. Raises Http404 out of sight."""
        if self.model is None:
            return None
        seen = self.model._default_manager.visible_to(self.user, one=True)  # type: ignore[attr-defined]
        return get_object_or_404(seen.select_related(*self.related), pk=self.kwargs["pk"])

    def act(self, *, partial: bool = False) -> Response:
        # Sight comes before role, role before whatever was sent: 404, 403, 400.
        self.object = self.get_object()
        if self.permission and not self.user.has_perm(self.permission, self.object):
            raise PermissionDenied
        result = self.call(**self.read(partial=partial), by=self.user, now=timezone.now())
        return Response(self.represent(result), status=self.status)

    def read(self, *, partial: bool) -> dict[str, Any]:
        """What was sent, checked. Raises ValidationError (400)."""
        if self.body_class is None:
            return {}
        body = self.body_class(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        body.is_valid(raise_exception=True)
        return _visible(body)

    def represent(self, result: Any) -> Any:
        """What is answered of what the call gave."""
        return self.answer_class(result, context=self.get_serializer_context()).data


def _visible(body: Any) -> dict[str, Any]:
    """What was sent; a text that shows nothing (invisible signs alone) is none."""
    values, wrong = dict(body.validated_data), {}
    for name, value in values.items():
        if isinstance(value, str) and value and not is_visible(value):
            values[name] = ""
            field = next((one for one in body.fields.values() if one.source == name), None)
            if field is not None and not getattr(field, "allow_blank", True):
                wrong[field.field_name] = [field.error_messages["blank"]]
    if wrong:
        raise ValidationError(wrong)
    return values


class ActionView(UseCaseView, PostView):
    """A POST that makes one call."""

    def perform(self, request: Request, **kwargs: Any) -> Response:
        return self.act()


class CreateView(ActionView):
    """A POST that adds a row; with DRF's ListAPIView a GET lists them."""

    status = 201


class VisibleListView(ListAPIView):
    """A GET that lists the rows of `queryset` that whoever asks may see."""

    def get_queryset(self) -> QuerySet:
        seen: QuerySet = super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined]
        return seen


class ChangeView(UseCaseView):
    """A PATCH that changes what is sent and nothing else."""

    def patch(self, request: Request, **kwargs: Any) -> Response:
        return self.act(partial=True)


def answer_once(request: Request, key: str, work: Callable[[], Response]) -> Response:
    """Does the work unless this user's key was answered before; then gives that answer again.

    Raises WrongState (409 `idempotency_key_reused`) when the key came with another body.
    """
    assert isinstance(request.user, User), "an answer is remembered for an account"
    print_ = _fingerprint(request)
    given: list[Response] = []

    def remembered() -> tuple[int, Any]:
        given.append(work())
        return given[0].status_code, given[0].data

    row, is_new = repeats.answer_once(
        repeats.Sender(user=request.user), key, print_, remembered, timezone.now()
    )
    if is_new:
        return given[0]
    if row.fingerprint != print_:
        raise WrongState(
            _("This Idempotency-Key was used for something else."), code="idempotency_key_reused"
        )
    return Response(json.loads(row.body), status=row.status)


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
    # Not first(): it would sort what is one row.
    rows = queryset.filter(**lookup).order_by()[:1]
    for row in rows:
        return row
    raise Http404
