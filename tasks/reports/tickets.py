"""Tickets: who answers the question may send one report without an account, with its photos.

No photo is taken before the question is answered. A ticket waits as long as a draft may wait on a phone
without a network, and what was sent with it before is answered as the first time.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from orgs.attachments import attachments as uploads
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.errors import Refused
from orgs.models import Attachment
from orgs.values.sentences import gettext as _
from tasks.models import ReportTicket, Task
from tasks.reports import captcha, progress
from tasks.reports.report import report

SALT = "tasks.ticket"
LIFE = timedelta(days=14)
# Some are taken away again before the report is sent.
MOST_PHOTOS = 2 * MAX_ATTACHMENTS


def issue(*, token: str, answer: str, now: datetime) -> str:
    """A signed ticket for an answer; right or wrong, it uses the question up. Raises Refused."""
    # Outside the transaction: a wrong answer leaves its mark.
    captcha.check(token=token, answer=answer, now=now)
    with transaction.atomic():
        captcha.use_up(token=token, now=now)
        ticket = ReportTicket.objects.create(
            nonce=secrets.token_urlsafe(24), created_at=now, expires_at=now + LIFE
        )
    return signing.dumps(ticket.nonce, salt=SALT)


def held(signed: str, *, now: datetime) -> ReportTicket | None:
    """The ticket that somebody holds; None for what is no good ticket."""
    try:
        nonce = signing.loads(signed, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    return ReportTicket.objects.filter(nonce=nonce, expires_at__gt=now).first()


def add_photo(*, ticket: ReportTicket, upload: UploadedFile, now: datetime) -> Attachment:
    """Stores one photo or video of a ticket's report. Raises Refused beyond twice nine, or for a bad file."""
    _refuse_full(ticket)
    attachment = uploads.store(upload=upload, by=None, now=now)
    with transaction.atomic():
        locked = ReportTicket.objects.select_for_update().get(pk=ticket.pk)
        _refuse_full(locked)
        locked.photos = [*locked.photos, str(attachment.pk)]
        locked.save(update_fields=["photos"])
    return attachment


def photos(ticket: ReportTicket, keys: Iterable[UUID]) -> "QuerySet[Attachment]":
    """Those of the uploads that came with the ticket and that no report has taken."""
    own = [key for key in keys if str(key) in ticket.photos]
    return Attachment.objects.filter(pk__in=own, uploaded_by=None, task_attachment=None)


@transaction.atomic
def send(
    *, ticket: ReportTicket, attachments: Sequence[Attachment] = (), now: datetime, **body: Any
) -> Task:
    """The report of a ticket: made once, whatever is sent again. Raises Refused as `report` does."""
    locked = ReportTicket.objects.select_for_update().get(pk=ticket.pk)
    if locked.task:
        return locked.task
    if any(str(attachment.pk) not in locked.photos for attachment in attachments):
        raise Refused(
            _("A photo is missing or used already: add it again."),
            code="bad_attachment",
            fields={"attachments": [_("missing or used already")]},
        )
    locked.task = report(by=progress.VISITOR, attachments=attachments, now=now, **body)
    locked.save(update_fields=["task"])
    return locked.task


def forget_expired(*, now: datetime) -> int:
    """Deletes tickets that are no longer good; gives their number."""
    return ReportTicket.objects.filter(expires_at__lt=now).delete()[0]


def _refuse_full(ticket: ReportTicket) -> None:
    if ticket.task_id or len(ticket.photos) >= MOST_PHOTOS:
        raise Refused(_("At most %(most)d photos or videos.") % {"most": MAX_ATTACHMENTS})
