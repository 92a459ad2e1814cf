"""Fine print of the workflow of topics, beyond role and stage: each raises what forbids a step."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.errors import WrongState
from residents.deliberation.enums import MEETINGS_DECIDE, Decider, PromiseState
from residents.deliberation.models import Topic
from residents.deliberation.topics.course import decisions, eligibility


def enough_signatures(topic: Topic, user: Any, now: datetime) -> None:
    missing = eligibility.needed(topic)
    if missing:
        missing -= eligibility.counted(topic, eligibility.counts(topic))
    if missing > 0:
        raise WrongState(
            _("%(missing)d more co-signatures are needed.") % {"missing": missing},
            code="not_enough_signatures",
        )


def is_petition(topic: Topic, user: Any, now: datetime) -> None:
    if topic.petition_at is None:
        raise WrongState(
            _("The community, the committee or the branch hands it in for review."),
            code="not_a_petition",
        )


def not_a_petition(topic: Topic, user: Any, now: datetime) -> None:
    """A petition cannot be blocked (物业管理条例, art. 13)."""
    if topic.petition_at is not None:
        raise WrongState(
            _("Enough owners ask for it: the law wants it decided, a review cannot stop it."),
            code="petition_reached",
        )


def was_studied(topic: Topic, user: Any, now: datetime) -> None:
    """What a residents' meeting decides, the party organisation studies first (organic law, 30)."""
    if topic.decider in MEETINGS_DECIDE and topic.studied_on is None:
        raise WrongState(
            _("First record that the party organisation has studied it (organic law, art. 30)."),
            code="study_required",
        )


def petition_overdue(topic: Topic, user: Any, now: datetime) -> None:
    is_petition(topic, user, now)
    if topic.due_by is None or now <= topic.due_by:
        raise WrongState(_("The time of the review still runs."), code="review_running")


def text_is_free(topic: Topic, user: Any, now: datetime) -> None:
    """Once a petition is reached its text is what the owners asked for."""
    if topic.petition_at is not None:
        raise WrongState(
            _("The petition is reached: its text stays as it was signed."), code="petition_reached"
        )


def nobody_else_signed(topic: Topic, user: Any, now: datetime) -> None:
    whose = Q(person=topic.person_id) if topic.person_id else Q(person__account=topic.proposer_id)
    if eligibility.active(topic).exclude(whose).exists():
        raise WrongState(_("Others have signed it."), code="signed_by_others")


def may_sign(topic: Topic, user: Any, now: datetime) -> None:
    """Once under each version of the text."""
    if user.pk and eligibility.active(topic, current=True).filter(person__account=user.pk).exists():
        raise WrongState(_("You have signed it already."), code="already_signed")


def has_sides(topic: Topic, user: Any, now: datetime) -> None:
    if not topic.sides.all():
        raise WrongState(_("This topic is heard without sides."), code="no_sides")


def committee_is_late(topic: Topic, user: Any, now: datetime) -> None:
    """Only on the committee's default (Hubei, art. 26; 建房〔2009〕274号, art. 51)."""
    if topic.convene_by is None or topic.ordered_at is not None:
        raise WrongState(_("There is nothing to order."), code="nothing_to_order")
    if now <= topic.convene_by:
        raise WrongState(_("The committee's own time still runs."), code="convening_running")
    if decisions.is_convened(topic):
        raise WrongState(_("The owners have been convened."), code="convened")


def committee_decides(topic: Topic, user: Any, now: datetime) -> None:
    if topic.decider != Decider.COMMITTEE:
        raise WrongState(_("A poll decides this topic."), code="poll_decides")
    if topic.decision_passed is not None:
        raise WrongState(_("The committee's decision is on record."), code="decided")


def has_passed(topic: Topic, user: Any, now: datetime) -> None:
    if decisions.outcome(topic) is not True:
        raise WrongState(
            _("Nothing that was decided and passed is on record yet."), code="not_decided"
        )


def has_failed(topic: Topic, user: Any, now: datetime) -> None:
    if decisions.outcome(topic) is not False:
        raise WrongState(_("No decision has failed."), code="not_failed")


def was_public(topic: Topic, user: Any, now: datetime) -> None:
    if topic.public_until and timezone.localdate(now) <= topic.public_until:
        raise WrongState(
            _("The decision stays public until %(day)s.")
            % {"day": date_format(topic.public_until)},
            code="publicity_running",
        )
    if topic.objections.filter(round=topic.round, answered_at=None).exists():
        raise WrongState(_("Every objection is answered first."), code="objections_open")
    if not topic.promises.filter(round=topic.round).exists():
        raise WrongState(
            _("First say what is done, by whom, for how much and by when."),
            code="promise_required",
        )


def all_done(topic: Topic, user: Any, now: datetime) -> None:
    if topic.promises.filter(round=topic.round, state=PromiseState.PLANNED).exists():
        raise WrongState(_("Not everything that was promised is done yet."), code="promises_open")


def can_be_rated(topic: Topic, user: Any, now: datetime) -> None:
    if topic.evaluated_until is None or now > topic.evaluated_until:
        raise WrongState(_("The time to rate it is over."), code="evaluation_over")


def is_rated_now(topic: Topic, user: Any, now: datetime) -> None:
    can_be_rated(topic, user, now)
    poll = decisions.result_poll(topic)
    mine = Q(person__account=user.pk)
    if poll:
        entry = decisions.entry_of(poll, user)
        mine |= Q(entry=entry) if entry else Q()
    if user.pk and topic.ratings.filter(mine, round=topic.round).exists():
        raise WrongState(_("You have rated it already."), code="rated_already")


def was_evaluated(topic: Topic, user: Any, now: datetime) -> None:
    if topic.evaluated_until and now <= topic.evaluated_until:
        raise WrongState(_("People can still rate it."), code="evaluation_running")


def scored_low(topic: Topic, user: Any, now: datetime) -> None:
    score = score_of(topic)
    if score is None or score >= topic.rule.low_score:
        raise WrongState(
            _("Residents take a topic up again where its result was rated low."), code="not_low"
        )


def score_of(topic: Topic) -> int | None:
    """The average of this round's ratings in hundredths of a star, cut off; None without any."""
    found = topic.ratings.filter(round=topic.round).aggregate(stars=Sum("stars"), count=Count("pk"))
    return found["stars"] * 100 // found["count"] if found["count"] else None
