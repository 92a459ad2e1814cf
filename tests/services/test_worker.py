"""A real worker on a real broker: jobs arrive, and the request's number with them."""

import json

import structlog
from django.utils import timezone

from governance.celery import app
from orgs import jobs
from orgs.attachments import attachments
from orgs.enums import AttachmentState
from orgs.models import Attachment
from tests import files


def test_a_worker_prepares_a_video_and_logs_the_request_number(worker):
    """The message is sent on commit, with the number of the request that sent it."""
    app.control.purge()
    process = worker()
    with structlog.contextvars.bound_contextvars(request_id="request-7"):
        attachment = attachments.store(
            upload=files.upload(files.video(), "film.mov"), by=None, now=timezone.now()
        )
    line = process.wait_for("task_succeeded")
    logged = json.loads(line[line.index("{") :])
    assert logged["request_id"] == "request-7"
    attachment = Attachment.objects.get(pk=attachment.pk)
    assert attachment.state == AttachmentState.READY


def test_a_lost_message_is_made_up_for_by_the_sweep(worker):
    app.control.purge()
    attachment = attachments.store(
        upload=files.upload(files.video(), "film.mov"), by=None, now=timezone.now()
    )
    app.control.purge()
    process = worker()
    jobs.process_waiting_attachments.delay()
    process.wait_for("task_succeeded", times=2)
    assert Attachment.objects.get(pk=attachment.pk).state == AttachmentState.READY
