"""Filling submissions from the rosters: by the portal on the day, or anew for whoever asks.

It is filled in the sight of somebody of the community, as every form is; whoever looks at it later is
recorded then.
"""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.data_forms.enums import (
    WORKERS,
    CollectionState,
    Subject,
    SubmissionAction,
    SubmissionState,
)
from governance.data_forms.fields import registry
from governance.data_forms.fillings.fillings import MAX_ROWS, Work
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import (
    BlankForm,
    Submission,
    SubmissionRow,
)
from governance.data_forms.submissions.workflow import SUBMISSION_WORKFLOW
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.models import User
from orgs.units.queries import holders
from orgs.values.sentences import gettext as _
from residents.care.queries import kinds_of
from residents.enums import CareKind

# So many rows are written at a time.
CHUNK = 500
# After so long the portal looks again whether somebody is there in whose sight it can fill.
TRIED_AGAIN = timedelta(hours=12)
_DAY = "day"


def tells_of_care(form: BlankForm) -> bool:
    """Whether a form tells of care rosters: by who is listed, or by a column."""
    return bool(_listed_care(form)) or any(
        bool(field and field.of_care)
        for field in (registry.get(column.field) for column in form.columns.all())
    )


def _listed_care(form: BlankForm) -> set[CareKind]:
    return set(Filter.of(form.filters).for_subject(Subject(form.subject)).rosters)


def may_fill(submission: Submission, user: User) -> bool:
    """Whether a submission is filled in somebody's sight: the community, named for the listed roster."""
    return user.has_perm(SubmissionAction.SIGN.permission, submission) and _listed_care(
        submission.collection.form
    ) <= _kinds(submission, user)


def may_read(submission: Submission, user: User) -> bool:
    """Whether somebody reads all that was filled: named for as much as it was filled with."""
    return may_fill(submission, user) and set(submission.kinds) <= _kinds(submission, user)


def _kinds(submission: Submission, user: User) -> set[CareKind]:
    return set(kinds_of(user, unit=submission.unit))


def refill(*, submission: Submission, by: User, now: datetime) -> Submission:
    """Asks to fill a submission anew from the rosters, in the sight of `by`; a worker does it.

    Raises NotAllowed, WrongState.
    """
    if not may_fill(submission, by):
        raise NotAllowed(_("Only who is named for the care rosters of this form fills it."))
    with transaction.atomic():
        row = SUBMISSION_WORKFLOW.locked(submission)
        refuse_closed(row)
        row.filler, row.tried_at = by, None
        row.save(update_fields=["filler", "tried_at"])
        detail = {"collection": row.collection_id}
        audit.record("data_forms.refill-submission", by=by, obj=row, detail=detail, now=now)
        enqueue("governance.data_forms.jobs.fill_submission", [row.pk])
    return row


def refuse_closed(row: Submission) -> None:
    if row.state == SubmissionState.SIGNED or row.collection.state != CollectionState.OPEN:
        raise WrongState(_("It is signed off: the street sends rows back first."))


def waiting(now: datetime) -> list[int]:
    """The submissions that nobody filled yet, or that somebody wants filled anew."""
    free = Q(tried_at=None) | Q(tried_at__lt=now - TRIED_AGAIN)
    rows = Submission.objects.filter(
        free, Q(filled_at=None) | Q(filler__isnull=False), collection__state=CollectionState.OPEN
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:500])


@transaction.atomic
def fill(*, key: int, now: datetime) -> bool:
    """Fills a submission; False where there was nothing to do, or nobody in whose sight it could.

    Filled twice it is as filled once: rows are written anew as a whole.
    """
    rows = Submission.objects.select_for_update(of=("self",), skip_locked=True)
    submission = (
        rows.filter(pk=key, collection__state=CollectionState.OPEN)
        .exclude(state=SubmissionState.SIGNED)
        .select_related("unit", "filler", "collection__form", "collection__entry")
        .first()
    )
    if submission is None or (submission.filled_at and not submission.filler):
        return False
    work = _work(submission, now)
    if work is None:
        submission.tried_at, submission.filler = now, None
        submission.save(update_fields=["tried_at", "filler"])
        return False
    _write(submission, work, now)
    return True


def _work(submission: Submission, now: datetime) -> Work | None:
    """The form in the sight of somebody of the community: who asked, who signed last, any worker."""
    collection = submission.collection
    chosen = replace(Filter.of(collection.form.filters), unit=submission.unit.code)
    today = timezone.localdate(now)
    keys = sorted(holders(submission.unit, WORKERS, today))
    before = _before(submission)
    first = [submission.filler_id, before.signed_by_id if before else None]
    people = User.objects.in_bulk(keys)
    # Whoever reads most of the care rosters fills most; the others have it filled anew.
    by_sight = sorted(keys, key=lambda key: (-len(_kinds(submission, people[key])), key))
    for key in [*first, *by_sight]:
        user = people.get(key or 0)
        if user and may_fill(submission, user):
            try:
                work = Work(collection.form, chosen, user, now)
            except DomainError:
                continue
            if work.total <= MAX_ROWS:
                return work
    return None


def _before(submission: Submission) -> Submission | None:
    """What the community signed off the last time that the form was asked."""
    # Also of an admission before this one: the form is the same.
    # Not what was withdrawn, nor what is gone since: compared with nothing, each row would read as new.
    kept = SubmissionRow.objects.filter(submission=OuterRef("pk"))
    earlier = Submission.objects.filter(
        Exists(kept), collection__form=submission.collection.form_id, unit=submission.unit_id,
        state=SubmissionState.SIGNED, collection__lt=submission.collection_id,
    ).exclude(collection__state=CollectionState.WITHDRAWN)  # fmt: skip
    # By the key: by the relation Django would follow the ordering of collections, the newest first.
    return earlier.order_by("-collection_id").first()


def _write(submission: Submission, work: Work, now: datetime) -> None:
    """Rows anew, each with what changed since the last time."""
    before = _before(submission)
    last = {line.key: unpacked(line.cells) for line in before.lines.iterator()} if before else {}
    reasons = dict(submission.lines.exclude(reason="").values_list("key", "reason"))
    submission.lines.all().delete()
    compared = [one.place for one in work.columns if one.field != registry.SERIAL]
    places = [column.place for column in work.columns]
    is_person = work.subject == Subject.PERSON
    made: list[SubmissionRow] = []
    submission.cells = submission.known = 0
    for number, (line, values) in enumerate(work.lines(), start=1):
        told = {
            place: value
            for place, value in zip(places, values, strict=True)
            if value not in (None, "")
        }
        submission.cells += len(places)
        submission.known += len(told)
        old = last.pop(line.key, None)
        changed = [] if old is None else [
            place for place in compared if old.get(place) != told.get(place)
        ]  # fmt: skip
        made.append(
            SubmissionRow(
                submission=submission, number=number, key=line.key, name=line.name,
                person_id=line.key if is_person else None, cells=packed(told),
                changed=changed, is_new=before is not None and old is None,
                reason=reasons.get(line.key, ""),
            )
        )  # fmt: skip
    SubmissionRow.objects.bulk_create(made, batch_size=CHUNK)
    submission.gone, submission.typed = len(last), 0
    tells = tells_of_care(submission.collection.form)
    submission.kinds = sorted(_kinds(submission, work.by)) if tells else []
    submission.filled_at, submission.filler, submission.tried_at = now, None, None
    submission.save()
    detail = {"rows": len(made), "cells": submission.cells, "known": submission.known}
    audit.record("data_forms.fill-submission", by=None, obj=submission, detail=detail, now=now)


def may_refill(submission: Submission, user: User) -> bool:
    """Whether somebody may have it filled anew now."""
    is_open = (
        submission.state != SubmissionState.SIGNED
        and submission.collection.state == CollectionState.OPEN
    )
    return is_open and may_fill(submission, user)


# --- How values are kept: JSON in which days stay days --------------------------------------------


def packed(values: dict[int, Any]) -> str:
    """Values by column as text; what is empty is left out."""
    kept = {
        str(place): {_DAY: value.isoformat()} if isinstance(value, date) else value
        for place, value in values.items()
        if value not in (None, "")
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> dict[int, Any]:
    """Values by column, as they were packed."""
    return {
        int(place): date.fromisoformat(value[_DAY]) if isinstance(value, dict) else value
        for place, value in json.loads(text).items()
    }
