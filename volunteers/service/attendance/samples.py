"""Asking a sample of the people served: was it as written? And forgetting where people were."""

import hashlib
import hmac
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from orgs.notifications import notifications
from orgs.notifications.notifications import NewNotice, NoticeKind
from volunteers.service.attendance.flags import raise_flag
from volunteers.service.enums import FlagKind, MonthState, Permission, SampleAnswer
from volunteers.service.models import (
    CheckLocation,
    Credit,
    Participant,
    ServedQuestion,
    ServiceMonth,
)
from volunteers.service.reportins.participants import join, of_person
from volunteers.service.reportins.same_person import Oneself, own_keys

if TYPE_CHECKING:
    from orgs.models import User

# 5 % of the people served.
PER_MILLE = 50
ASKED = "served-question"
LOCATION_LASTS = timedelta(days=90)

KINDS = (
    NoticeKind(
        ASKED,
        gettext_lazy("questions about help that I received"),
        lambda data: _("Was the help as it is written? One tap answers."),
    ),
)


def is_chosen(month: date, key: int) -> bool:
    """Whether a credit is in the month's sample: always the same, and nobody can work it out before."""
    said = f"served:{month:%Y-%m}:{key}".encode()
    digest = hmac.digest(settings.BLIND_INDEX_KEY.encode(), said, hashlib.sha256)
    return int.from_bytes(digest[:8]) % 1000 < PER_MILLE


def ask(*, month: date, now: datetime) -> int:
    """Asks the sample of a month, once; how many. Twice, or half-way before, changes nothing."""
    first = month.replace(day=1)
    rows = Credit.objects.filter(month=first, is_latest=True, minutes__gt=0)
    rows = rows.select_related(
        *("attendance__activity__organiser", "order__ordered_by", "order__person__account"),
        *("unit", "participant__account"),
    )
    asked = [made for row in rows.iterator(chunk_size=1000) if (made := _ask(row, now))]
    notifications.notify(
        (
            NewNotice(
                ASKED,
                f"served-question:{one.pk}",
                one.participant.account_key,
                reverse("service:served", args=[one.pk]),
            )
            for one in asked
            # Who has no account is rung up: the desk has the list.
            if one.participant.account_key is not None
        ),
        now=now,
    )
    return len(asked)


def _ask(credit: Credit, now: datetime) -> ServedQuestion | None:
    if not is_chosen(credit.month, credit.pk):
        return None
    who, organiser_id = _witness(credit, now)
    if who is None or organiser_id is None:
        return None
    made, is_new = ServedQuestion.objects.get_or_create(
        credit=credit,
        participant=who,
        defaults={
            "unit": credit.unit,
            "month": credit.month,
            "organiser_id": organiser_id,
            "asked_at": now,
        },
    )
    return made if is_new else None


def _witness(credit: Credit, now: datetime) -> tuple[Participant | None, int | None]:
    """Who can tell, and who organised it: whom the order was for, or somebody else of the activity's
    list, with an account or entered from paper.
    """
    if credit.order is not None:
        if credit.order.person is not None:
            asked, _is_new = of_person(person=credit.order.person, now=now)
        else:
            asked = join(account=credit.order.ordered_by, place=credit.unit, now=now)
        return asked, credit.order.taker_id and credit.participant.account_id
    if credit.attendance is None:
        return None, None
    activity = credit.attendance.activity
    known = own_keys(activity.organiser)
    if credit.participant.account is not None:
        known |= own_keys(credit.participant.account)
    others = list(
        Participant.objects.filter(attendances__activity=activity)
        .exclude(pk__in={credit.participant_id, *known})
        .select_related("person")
        .order_by("pk")
    )
    if not others:
        return None, activity.organiser_id
    return others[credit.pk % len(others)], activity.organiser_id


def may_answer(question: ServedQuestion, by: "User") -> bool:
    """Whether somebody answers: who is asked, or who rings up somebody without an account; never the
    organiser or whoever served.
    """
    if question.participant.account_key is not None:
        return question.participant.account_key == by.pk
    asks = by.has_perm(Permission.REVIEW_ATTENDANCE, question.unit)
    oneself = Oneself(by)
    return (
        asks
        and not oneself.is_account(question.organiser)
        and not oneself.is_participant(question.credit.participant)
    )


@transaction.atomic
def answer(
    *, question: ServedQuestion, answer: SampleAnswer, text: str = "", by: "User", now: datetime
) -> ServedQuestion:
    """Whoever is asked answers, once; somebody without an account by telephone, to who reviews there.

    Another answer than yes raises a flag. Raises NotAllowed (the organiser asks nobody), WrongState.
    """
    rows = ServedQuestion.objects.select_for_update(of=("self",))
    row: ServedQuestion = rows.select_related(
        "participant", "credit__attendance", "credit__participant"
    ).get(pk=question.pk)
    if not may_answer(row, by):
        raise NotAllowed(_("This question is not yours."))
    if row.answer:
        raise WrongState(_("This is answered already."), code="answered")
    row.answer, row.text = answer, text.strip()[:300]
    row.answered_at, row.answered_by = now, by
    row.save(update_fields=["answer", "text", "answered_at", "answered_by"])
    detail = audit.on_behalf_of(row.participant if row.participant.account_key != by.pk else None)
    audit.record("service.answer-question", by=by, obj=row, detail=detail, now=now)
    if answer != SampleAnswer.YES:
        attendance = row.credit.attendance
        raise_flag(
            FlagKind.SAMPLE_DENIED,
            f"{row.pk}",
            unit_id=row.unit_id,
            detail={"answer": answer},
            attendance=attendance,
            activity=attendance.activity if attendance else None,
            participant_id=row.credit.participant_id,
            now=now,
        )
    return row


def forget_locations(*, now: datetime) -> int:
    """Deletes coordinates 90 days after the month was closed, or after its end where none is kept."""
    closed = ServiceMonth.objects.filter(
        state=MonthState.CLOSED,
        closed_at__lte=now - LOCATION_LASTS,
        branch=OuterRef("check_event__activity__branch"),
        month__year=OuterRef("check_event__at__year"),
        month__month=OuterRef("check_event__at__month"),
    )
    old = CheckLocation.objects.filter(Exists(closed)) | CheckLocation.objects.filter(
        # A month that nobody closes keeps nothing for ever: 90 days and the two months to close it.
        check_event__at__lte=now - LOCATION_LASTS - timedelta(days=62)
    )
    deleted, _by_model = CheckLocation.objects.filter(
        pk__in=list(old.order_by().values_list("pk", flat=True)[:50_000])
    ).delete()
    return deleted
