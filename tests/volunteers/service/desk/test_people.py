"""People who serve without an account: their points, appeals, certificate, names, at the desk."""

from functools import partial

import pytest
import time_machine
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, WrongState
from orgs.models import AuditEntry, Notice
from residents.enums import Relation
from tests import factories as make
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.rewards.test_family import earn_minutes, lives
from tests.volunteers.service.rewards.test_rewards import NOW, earn
from volunteers.service.accounts.queries import minutes_of
from volunteers.service.attendance import queries, samples
from volunteers.service.duty.naming import agree
from volunteers.service.duty.notifications import _of_appeal
from volunteers.service.enums import RedemptionState, SampleAnswer
from volunteers.service.models import (
    Appeal,
    Certificate,
    DoubleReport,
    Flag,
    Participant,
    Redemption,
    ServedQuestion,
    TimeGift,
)
from volunteers.service.reportins import pairings
from volunteers.service.rewards import family, redemptions

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_hand(cast):
    """Serves, and has neither account nor telephone."""
    home = make.household(cast.building)
    person = lives(home, "老周", Relation.OWNER)
    row = serve.participant(cast.compound, name="老周", person=person)
    row.home = home
    return row


def address(name, row, *args):
    return reverse(f"service:{name}", args=[row.pk, *args])


@time_machine.travel(NOW, tick=False)
def test_a_reward_is_exchanged_at_the_desk_and_given_back(cast, page, old_hand):
    reward = serve.reward(cast)
    earn(old_hand, reward.points)
    desk = page(cast.secretary)
    assert address("participant", old_hand) in desk.get(reverse("service:people")).content.decode()
    assert desk.post(address("redeem_for", old_hand), {"reward": reward.pk}).status_code == 302
    held = Redemption.objects.get()
    assert (held.participant, held.state) == (old_hand, RedemptionState.HELD)
    entry = AuditEntry.objects.get(action="service.redeem")
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (cast.secretary.pk, old_hand.pk)
    assert held.code in desk.get(address("participant", old_hand)).content.decode()
    back = address("redemption_cancel_for", old_hand, held.pk)
    assert desk.post(back).status_code == 302
    kept = AuditEntry.objects.get(action="service.cancel-redemption")
    assert kept.detail["on_behalf_of"] == old_hand.pk
    assert redemptions.balance_of(old_hand) == reward.points


def test_nobody_else_spends_their_points_and_no_account_is_spoken_for(cast, page, old_hand):
    reward = serve.reward(cast)
    earn(old_hand, reward.points)
    for person in (cast.member, cast.owner, cast.sibling_worker):
        with pytest.raises(NotAllowed):
            redemptions.redeem(reward=reward, participant=old_hand, by=person, now=NOW)
        assert page(person).get(address("participant", old_hand)).status_code in (403, 404)
    member = serve.participant(cast.compound, cast.member)
    earn(member, reward.points)
    with pytest.raises(WrongState) as refused:
        redemptions.redeem(reward=reward, participant=member, by=cast.secretary, now=NOW)
    assert refused.value.code == "has_account"
    assert page(cast.secretary).get(address("participant", member)).status_code == 403


def test_whoever_has_got_an_account_since_is_spoken_for_by_nobody(cast, page, old_hand):
    """Their participant knows of it only when they next serve."""
    reward = serve.reward(cast)
    earn(old_hand, 2 * reward.points)
    held = redemptions.redeem(reward=reward, participant=old_hand, by=cast.secretary, now=NOW)
    reported = serve.report_in(cast, old_hand, employer=serve.employer())
    old_hand.person.account = account = make.user("old-hand", name="老周")
    old_hand.person.save(update_fields=["account"])
    row = Participant.objects.get(pk=old_hand.pk)
    with pytest.raises(WrongState) as refused:
        redemptions.redeem(reward=reward, participant=row, by=cast.secretary, now=NOW)
    assert refused.value.code == "has_account"
    desk = page(cast.secretary)
    assert address("participant", row) not in desk.get(reverse("service:people")).content.decode()
    assert desk.get(address("participant", row)).status_code == 403
    reported.refresh_from_db()
    assert pairings.may_report(reported, account)
    assert not pairings.may_report(reported, cast.secretary)
    held = Redemption.objects.get(pk=held.pk)
    with pytest.raises(NotAllowed):
        redemptions.cancel(redemption=held, by=cast.secretary, now=NOW)
    redemptions.cancel(redemption=held, by=account, now=NOW)


@time_machine.travel(NOW, tick=False)
def test_no_one_person_empties_the_points_of_the_old(cast, page, old_hand):
    reward, clerk = serve.reward(cast), cast.secretary
    earn(old_hand, 2 * reward.points)
    earn_minutes(old_hand, 120)
    for shop in (clerk, assistant := make.user("assistant")):
        make.position(shop, Role.SHOP_STAFF, cast.community)
    held = redemptions.redeem(reward=reward, participant=old_hand, by=clerk, now=NOW)
    with pytest.raises(NotAllowed) as refused:
        redemptions.hand_over(redemption=held, code=held.code, by=clerk, now=NOW)
    assert refused.value.code == "own_case"
    redemptions.hand_over(redemption=held, code=held.code, by=assistant, now=NOW)
    clerk_at_home = lives(old_hand.home, "周书记", Relation.FAMILY, account=clerk)
    for call in (
        partial(family.give, person=clerk_at_home, minutes=30),
        partial(family.feed, household=old_hand.home, points=10),
    ):
        with pytest.raises(NotAllowed) as refused:
            call(participant=old_hand, by=clerk, now=NOW)
        assert refused.value.code == "own_case"
    shown = page(clerk).get(address("participant", old_hand)).content.decode()
    assert 'data-confirm="用老周的积分兑换' in shown


def test_an_appeal_at_the_desk_is_decided_by_somebody_else(cast, page, old_hand):
    row = serve.attendance(serve.activity(cast, state="held"), old_hand, state="no_show", minutes=0)
    sent = page(cast.secretary).post(
        address("appeal_for", old_hand), {"entry": f"attendance-{row.pk}"}
    )
    assert sent.status_code == 302
    made = Appeal.objects.get()
    assert (made.participant, made.by) == (old_hand, cast.secretary)
    from volunteers.service.duty import appeals

    with pytest.raises(NotAllowed):
        appeals.decide(appeal=made, granted=True, reason="在场", by=cast.secretary, now=NOW)
    appeals.decide(appeal=made, granted=False, reason="不在场", by=cast.street_cadre, now=NOW)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.link) == (
        cast.secretary, address("participant", old_hand),
    )  # fmt: skip
    assert "老周" in _of_appeal(notice.data)


def test_certificate_name_and_family_at_the_desk(cast, page, old_hand):
    daughter = lives(old_hand.home, "周女儿", Relation.FAMILY)
    earn_minutes(old_hand, 120)
    earn(old_hand, 50)
    desk = page(cast.secretary)
    paper = desk.post(address("certificate_for", old_hand))
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert Certificate.objects.get().participant == old_hand
    desk.post(address("naming_for", old_hand), {"named": "1"})
    assert Participant.objects.get(pk=old_hand.pk).shows_name_since is not None
    agree(named=False, participant=old_hand, by=cast.secretary, now=NOW)
    fed = desk.post(address("feed_for", old_hand), {"household": old_hand.home.pk, "points": 20})
    assert fed.status_code == 302
    assert redemptions.balance_of(old_hand) == 30
    given = desk.post(address("give_for", old_hand), {"person": daughter.pk, "minutes": 30})
    assert given.status_code == 302
    gift = TimeGift.objects.get()
    assert (gift.giver, gift.by, gift.receiver.person) == (old_hand, cast.secretary, daughter)
    assert minutes_of(cast.secretary) == []


def test_of_the_family_the_desk_reads_what_it_reads_of_the_roll(cast, page, old_hand):
    """A secretary keeps reports and reads no roll: names are masked, homes elsewhere say their building."""
    daughter = lives(old_hand.home, "周女儿", Relation.FAMILY)
    away = make.household(make.unit(make.unit(cast.sibling, name="桥头小区"), name="1栋"))
    make.belonging(old_hand.person, away, verified_at=NOW, verified_by=make.user())
    earn_minutes(old_hand, 120)

    def choices(user, name, field):
        form = page(user).get(address(name, old_hand)).context["form"]
        return dict(form.fields[field].choices)

    for user, name in ((cast.secretary, "周**"), (cast.community_worker, "周女儿")):
        assert list(choices(user, "give_for", "person").values()) == [name]
        homes = list(choices(user, "feed_for", "household").values())
        assert homes == [str(old_hand.home), str(away.building)]
    given = page(cast.secretary).post(
        address("give_for", old_hand), {"person": daughter.pk, "minutes": 30}, follow=True
    )
    assert "周女儿" not in given.content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_month_before_is_reached_and_appealed_at_the_desk(cast, page, old_hand):
    desk, where = page(cast.secretary), address("participant", old_hand)
    shown = desk.get(where)
    before = shown.context["before"]
    assert (f'href="?month={before}"' in shown.content.decode(), shown.context["after"]) == (
        True,
        "",
    )
    earlier = desk.get(f"{where}?month={before}")
    assert f"{earlier.context['month'].month:%Y-%m}" == before
    assert f'href="?month={NOW:%Y-%m}"' in earlier.content.decode()
    # As on the page of one's own.
    for path in (where, reverse("service:mine")):
        assert desk.get(f"{path}?month=2026-99").status_code == 404


def test_what_is_refused_at_the_desk_is_not_said_to_whoever_sits_there(cast, old_hand):
    earn(old_hand, 10)
    with pytest.raises(WrongState, match="积分不够") as refused:
        family.feed(
            household=old_hand.home, points=11, participant=old_hand, by=cast.secretary, now=NOW
        )
    assert "您" not in refused.value.message


def test_whoever_stands_on_no_roll_has_no_family(cast):
    make.belonging(make.resident(cast.building), make.household(cast.building))
    assert family.homes() == []
    assert not family.relatives().exists()


def test_a_question_to_somebody_without_an_account_is_asked_by_telephone(cast, page, old_hand):
    credit = serve.credit(serve.participant(cast.compound, cast.volunteer))
    question = ServedQuestion.objects.create(
        unit=cast.compound, month=NOW.date().replace(day=1), credit=credit,
        organiser=cast.volunteer, participant=old_hand, asked_at=NOW,
    )  # fmt: skip
    assert not samples.may_answer(question, cast.volunteer)
    assert not samples.may_answer(question, cast.owner)
    desk = page(cast.secretary)
    asked = reverse("service:served", args=[question.pk])
    assert asked in desk.get(reverse("service:attendance_review")).content.decode()
    assert desk.post(asked, {"answer": SampleAnswer.NO}).status_code == 302
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == (SampleAnswer.NO, cast.secretary)
    assert Flag.objects.count() == 1
    assert page(cast.owner).get(asked).status_code == 404
    kept = AuditEntry.objects.get(action="service.answer-question")
    assert kept.detail["on_behalf_of"] == old_hand.pk


def test_of_help_ordered_at_the_desk_the_person_helped_is_asked(cast, page, monkeypatch):
    """By telephone, and by neither who ordered it for them nor who served."""
    monkeypatch.setattr(samples, "PER_MILLE", 1000)
    helped = make.resident(cast.building, name="周奶奶")
    taker = serve.participant(cast.compound, cast.volunteer)
    order = serve.order(
        cast,
        ordered_by=cast.community_worker,
        person=helped,
        taker=taker,
        taken_at=NOW,
        state="taken",
    )
    served = serve.credit(taker, order=order)
    assert samples.ask(month=served.month, now=NOW) == 1
    question = ServedQuestion.objects.get()
    assert (question.participant.person, question.participant.account) == (helped, None)
    assert list(queries.to_ring(cast.secretary)) == [question]
    # Somebody else organised it: who served asks nobody all the same.
    ServedQuestion.objects.update(organiser=cast.owner)
    make.position(cast.volunteer, Role.BRANCH_SECRETARY, cast.branch)
    question.refresh_from_db()
    assert not samples.may_answer(question, cast.volunteer)
    assert list(queries.to_ring(cast.volunteer)) == []
    assert samples.may_answer(question, cast.secretary)
    helped.account = make.user("helped", name="周奶奶")
    helped.save(update_fields=["account"])
    question = ServedQuestion.objects.get()
    assert not samples.may_answer(question, cast.secretary)
    assert samples.may_answer(question, helped.account)
    assert list(queries.to_ring(cast.secretary)) == []


def test_a_members_report_is_entered_from_paper(cast, page, old_hand):
    row = serve.report_in(cast, old_hand, employer=serve.employer())
    where = reverse("service:member_report", args=[row.pk])
    form = page(cast.secretary).get(where).content.decode()
    period = form.split('<option value="')[1].split('"')[0]
    sent = page(cast.secretary).post(where, {"period": period, "text": "参加活动六次"})
    assert sent.status_code == 302
    made = DoubleReport.objects.get()
    assert (made.report_in, made.by) == (row, cast.secretary)
    kept = AuditEntry.objects.get(action="service.file-report")
    assert kept.detail["on_behalf_of"] == old_hand.pk
    assert page(cast.volunteer).get(where).status_code in (403, 404)
