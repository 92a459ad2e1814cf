"""Taking what people attach, preparing it, showing it to those who may see, forgetting the rest."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.files import FieldFile

from orgs import registry
from orgs.audit import audit
from orgs.db.leases import lapsed
from orgs.db.queue import enqueue
from orgs.enums import AttachmentKind, AttachmentState, AuditResult
from orgs.errors import NotNow, Refused, TooLarge
from orgs.models import Attachment
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

logger = structlog.get_logger(__name__)

MAX_ATTACHMENTS = 9
PHOTO_MAX_BYTES = 20 * 1024 * 1024
UNUSED_AFTER = timedelta(hours=48)
# A worker that has not finished by then is taken for dead.
CLAIM_LASTS = timedelta(minutes=10)
MAX_TRIES = 3


def store(*, upload: UploadedFile, by: "User | None", now: datetime) -> Attachment:
    """Takes one file from its uploader; `by` is None for passers-by.

    A photo is ready at once; a video waits until a job has prepared it. Raises BadFile for what is
    neither, TooLarge (413) for more than 20 MB of photo or 50 MB of video, NotNow (503) while there is
    no room on the disk.
    """
    if getattr(upload, "unwritten", False):
        raise _no_room()
    size = upload.size or 0
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(_("A video may have at most 50 MB, a photo 20 MB."))
    from orgs.attachments import media  # 9 MB, which only a process that takes files needs

    kind, format_ = media.sniff(upload.read(16))
    upload.seek(0)
    attachment = Attachment(kind=kind, uploaded_by=by, created_at=now)
    if kind == AttachmentKind.PHOTO:
        if size > PHOTO_MAX_BYTES:
            raise TooLarge(_("A photo may have at most 20 MB."))
        photo, thumbnail = media.prepare_photo(upload, format_)
        _keep(attachment.file, f"{attachment.pk}.jpg", ContentFile(photo))
        try:
            _keep(attachment.thumbnail, f"{attachment.pk}-small.jpg", ContentFile(thumbnail))
        except NotNow:
            _drop([attachment.file])
            raise
    else:
        from orgs.attachments import video  # 16 MB, for the few who send videos

        video.measure(upload)
        upload.seek(0)
        attachment.state = AttachmentState.WAITING
        _keep(attachment.original, f"{attachment.pk}.video", upload)
    with transaction.atomic():
        attachment.save(force_insert=True)
        audit.record("attachments.store", by=by, obj=attachment, detail={"kind": kind}, now=now)
        if attachment.state == AttachmentState.WAITING:
            enqueue("orgs.jobs.prepare_attachment", [str(attachment.pk)])
    return attachment


def _no_room() -> NotNow:
    message = _("Photos cannot be kept just now. Send without them, or try again later.")
    return NotNow(message, code="no_room")


def _keep(field: FieldFile, name: str, content: File) -> None:
    """Stores a file, or nothing of it. Raises NotNow where the disk takes no more."""
    try:
        field.save(name, content, save=False)
    except OSError as error:
        logger.error("file_not_kept", error=f"{type(error).__name__}: {error}")
        with suppress(OSError):
            field.storage.delete(field.field.generate_filename(field.instance, name))
        raise _no_room() from error


def prepare(*, attachment_id: UUID, now: datetime) -> bool:
    """Prepares one waiting video; False when there was nothing to do (another worker has it)."""
    claimed = _claimable(now).filter(pk=attachment_id).update(claimed_at=now, tries=F("tries") + 1)
    if not claimed:
        return False
    attachment = Attachment.objects.get(pk=attachment_id)
    if attachment.tries > MAX_TRIES:
        _refuse(attachment, _("The video could not be prepared."), now)
        return True
    from orgs.attachments import media, video

    with tempfile.TemporaryDirectory() as folder:
        converted = Path(folder) / "video.mp4"
        try:
            with attachment.original.open("rb") as original:
                poster = video.prepare_video(original, converted)
        except media.BadFile as error:
            _refuse(attachment, error.message, now)
            return True
        with converted.open("rb") as content:
            _keep(attachment.file, f"{attachment.pk}.mp4", File(content))
        _keep(attachment.thumbnail, f"{attachment.pk}-small.jpg", ContentFile(poster))
    _finish(attachment, AttachmentState.READY, now)
    return True


def waiting(now: datetime) -> list[UUID]:
    """The videos that nobody is preparing."""
    return list(_claimable(now).order_by("created_at").values_list("pk", flat=True)[:50])


def may_see(user: "Person", attachment: Attachment) -> bool:
    """The uploader, and whoever an upper floor lets see the record that it belongs to."""
    if user.is_authenticated and attachment.uploaded_by_id == user.pk:
        return True
    return any(registry.call(registry.Name.MAY_SEE_ATTACHMENT, user, attachment))


def in_use(keys: Iterable[UUID]) -> bool:
    """Whether a record of whatever kind has taken one of the uploads; one statement."""
    taken = [
        Q(**{f"{relation.name}__isnull": False}) for relation in Attachment._meta.related_objects
    ]
    return Attachment.objects.filter(Q(*taken, _connector=Q.OR), pk__in=list(keys)).exists()


def own_attachments(attachments: Sequence[Attachment], owner_id: int | None) -> list[Attachment]:
    """The attachments, locked, if they may join a record: the owner's own (None: nobody's), not used yet, at most 9."""
    if not attachments:
        return []
    if len(attachments) > MAX_ATTACHMENTS:
        raise Refused(_("At most %(most)d photos or videos.") % {"most": MAX_ATTACHMENTS})
    keys = [attachment.pk for attachment in attachments]
    own = Attachment.objects.select_for_update().in_bulk(keys)
    if in_use(keys) or any(key not in own or own[key].uploaded_by_id != owner_id for key in keys):
        raise Refused(
            _("A photo is missing or used already: add it again."),
            code="bad_attachment",
            fields={"attachments": [_("missing or used already")]},
        )
    return [own[key] for key in dict.fromkeys(keys)]


def unused() -> QuerySet[Attachment]:
    """Uploads that no record has taken."""
    return Attachment.objects.filter(
        **{f"{relation.name}__isnull": True for relation in Attachment._meta.related_objects}
    )


def forget_unused(*, now: datetime) -> int:
    """Deletes uploads that no record points at after 48 hours; gives their number."""
    old = unused().filter(created_at__lt=now - UNUSED_AFTER)
    return forget(old.order_by("created_at").iterator(), now=now)


def forget(attachments: Iterable[Attachment], *, now: datetime) -> int:
    """Deletes uploads with their files, each in a transaction of its own; gives their number."""
    count = 0
    for attachment in attachments:
        files = [attachment.original, attachment.file, attachment.thumbnail]
        with transaction.atomic():
            audit.record("attachments.forget", by=None, obj=attachment, now=now)
            attachment.delete()
        _drop(files)
        count += 1
    return count


def _claimable(now: datetime) -> QuerySet[Attachment]:
    free = lapsed("claimed_at", now, CLAIM_LASTS)
    return Attachment.objects.filter(free, state=AttachmentState.WAITING)


def _refuse(attachment: Attachment, reason: str, now: datetime) -> None:
    attachment.reason = reason
    _finish(attachment, AttachmentState.REFUSED, now)


def _finish(attachment: Attachment, state: AttachmentState, now: datetime) -> None:
    """Ends the waiting; the original is not kept."""
    original = attachment.original.name or ""
    attachment.state = state
    attachment.original = ""
    with transaction.atomic():
        attachment.save()
        audit.record(
            "attachments.prepare",
            by=None,
            obj=attachment,
            result=AuditResult.OK if state == AttachmentState.READY else AuditResult.REFUSED,
            now=now,
        )
        transaction.on_commit(partial(attachment.original.storage.delete, original), robust=True)


def _drop(files: Iterable[FieldFile]) -> None:
    for file in files:
        if file.name:
            file.storage.delete(file.name)
