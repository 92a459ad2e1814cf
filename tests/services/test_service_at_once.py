"""Report-ins, posts and items at the same moment: never twice, never more than there are places."""

from collections import Counter

import pytest
from django.db import IntegrityError

from tests import factories as make
from tests.factories import NOW
from tests.services.outcomes import outcome
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import ItemClass, MinutesKind
from volunteers.service.items import items
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import (
    CreditedInterval,
    Participant,
    PostClaim,
    ReportIn,
    ServiceItem,
)
from volunteers.service.posts import posts
from volunteers.service.reportins import reportins

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture(autouse=True)
def _rules():
    ensure_rules()


def test_one_account_reports_in_once(cast, at_once):
    employer = serve.employer()
    report = outcome(
        lambda: reportins.report(unit=cast.compound, organisation=employer, by=cast.owner, now=NOW)
    )
    assert Counter(at_once(*[report] * AT_ONCE)) == {
        "done": 1,
        "already_reported_in": AT_ONCE - 1,
    }
    assert (ReportIn.objects.count(), Participant.objects.count()) == (1, 1)


def test_confirmed_and_refused_at_once_is_one_of_both(cast, at_once):
    row = reportins.report(
        unit=cast.compound, organisation=serve.employer(), by=cast.owner, now=NOW
    )
    confirm = outcome(lambda: reportins.confirm(reportin=row, by=cast.secretary, now=NOW))
    refuse = outcome(
        lambda: reportins.refuse(reportin=row, reason="不符", by=cast.community_worker, now=NOW)
    )
    assert Counter(at_once(*[confirm] * 3, *[refuse] * 3)) == {"done": 1, "wrong_state": 5}


def test_the_last_place_of_a_post_is_given_once(cast, at_once):
    post = serve.post(cast, number=1)
    claims = [
        serve.claim(cast, post, serve.participant(cast.compound)) for _number in range(AT_ONCE)
    ]
    confirm = [
        outcome(lambda claim=claim: posts.confirm(postclaim=claim, by=cast.secretary, now=NOW))
        for claim in claims
    ]
    assert Counter(at_once(*confirm)) == {"done": 1, "post_full": AT_ONCE - 1}
    assert PostClaim.objects.filter(state="confirmed").count() == 1


def test_nobody_comes_to_hold_too_many_posts_at_once(cast, at_once):
    who = serve.participant(cast.compound)
    claims = [serve.claim(cast, serve.post(cast), who) for _number in range(4)]
    confirm = [
        outcome(lambda claim=claim: posts.confirm(postclaim=claim, by=cast.secretary, now=NOW))
        for claim in claims
    ]
    assert Counter(at_once(*confirm)) == {"done": 2, "too_many_posts": 2}


def test_two_next_versions_of_an_item_are_two(cast, at_once):
    save = outcome(
        lambda: items.save(
            code="D01", item_class=ItemClass.CARE, name="探访", minutes=60, points=6,
            minutes_kind=MinutesKind.VOLUNTARY, source="文件", by=cast.district_cadre, now=NOW,
        )
    )  # fmt: skip
    found = Counter(at_once(*[save] * AT_ONCE))
    assert set(found) <= {"done", "item_changed"}
    assert ServiceItem.objects.filter(code="D01").count() == 1 + found["done"]


def test_overlapping_credit_at_once_is_refused_by_the_database(cast, at_once):
    who = serve.participant(cast.compound, make.user())
    credits = [serve.credit(who) for _number in range(AT_ONCE)]

    def fill(credit):
        def run() -> str:
            try:
                CreditedInterval.objects.create(
                    credit=credit, participant=who, starts_at=NOW, ends_at=NOW + serve.hours(2)
                )
            except IntegrityError:
                return "refused"
            return "done"

        return run

    assert Counter(at_once(*map(fill, credits))) == {"done": 1, "refused": AT_ONCE - 1}
