"""Objections to a decision made public: received under the real name, each answered."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from residents.deliberation.enums import TopicStage, TopicWho
from residents.deliberation.models import Topic, TopicObjection
from residents.deliberation.models.topics import authors
from residents.deliberation.promises.promises import must_keep
from residents.deliberation.topics.course import paper
from residents.deliberation.topics.course.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.models import User


def object_to(
    *, topic: Topic, text: str, by: "User", now: datetime, household: str = "", name: str = ""
) -> TopicObjection:
    """Says what is against a decision while it is public.

    The desk enters what `name` of a `household` wrote. Raises NotAllowed for who does not live there;
    WrongState (`not_public`) at another time; Refused (`not_on_roll`).
    """
    with transaction.atomic():
        rows = Topic.objects.select_for_update(of=("self",)).select_related("unit", "rule")
        row = rows.get(pk=topic.pk)
        person = None
        if household or name:
            home = paper.home_of(unit=row.unit, household=household, name=name, owners=False, by=by)
            person = home.person
        elif TopicWho.RESIDENT not in WORKFLOW.relations(row, by):
            raise NotAllowed(_("Only people whose home here is verified object."))
        last = row.public_until
        if row.stage != TopicStage.PUBLICITY or not last or timezone.localdate(now) > last:
            raise WrongState(
                _("Objections are made while the decision is public."), code="not_public"
            )
        made = TopicObjection.objects.create(
            topic=row, round=row.round, text=text.strip(), by=by, person=person, at=now
        )
        detail = {"topic": row.pk} | audit.on_behalf_of(person)
        audit.record("deliberation.object-to-topic", by=by, obj=made, now=now, detail=detail)
    return made


def answer(*, objection: TopicObjection, answer: str, by: "User", now: datetime) -> TopicObjection:
    """The organisers answer an objection, once and for everybody to read.

    Raises NotAllowed for whoever objected and for who does not organise; WrongState.
    """
    with transaction.atomic():
        rows = TopicObjection.objects.select_for_update(of=("self",)).select_related("topic__unit")
        row = rows.get(pk=objection.pk)
        must_keep(by, row.topic)
        if by.pk in authors(row):
            raise NotAllowed(_("Somebody else answers this."), code="own_case")
        if row.answered_at is not None:
            raise WrongState(_("It is answered already."), code="answered")
        row.answer, row.answered_by, row.answered_at = answer.strip(), by, now
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        audit.record("deliberation.answer-topic-objection", by=by, obj=row, now=now)
    return row
