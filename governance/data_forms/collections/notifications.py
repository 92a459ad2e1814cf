"""Who is told of collections: who is asked, who is late, what is sent back, what is delivered."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.data_forms.collections.specification import ASKER, COMMUNITY, SPECIFICATIONS, STREET
from governance.data_forms.enums import (
    WORKERS,
    CollectionAction,
    CollectionState,
    SubmissionAction,
    SubmissionState,
)
from governance.data_forms.models import (
    Collection,
    CollectionEntry,
    Submission,
    SubmissionEntry,
)
from governance.data_forms.submissions.specification import SUBMISSION_SPECIFICATIONS
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import Staff, notify_audiences
from tasks.enums import STREET_ROLES

SOON, OVERDUE, LATE = "soon", "overdue", "late"
BOOKMARK, SUBMISSION_BOOKMARK = "data_forms.collection-entries", "data_forms.submission-entries"


def _text(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        f"collection-{CollectionAction.ASK}": _("%(asker)s asks for “%(form)s”, due %(due)s."),
        f"collection-{CollectionAction.ADMIT}": _(
            "“%(form)s” is admitted; the communities are asked, due %(due)s."
        ),
        f"collection-{CollectionAction.REFUSE}": _("“%(form)s” is not admitted: %(text)s"),
        f"collection-{CollectionAction.DELIVER}": _("“%(form)s” is delivered: fetch the workbook."),
        f"collection-{CollectionAction.WITHDRAW}": _("“%(form)s” is withdrawn: %(text)s"),
        f"submission-{SubmissionAction.OPEN}": _(
            "%(asker)s asks for “%(form)s”, due %(due)s; the portal has filled in what it knows."
        ),
        f"submission-{SubmissionAction.SIGN}": _("%(unit)s has signed off “%(form)s”."),
        f"submission-{SubmissionAction.SEND_BACK}": _("Rows of “%(form)s” are sent back: %(text)s"),
        SOON: _("“%(form)s” is due soon, by %(due)s."),
        OVERDUE: _("“%(form)s” is overdue since %(due)s."),
        LATE: _("%(count)s communities are late with “%(form)s”, due %(due)s."),
    }
    due = date_format(date.fromisoformat(data["due"]))
    return words[data["step"]] % {**data, "due": due}


KINDS = (
    NoticeKind(COMMUNITY, gettext_lazy("forms that my community is asked for"), _text),
    NoticeKind(STREET, gettext_lazy("forms that communities of my street are asked for"), _text),
    NoticeKind(ASKER, gettext_lazy("forms that I asked for"), _text),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = CollectionEntry.objects.select_related(
        "collection__street", "collection__form", "collection__department"
    )
    own = SubmissionEntry.objects.select_related(
        "submission__unit", "submission__collection__street", "submission__collection__form",
        "submission__collection__department",
    )  # fmt: skip
    told = notify_audiences(SPECIFICATIONS, entries, _of_collection, bookmark=BOOKMARK, now=now)
    return told + notify_audiences(
        SUBMISSION_SPECIFICATIONS, own, _of_submission, bookmark=SUBMISSION_BOOKMARK, now=now
    )


def remind(now: datetime) -> int:
    """Tells communities whose limit comes or has passed, and streets how many are late; each once.

    A fixed number of statements beyond who works where, which is asked once for each unit.
    """
    return notifications.notify(_due_notices(now), now=now)


def _due_notices(now: datetime) -> Iterator[NewNotice]:
    today = timezone.localdate(now)
    staff = Staff(today)
    waiting = Submission.objects.exclude(state=SubmissionState.SIGNED).filter(
        collection__state=CollectionState.OPEN, collection__warn_on__lte=today
    )
    late: dict[Collection, int] = {}
    for row in waiting.select_related(
        "unit", "collection__form", "collection__street", "collection__department"
    ).order_by("pk"):
        collection = row.collection
        step = OVERDUE if collection.due_on < today else SOON
        late[collection] = late.get(collection, 0) + (step == OVERDUE)
        link = reverse("data_forms:submission", args=[row.pk])
        for person in staff.at(row.unit, WORKERS):
            key = f"submission:{row.pk}:{collection.due_on}:{step}"
            yield NewNotice(COMMUNITY, key, person, link, _data(collection, step))
    for collection, count in late.items():
        if count:
            link = reverse("data_forms:collection", args=[collection.pk])
            data = _data(collection, LATE) | {"count": count}
            for person in staff.at(collection.street, STREET_ROLES):
                key = f"collection:{collection.pk}:{collection.due_on}:{LATE}"
                yield NewNotice(STREET, key, person, link, data)


def _data(collection: Collection, step: str) -> dict[str, Any]:
    return {
        "step": step,
        "form": str(collection),
        "asker": collection.asker,
        "due": str(collection.due_on),
    }


def _of_collection(kind: str, entry: CollectionEntry, person: int) -> NewNotice:
    data = _data(entry.collection, f"collection-{entry.action}") | {"text": entry.text}
    link = reverse("data_forms:collection", args=[entry.collection_id])
    return NewNotice(kind, f"collection-entry:{entry.pk}", person, link, data)


def _of_submission(kind: str, entry: SubmissionEntry, person: int) -> NewNotice:
    row = entry.submission
    data = _data(row.collection, f"submission-{entry.action}")
    data |= {"text": entry.text, "unit": row.unit.short_name}
    link = reverse("data_forms:submission", args=[row.pk])
    return NewNotice(kind, f"submission-entry:{entry.pk}", person, link, data)
