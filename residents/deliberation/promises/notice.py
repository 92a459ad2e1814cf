"""The notice of a decision as a PDF for the board, with its deadline and the way to object."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.attachments.sheets import Sheets
from orgs.audit import audit
from residents.deliberation.models import Topic

if TYPE_CHECKING:
    from orgs.models import User


def digest(topic: Topic) -> str:
    """SHA-256 of what is published: who compares it knows that the paper says the same."""
    parts = (topic.pk, topic.round, topic.title, topic.decision, topic.public_from)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def pdf(*, topic: Topic, by: "User", now: datetime) -> bytes:
    """One page A4: what was decided, from when until when it is public, how to object."""
    assert topic.public_from, "it is public"
    assert topic.public_until, "it is public"
    address = settings.SITE_URL + reverse("deliberation:topic", args=[topic.pk])
    sheets = Sheets()
    sheets.page()

    def lines(size: int, height: float, text: str, align: str = "L") -> None:
        sheets.line(text, size, height, align)
        sheets.pdf.ln(2)

    lines(26, 14, _("Public notice"), "C")
    lines(16, 10, topic.title)
    lines(12, 7, topic.unit.path_name)
    lines(12, 7, topic.decision)
    days = {"first": date_format(topic.public_from), "last": date_format(topic.public_until)}
    lines(12, 7, _("Public from %(first)s to %(last)s.") % days)
    lines(
        12,
        7,
        _("Whoever objects says so until then, in writing and under the real name: online at the "
          "address below, or at the community. Every objection is answered."),
    )  # fmt: skip
    lines(10, 6, address)
    lines(9, 6, _("Fingerprint of this notice: %(digest)s") % {"digest": digest(topic)})
    audit.record("deliberation.print-notice", by=by, obj=topic, now=now)
    return sheets.content
