"""The discussion of a topic as a workbook, as whoever fetches it may read it; audited."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.audit import audit
from orgs.imports.workbooks import spreadsheets
from residents.deliberation.discussion import queries
from residents.deliberation.models import Topic

if TYPE_CHECKING:
    from orgs.models import User

TITLE = "讨论记录"


def export(*, topic: Topic, by: "User", now: datetime) -> IO[bytes]:
    """Every contribution with its answers, in threads."""
    found = queries.threads(topic, by)
    count = sum(1 + len(one.answers) for one in found)
    audit.record(
        "deliberation.export-discussion", by=by, obj=topic, now=now, detail={"rows": count}
    )
    headings = [
        _("When"),
        _("By"),
        pgettext("to a comment", "Answers"),
        _("Text"),
        _("State"),
        _("Reason"),
    ]
    return spreadsheets.stream(headings, _lines(found), TITLE)


def _lines(found: list[queries.Reading]) -> Iterator[list[str]]:
    for thread in found:
        yield _line(thread, "")
        for answer in thread.answers:
            yield _line(answer, str(thread.comment.pk))


def _line(one: queries.Reading, answers: str) -> list[str]:
    at = timezone.localtime(one.comment.at).strftime("%Y-%m-%d %H:%M")
    state = str(one.comment.get_state_display())
    return [at, one.author, answers, one.text, state, one.comment.reason]
