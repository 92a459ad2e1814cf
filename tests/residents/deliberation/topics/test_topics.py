"""Topics: who proposes and signs, what is refused, the way from a proposal to a judged result."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from residents.deliberation.enums import Decider, PetitionBasis, ProposedAs, Threshold, TopicStage
from residents.deliberation.models import CoSignature, Topic, TopicEntry, TopicText
from residents.deliberation.topics import own_data
from residents.deliberation.topics.course import eligibility, proposals, steps, watcher
from residents.enums import Relation
from tests import factories as make
from tests.residents.deliberation.topic_factories import (
    NOW,
    at_home,
    deciding,
    decision,
    propose,
    rule,
)

URL = "/api/v1/topics/"


# --- Proposing -----------------------------------------------------------------------------------


def test_a_resident_proposes_and_is_the_first_to_sign(cast, homes):
    topic = propose(cast)
    assert (topic.stage, topic.proposed_as) == (TopicStage.PROPOSED, ProposedAs.RESIDENT)
    assert eligibility.counts(topic) == eligibility.Signed(1, 1, 8950)
    assert [side.kind for side in topic.sides.all()] == [
        "branch", "committee", "property", "residents",
    ]  # fmt: skip
    assert TopicText.objects.get().text == topic.text
    assert TopicEntry.objects.get().action == "propose"
    assert AuditEntry.objects.filter(action="deliberation.propose-topic").count() == 1


@pytest.mark.parametrize(
    ("who", "decider", "as_what"),
    [
        ("owner", Decider.OWNERS, ProposedAs.RESIDENT),
        ("member", Decider.COMMITTEE, ProposedAs.RESIDENT),
        ("member", Decider.OWNERS, None),
        ("outsider", Decider.COMMITTEE, None),
        ("property_clerk", Decider.COMMITTEE, None),
        ("secretary", Decider.OWNERS, ProposedAs.BRANCH),
        ("committee_member", Decider.OWNERS, ProposedAs.COMMITTEE),
        ("community_worker", Decider.RESIDENTS, ProposedAs.COMMUNITY),
        ("sibling_worker", Decider.RESIDENTS, None),
    ],
)
def test_who_may_propose(cast, homes, who, decider, as_what):
    if as_what is None:
        with pytest.raises(NotAllowed):
            propose(cast, by=getattr(cast, who), decider=decider)
    else:
        assert propose(cast, by=getattr(cast, who), decider=decider).proposed_as == as_what


def test_matters_of_art_278_only_the_owners_decide(cast, homes):
    with pytest.raises(Refused) as refused:
        propose(cast, decider=Decider.COMMITTEE, matter=5)
    assert refused.value.code == "owners_decide"
    assert propose(cast, decider=Decider.OWNERS, matter=5).matter == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.update(decider=Decider.COMMITTEE)


def test_topics_are_raised_in_compounds_and_communities(cast, homes):
    for place, decider in (
        (cast.building, Decider.COMMITTEE),
        (cast.street, Decider.RESIDENTS),
        (cast.community, Decider.OWNERS),
    ):
        with pytest.raises(Refused) as refused:
            propose(cast, unit=place, decider=decider)
        assert refused.value.code == "wrong_place"


def test_one_person_does_not_flood_a_place(cast, homes):
    for _topic in range(proposals.MOST_OPEN):
        propose(cast)
    with pytest.raises(Refused) as refused:
        propose(cast)
    assert refused.value.code == "too_many_topics"


def test_over_the_api(api, cast, homes):
    body = {"unit": cast.compound.code, "title": "灯", "text": "修灯", "decider": "committee"}
    made = api(cast.owner).post(URL, body, format="json")
    assert made.status_code == 201
    answer = made.json()
    assert answer["stage"] == "proposed"
    assert answer["petition"] is False
    assert answer["co_signs"] == {
        "people": 1, "households": 1, "area": 8950, "needed": 3, "counted_by": "people",
    }  # fmt: skip
    assert answer["available_actions"] == ["withdraw-signature", "revise", "withdraw"]
    pk = answer["id"]
    signed = api(cast.neighbour).post(f"{URL}{pk}/co-sign/")
    assert (signed.status_code, signed.json()["co_signs"]["people"]) == (200, 2)
    assert api(cast.neighbour).post(f"{URL}{pk}/co-sign/").json()["code"] == "already_signed"
    assert api(cast.member).post(f"{URL}{pk}/co-sign/").status_code == 200
    assert api(cast.outsider).post(f"{URL}{pk}/co-sign/").status_code == 404
    assert api(cast.property_clerk).post(f"{URL}{pk}/co-sign/").status_code == 403
    assert api(cast.owner).post(f"{URL}{pk}/discuss/").json()["stage"] == "discussing"
    assert api(cast.owner).get(URL).json()["results"][0]["id"] == pk


@pytest.mark.parametrize(
    "body",
    [{"unit": "nowhere"}, {"decider": "king"}, {"matter": 10}, {"title": ""}, {"text": "x" * 5001},
     {"sides": "x"}, {"sides": ["s" * 41]}, {"attachments": ["no"]}],
)  # fmt: skip
def test_bad_bodies_are_400(api, cast, homes, body):
    good = {"unit": cast.compound.code, "title": "灯", "text": "修灯", "decider": "owners"}
    assert api(cast.owner).post(URL, good | body, format="json").status_code == 400
    assert not Topic.objects.exists()


def test_a_resident_names_no_sides_of_their_own(api, cast, homes):
    good = {"unit": cast.compound.code, "title": "灯", "text": "修灯", "decider": "owners"}
    answer = api(cast.owner).post(URL, good | {"sides": ["branch", "zz"]}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["sides"])
    assert not Topic.objects.exists()
    # An office may ask whom else it concerns.
    asked = api(cast.secretary).post(URL, good | {"sides": ["branch", "城管中队"]}, format="json")
    assert asked.status_code == 201
    assert [side.label for side in Topic.objects.get().sides.all()][1:] == ["城管中队"]


# --- Signing -------------------------------------------------------------------------------------


def test_too_few_signatures_open_no_discussion(cast, homes):
    topic = propose(cast)
    with pytest.raises(WrongState) as refused:
        steps.discuss(topic=topic, by=cast.community_worker, now=NOW)
    assert refused.value.code == "not_enough_signatures"


def test_what_an_organisation_proposes_needs_none(cast, homes):
    topic = propose(cast, by=cast.secretary)
    assert steps.discuss(topic=topic, by=cast.secretary, now=NOW).stage == TopicStage.DISCUSSING


def test_counted_by_households(cast, homes):
    rule(cast, counted_by=Threshold.HOUSEHOLDS)
    spouse = make.user("spouse", name="沈太太")
    person = make.resident(cast.building, name=spouse.name, account=spouse)
    make.belonging(
        person, homes["owner"], Relation.CO_OWNER,
        verified_by=cast.community_worker, verified_at=NOW,
    )  # fmt: skip
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=spouse, now=NOW)
    assert eligibility.counts(topic) == eligibility.Signed(2, 1, 8950)
    with pytest.raises(WrongState):
        steps.discuss(topic=topic, by=cast.owner, now=NOW)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    assert steps.discuss(topic=topic, by=cast.owner, now=NOW).stage == TopicStage.DISCUSSING


def test_paper_comes_through_the_desk_and_nobody_signs_twice(cast, homes):
    topic = propose(cast)
    elder = make.resident(cast.building, name="王奶奶")
    home = make.household(cast.building, "601")
    make.belonging(elder, home)
    sign = {"topic": topic, "household": home.code, "name": "王奶奶", "now": NOW}
    proposals.co_sign(by=cast.grid_worker, **sign)
    assert CoSignature.objects.get(person=elder).entered_by == cast.grid_worker
    with pytest.raises(WrongState) as refused:
        proposals.co_sign(by=cast.community_worker, **sign)
    assert refused.value.code == "already_signed"
    # Online and on paper are one signature too.
    with pytest.raises(WrongState):
        proposals.co_sign(
            topic=topic, household=homes["owner"].code, name=cast.owner.name,
            by=cast.grid_worker, now=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        CoSignature.objects.create(
            topic=topic, version=1, person=elder, household=home, is_owner=True, at=NOW
        )


def test_the_desk_enters_only_who_is_on_the_roll(cast, homes):
    topic = propose(cast)
    sign = {"topic": topic, "household": homes["owner"].code, "by": cast.grid_worker, "now": NOW}
    with pytest.raises(Refused) as refused:
        proposals.co_sign(name="不认识", **sign)
    assert (refused.value.code, list(refused.value.fields)) == ("not_on_roll", ["name"])
    with pytest.raises(Refused) as refused:
        proposals.co_sign(name="不认识", **sign | {"household": "5-1-501"})
    assert (refused.value.code, list(refused.value.fields)) == ("no_household", ["household"])
    with pytest.raises(Refused) as refused:
        proposals.co_sign(topic=topic, by=cast.grid_worker, now=NOW)
    assert set(refused.value.fields) == {"household", "name"}
    with pytest.raises(NotAllowed):
        proposals.co_sign(
            topic=topic, household=homes["owner"].code, name="沈业主", by=cast.neighbour, now=NOW
        )


def test_tenants_do_not_sign_what_only_owners_decide(cast, homes):
    topic = propose(cast, decider=Decider.OWNERS)
    with pytest.raises(NotAllowed):
        proposals.co_sign(topic=topic, by=cast.member, now=NOW)


def test_a_child_does_not_sign(cast):
    home = at_home(cast, cast.owner, "501")
    home.belongings.get().person.__class__.objects.update(
        born=timezone.localdate() - timedelta(days=17 * 365)
    )
    with pytest.raises(NotAllowed):
        propose(cast)


def test_a_changed_text_is_a_version_and_signatures_stay_with_what_was_signed(cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    topic = proposals.revise(
        topic=topic, title=topic.title, text="新的正文", reason="邻居建议", by=cast.owner, now=NOW
    )
    assert topic.text_version == 2
    assert list(topic.texts.values_list("version", "reason")) == [(1, ""), (2, "邻居建议")]
    active = eligibility.active(topic).values_list("person__account__username", "version")
    assert set(active) == {("owner", 2), ("owner2", 1)}
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    assert eligibility.active(topic, current=True).count() == 2
    assert CoSignature.objects.count() == 4
    with pytest.raises(NotAllowed):
        proposals.revise(topic=topic, title="x", text="x", reason="x", by=cast.neighbour, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TopicText.objects.update(text="别的")


def test_taking_a_signature_back(cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    proposals.withdraw_signature(topic=topic, by=cast.neighbour, now=NOW)
    assert eligibility.counts(topic).people == 1
    with pytest.raises(NotAllowed):
        proposals.withdraw_signature(topic=topic, by=cast.neighbour, now=NOW)
    assert (
        proposals.withdraw(topic=topic, reason="重复", by=cast.owner, now=NOW).stage == "rejected"
    )


def test_if_the_audit_fails_nothing_was_signed(cast, homes, monkeypatch):
    topic = propose(cast)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("orgs.audit.audit.record", broken)
    with pytest.raises(RuntimeError):
        proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    assert eligibility.counts(topic).people == 1


# --- Petitions -----------------------------------------------------------------------------------


def test_owners_are_counted_by_heads(cast, ten_owners):
    topic = propose(cast, decider=Decider.OWNERS)
    found = eligibility.petition(topic)
    # owner, neighbour, member, seven others, the developer, and 503.
    assert (found.heads, found.all_heads, found.heads_needed) == (1, 12, 3)
    assert (found.area, found.all_area) == (8950, 13 * 8950)
    assert not found.reached


@pytest.mark.parametrize(
    ("heads", "all_heads", "area", "all_area", "by_area", "reached"),
    [
        (2, 10, 0, 100, False, True), (1, 5, 0, 100, False, True), (1, 6, 0, 100, False, False),
        (199, 1000, 0, 1, False, False), (200, 1000, 0, 1, False, True),
        (2, 10, 19, 100, True, False), (2, 10, 20, 100, True, True), (1, 10, 99, 100, True, False),
        (0, 0, 0, 0, False, False), (2, 10, 0, 0, True, False),
    ],
)  # fmt: skip
def test_a_fifth_includes_the_number_itself(heads, all_heads, area, all_area, by_area, reached):
    one = eligibility.Petition(heads, all_heads, area, all_area, 20, by_area)
    assert one.reached is reached


def petition(cast, **values):
    topic = propose(cast, decider=Decider.OWNERS, **values)
    for person in (cast.neighbour, cast.member):
        topic = proposals.co_sign(topic=topic, by=person, now=NOW)
    return topic


def test_a_petition_binds_the_committee_and_no_review_stops_it(cast, ten_owners):
    topic = petition(cast)
    assert topic.petition_at == NOW
    assert topic.convene_by == NOW + timedelta(days=30)
    assert topic.entries.filter(action="reach").count() == 1
    topic = steps.discuss(topic=topic, by=cast.owner, now=NOW)
    topic = steps.review(topic=topic, by=cast.owner, now=NOW)
    with pytest.raises(WrongState) as refused:
        steps.reject(topic=topic, reason="不办", by=cast.secretary, now=NOW)
    assert refused.value.code == "petition_reached"
    with pytest.raises(WrongState):
        proposals.revise(topic=topic, title="x", text="x", reason="x", by=cast.owner, now=NOW)


def test_a_petition_by_area_too_is_a_setting(cast, ten_owners):
    rule(cast, petition_basis=PetitionBasis.AREA_AND_OWNERS)
    ten_owners["owner"].__class__.objects.filter(room="800").update(area=1_000_000)
    assert petition(cast).petition_at is None


def test_signatures_under_an_older_text_make_no_petition(cast, ten_owners):
    topic = propose(cast, decider=Decider.OWNERS)
    topic = proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    topic = proposals.revise(
        topic=topic, title="别的事", text="别的", reason="改", by=cast.owner, now=NOW
    )
    topic = proposals.co_sign(topic=topic, by=cast.member, now=NOW)
    assert topic.petition_at is None
    assert proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW).petition_at == NOW


def test_a_review_that_stands_still_lets_a_petition_pass(cast, ten_owners):
    topic = petition(cast)
    steps.discuss(topic=topic, by=cast.owner, now=NOW)
    topic = steps.review(topic=topic, by=cast.owner, now=NOW)
    assert topic.due_by is not None
    watcher.watch(topic.due_by - timedelta(hours=1))
    topic.refresh_from_db()
    assert topic.stage == TopicStage.REVIEWING
    late = topic.due_by + timedelta(minutes=1)
    watcher.watch(late)
    watcher.watch(late)
    topic.refresh_from_db()
    assert topic.stage == TopicStage.DECIDING
    actions = topic.entries.values_list("action", flat=True).order_by("pk")
    assert list(actions)[-3:] == ["remind", "escalate", "approve"]


def test_the_committees_duty_then_the_streets(cast, ten_owners):
    topic = petition(cast)
    with pytest.raises(WrongState) as refused:
        steps.order(topic=topic, text="请召开", by=cast.street_cadre, now=NOW)
    assert refused.value.code == "convening_running"
    late = topic.convene_by + timedelta(days=1)
    watcher.watch(late)
    watcher.watch(late)
    assert topic.entries.filter(action="escalate").count() == 1
    with pytest.raises(NotAllowed):
        steps.order(topic=topic, text="请召开", by=cast.community_worker, now=late)
    topic = steps.order(topic=topic, text="责令三十日内召开", by=cast.street_cadre, now=late)
    assert topic.order_by == late + timedelta(days=30)
    after = topic.order_by + timedelta(minutes=1)
    watcher.watch(after)
    assert topic.entries.filter(action="escalate").count() == 2


# --- The whole way -------------------------------------------------------------------------------


def test_a_side_speaks_for_itself_and_the_desk_for_others(cast, homes):
    topic = propose(cast, by=cast.secretary)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    steps.state(topic=topic, text="支持", by=cast.property_clerk, now=NOW)
    steps.state(topic=topic, side="residents", text="大家支持", by=cast.community_worker, now=NOW)
    said = dict(topic.sides.values_list("kind", "statement"))
    assert (said["property"], said["residents"], said["branch"]) == ("支持", "大家支持", "")
    with pytest.raises(NotAllowed):
        steps.state(topic=topic, side="branch", text="我说", by=cast.property_clerk, now=NOW)
    with pytest.raises(Refused):
        steps.state(topic=topic, side="market", text="我说", by=cast.property_clerk, now=NOW)
    with pytest.raises(NotAllowed):
        steps.state(topic=topic, text="我说", by=cast.owner, now=NOW)


def test_a_rejection_has_a_public_reason(cast, homes):
    topic = propose(cast, by=cast.secretary)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    with pytest.raises(NotAllowed):
        steps.reject(topic=topic, reason="不行", by=cast.community_worker, now=NOW)
    topic = steps.reject(topic=topic, reason="不在小区范围", by=cast.secretary, now=NOW)
    assert (topic.stage, topic.closed_at) == (TopicStage.REJECTED, NOW)
    assert topic.entries.last().text == "不在小区范围"


def test_a_residents_meeting_needs_the_prior_study(cast, homes):
    topic = propose(cast, by=cast.secretary, decider=Decider.RESIDENTS)
    topic = steps.discuss(topic=topic, by=cast.secretary, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    with pytest.raises(WrongState) as refused:
        steps.approve(topic=topic, reason="可以", by=cast.secretary, now=NOW)
    assert refused.value.code == "study_required"
    topic = steps.study(topic=topic, on=NOW.date(), text="同意提交", by=cast.secretary, now=NOW)
    assert steps.approve(topic=topic, reason="可以", by=cast.secretary, now=NOW).stage == "deciding"


def test_without_a_secretary_the_communitys_party_committee_reviews(cast):
    topic = propose(
        cast, by=cast.community_worker, unit=cast.other_compound, decider=Decider.COMMITTEE
    )
    topic = steps.discuss(topic=topic, by=cast.community_worker, now=NOW)
    topic = steps.review(topic=topic, by=cast.community_worker, now=NOW)
    topic = steps.approve(topic=topic, reason="可以", by=cast.community_worker, now=NOW)
    assert topic.stage == TopicStage.DECIDING


@pytest.mark.parametrize(
    ("members", "present", "in_favour", "passed"),
    [(5, 3, 3, True), (6, 4, 3, True), (6, 4, 2, False), (5, 3, 2, False)],
)
def test_the_committees_meeting_counts_as_art_38_says(
    cast, homes, members, present, in_favour, passed
):
    topic = deciding(cast)
    topic = decision(cast, topic, members=members, present=present, in_favour=in_favour)
    assert topic.decision_passed is passed


@pytest.mark.parametrize(
    ("members", "present", "in_favour"), [(6, 3, 3), (5, 6, 5), (5, 4, 5), (100, 99, 99)]
)
def test_a_meeting_that_could_not_decide_is_refused(cast, homes, members, present, in_favour):
    topic = deciding(cast)
    with pytest.raises(Refused):
        decision(cast, topic, members=members, present=present, in_favour=in_favour)


def test_a_failed_decision_lapses(cast, homes):
    topic = decision(cast, deciding(cast), in_favour=1)
    with pytest.raises(WrongState) as refused:
        steps.announce(topic=topic, text="公示", by=cast.committee_member, now=NOW)
    assert refused.value.code == "not_decided"
    assert steps.lapse(topic=topic, by=cast.committee_member, now=NOW).stage == "rejected"


def test_the_copy_of_ones_own_data_tells_of_topics(page, cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    mine = own_data.own_data(cast.neighbour)
    assert [len(mine[name]) for name in ("topics", "topic_signatures")] == [0, 1]
    assert "楼道装声控灯" in page(cast.owner).post("/my-data/copy/").content.decode()
    assert set(mine) == set(own_data.own_data_parts())
