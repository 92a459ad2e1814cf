"""Files that came with an official result: kept encrypted, with the SHA-256 that is published."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import fernet
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.models import User
from residents.deliberation.enums import PollState
from residents.deliberation.models import Poll, ResultFile
from residents.deliberation.polls import queries
from residents.deliberation.polls.course.workflow import WORKFLOW, PollWho

LARGEST = 20 * 1024 * 1024
MOST_FILES = 9
# What such a file begins with, by its ending; a table as text begins with anything.
KINDS = {
    ".xlsx": b"PK\x03\x04",
    ".pdf": b"%PDF-",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG",
    ".csv": b"",
}


@transaction.atomic
def keep(*, poll: Poll, file: UploadedFile, by: User, now: datetime) -> ResultFile:
    """Keeps a file of what was counted elsewhere, between closing and publication.

    Raises NotAllowed for who does not convene the poll; WrongState at another time, for a poll that
    the portal counts, and for the same file again; Refused for another kind of file; TooLarge.
    """
    if PollWho.ORGANISER not in WORKFLOW.relations(poll, by):
        raise NotAllowed(_("You may not enter the result of this poll."))
    poll = WORKFLOW.locked(poll)
    if not poll.is_held_elsewhere or poll.state != PollState.CLOSED:
        raise WrongState(_("Files of a result come between closing and publication."))
    if (file.size or 0) > LARGEST:
        raise TooLarge(_("A file may have at most 20 MB."))
    if poll.result_files.count() >= MOST_FILES:
        raise WrongState(_("At most %(most)d files.") % {"most": MOST_FILES})
    content = file.read()
    name = PurePath(file.name or "").name[-120:]
    begins = KINDS.get(PurePath(name).suffix.lower())
    if begins is None or not content.startswith(begins) or not content:
        raise Refused(
            _("Send an Excel, CSV or PDF file, or a photo."), code="bad_file", field="file"
        )
    if begins == b"" and b"\0" in content:
        raise Refused(_("This is no table as text."), code="bad_file", field="file")
    kept = ResultFile(
        poll=poll,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        at=now,
    )
    if poll.result_files.filter(sha256=kept.sha256).exists():
        raise WrongState(_("This file is kept already."), code="already_kept")
    sealed = ContentFile(fernet().encrypt(content))
    kept.file.save(f"{poll.pk}-{kept.sha256[:16]}.sealed", sealed, save=False)
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError:
        raise WrongState(_("This file is kept already."), code="already_kept") from None
    audit.record(
        "deliberation.keep-result-file", by=by, obj=poll, detail={"sha256": kept.sha256}, now=now
    )
    return kept


def read(*, file: ResultFile, by: User, now: datetime) -> bytes:
    """The content of a file. Raises NotAllowed for who does not watch the poll."""
    if not queries.watches(by, file.poll):
        raise NotAllowed(_("You may not read the files of this result."))
    audit.record("deliberation.read-result-file", by=by, obj=file, now=now)
    with file.file.open("rb") as sealed:
        return fernet().decrypt(sealed.read())
