"""What people write on paper about a topic: the desk enters it, the row says for whom and by whom."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.attachments import attachments
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, AuditEntry, Notice
from residents.deliberation.discussion import discussion
from residents.deliberation.enums import Decider, TopicAction, TopicStage, TopicWho
from residents.deliberation.models import Comment, CoSignature, ResultRating, Topic, TopicObjection
from residents.deliberation.promises import objections
from residents.deliberation.topics.course import proposals, steps
from residents.deliberation.topics.course.workflow import WORKFLOW
from residents.enums import ConsentPurpose
from residents.privacy import consents
from tests import factories as make
from tests import files
from tests.residents.deliberation.promises.test_promises import AFTER, evaluating, published
from tests.residents.deliberation.topic_factories import NOW, propose


@pytest.fixture
def paper(cast, homes):
    """The home of somebody without an account, as it stands on a paper."""
    person = make.resident(cast.building, name="周奶奶")
    household = make.household(cast.building, "301")
    make.belonging(person, household, verified_by=cast.community_worker, verified_at=NOW)
    return {"household": household.code, "name": person.name}


def test_a_topic_on_paper_is_its_authors(cast, homes, paper):
    topic = proposals.propose(
        unit=cast.compound, title="楼道装扶手", text="老人上下楼不方便", decider=Decider.COMMITTEE,
        by=cast.grid_worker, now=NOW, **paper,
    )  # fmt: skip
    assert (topic.proposed_as, topic.person.name, topic.proposer) == (
        "resident", "周奶奶", cast.grid_worker,
    )  # fmt: skip
    signed = CoSignature.objects.get(topic=topic)
    assert (signed.person.name, signed.entered_by) == ("周奶奶", cast.grid_worker)
    # Any of the desk changes it for her, and withdraws it while nobody else has signed.
    proposals.revise(
        topic=topic, title="楼道装扶手", text="一至六层都装", reason="写得更清楚",
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    standing = CoSignature.objects.get(topic=topic, ended_at=None)
    assert (standing.version, standing.person.name, standing.entered_by) == (
        2, "周奶奶", cast.community_worker,
    )  # fmt: skip
    gone = proposals.withdraw(topic=topic, reason="本人要求", by=cast.community_worker, now=NOW)
    assert gone.stage == TopicStage.REJECTED


def test_what_the_desk_does_with_a_paper_is_told_as_its_authors(cast, api, page, homes, paper):
    topic = proposals.propose(
        unit=cast.compound, title="楼道装扶手", text="老人上下楼不方便", decider=Decider.COMMITTEE,
        by=cast.grid_worker, now=NOW, **paper,
    )  # fmt: skip
    proposals.revise(
        topic=topic, title="楼道装扶手", text="一至六层都装", reason="写得更清楚",
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    make.notice(cast)
    consents.consent(
        purpose=ConsentPurpose.DELIBERATION, given=True, person=topic.person,
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    told = api(cast.neighbour).get(f"/api/v1/topics/{topic.pk}/").json()["entries"]
    authors = {entry["action"]: entry["by"] for entry in told}
    assert authors == dict.fromkeys(("propose", "revise"), "发起人 周奶奶（窗口代录）")
    shown = page(cast.neighbour).get(f"/topics/{topic.pk}/").content.decode()
    assert shown.count("发起人 周奶奶（窗口代录）") == 3, "above the text, and of both entries"
    assert "发起人 陈" not in shown


def test_papers_are_counted_by_their_author_not_by_the_desk(cast, homes, paper):
    other = make.resident(cast.building, name="吴大爷")
    household = make.household(cast.building, "302")
    make.belonging(other, household, verified_by=cast.community_worker, verified_at=NOW)
    sheet = {"unit": cast.compound, "text": "请装路灯", "decider": Decider.OWNERS}
    for number in range(proposals.MOST_OPEN):
        proposals.propose(title=f"第{number}件", by=cast.grid_worker, now=NOW, **sheet, **paper)
    with pytest.raises(Refused):
        proposals.propose(title="再一件", by=cast.community_worker, now=NOW, **sheet, **paper)
    proposals.propose(
        title="另一位的",
        by=cast.grid_worker,
        now=NOW,
        household=household.code,
        name="吴大爷",
        **sheet,
    )


def test_the_desk_names_the_household_by_its_door(cast, homes, paper):
    topic = propose(cast)
    door = f"{cast.building.name}301"
    proposals.co_sign(
        topic=topic, by=cast.community_worker, now=NOW, household=door, name=paper["name"]
    )
    assert CoSignature.objects.get(person__name=paper["name"]).household.code == paper["household"]
    other = make.unit(cast.compound, code=f"{cast.compound.code}-009", name="9栋")
    make.household(other, "301")
    for words, code in (("301", "several_households"), ("5栋999", "no_household")):
        with pytest.raises(Refused) as refused:
            proposals.co_sign(
                topic=topic, by=cast.grid_worker, now=NOW, household=words, name=paper["name"]
            )
        assert refused.value.code == code


def test_neighbours_and_committee_enter_no_papers(cast, homes, paper):
    for person in (cast.neighbour, cast.committee_member, cast.secretary, cast.sibling_worker):
        with pytest.raises(NotAllowed):
            proposals.propose(
                unit=cast.compound, title="楼道装扶手", text="不方便", decider=Decider.OWNERS,
                by=person, now=NOW, **paper,
            )  # fmt: skip
    assert not Topic.objects.exists()


def test_a_signature_on_paper_is_taken_back_at_the_desk(cast, homes, paper):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.community_worker, now=NOW, **paper)
    with pytest.raises(Refused) as refused:
        proposals.withdraw_signature(
            topic=topic, by=cast.grid_worker, now=NOW, household=paper["household"], name="没有此人"
        )
    assert refused.value.code == "not_on_roll"
    proposals.withdraw_signature(topic=topic, by=cast.grid_worker, now=NOW, **paper)
    assert not CoSignature.objects.filter(person__name="周奶奶", ended_at=None).exists()
    with pytest.raises(Refused) as refused:
        proposals.withdraw_signature(topic=topic, by=cast.grid_worker, now=NOW, **paper)
    assert refused.value.code == "not_signed"
    entry = topic.entries.filter(action=TopicAction.WITHDRAW_SIGNATURE).first()
    assert entry.data == {"paper": True}
    assert (entry.by, entry.who) == (cast.grid_worker, TopicWho.GRID)
    # For whom it was, the audit keeps; the timeline, which neighbours read, does not.
    whose = CoSignature.objects.get(person__name="周奶奶").person_id
    for action in ("co-sign", "withdraw-signature"):
        kept = AuditEntry.objects.get(action=f"deliberation.{action}-topic")
        assert kept.detail["on_behalf_of"] == whose


def test_the_desk_ends_no_signature_that_was_given_online(cast, homes):
    topic = propose(cast)
    proposals.co_sign(topic=topic, by=cast.neighbour, now=NOW)
    with pytest.raises(Refused) as refused:
        proposals.withdraw_signature(
            topic=topic, by=cast.community_worker, now=NOW,
            household=homes["neighbour"].code, name=cast.neighbour.name,
        )  # fmt: skip
    assert refused.value.code == "not_signed"
    assert CoSignature.objects.filter(person__account=cast.neighbour, ended_at=None).exists()
    proposals.withdraw_signature(topic=topic, by=cast.neighbour, now=NOW)


def test_what_was_said_on_paper_stands_in_the_discussion(cast, page, homes, paper):
    topic = propose(cast)
    desk = page(cast.community_worker)
    address = f"/topics/{topic.pk}/say/for/"
    assert address in desk.get(f"/topics/{topic.pk}/").content.decode()
    assert desk.post(address, {"text": "扶手要结实", **paper}).status_code == 302
    said = Comment.objects.get()
    assert (said.person.name, said.by, said.speaks_as) == (
        "周奶奶", cast.community_worker, TopicWho.RESIDENT,
    )  # fmt: skip
    shown = page(cast.neighbour).get(f"/topics/{topic.pk}/").content.decode()
    assert "周**（窗口代录）" in shown
    assert "陈社工" not in shown
    make.notice(cast)
    consents.consent(
        purpose=ConsentPurpose.DELIBERATION, given=True, person=said.person,
        by=cast.community_worker, now=NOW,
    )  # fmt: skip
    assert "周奶奶（窗口代录）" in page(cast.neighbour).get(f"/topics/{topic.pk}/").content.decode()
    assert page(cast.neighbour).post(address, {"text": "冒名", **paper}).status_code == 403
    with pytest.raises(NotAllowed):
        discussion.say(topic=topic, text="冒名", by=cast.neighbour, now=NOW, **paper)


def test_an_objection_on_paper_is_received_under_the_real_name(cast, page, homes, paper):
    topic = published(cast)
    with pytest.raises(NotAllowed):
        objections.object_to(topic=topic, text="不同意", by=cast.outsider, now=NOW, **paper)
    made = objections.object_to(topic=topic, text="太贵", by=cast.grid_worker, now=NOW, **paper)
    assert (made.person.name, made.by) == ("周奶奶", cast.grid_worker)
    shown = page(cast.neighbour).get(f"/topics/{topic.pk}/").content.decode()
    assert "周**" in shown
    assert "郑" not in shown
    assert "周奶奶" in page(cast.committee_member).get(f"/topics/{topic.pk}/").content.decode()
    with pytest.raises(NotAllowed):
        objections.answer(objection=made, answer="按合同", by=cast.grid_worker, now=NOW)
    assert TopicObjection.objects.count() == 1
    # Who answers is not whom it was entered for, with an account by now.
    made.person.account = cast.committee_member
    made.person.save(update_fields=["account"])
    with pytest.raises(NotAllowed) as refused:
        objections.answer(objection=made, answer="按合同", by=cast.committee_member, now=NOW)
    assert refused.value.code == "own_case"
    assert "周奶奶" in page(cast.committee_member).get(f"/topics/{topic.pk}/").content.decode()


def test_an_author_with_an_account_by_now_reads_and_appeals_what_was_hidden(
    cast, page, homes, paper
):
    topic = propose(cast)
    said = discussion.say(topic=topic, text="扶手要结实", by=cast.grid_worker, now=NOW, **paper)
    said.person.account = author = cast.outsider
    said.person.save(update_fields=["account"])
    discussion.hide(comment=said, reason="跑题", by=cast.community_worker, now=NOW)
    assert set(Notice.objects.values_list("recipient", flat=True)) >= {
        author.pk, cast.grid_worker.pk,
    }  # fmt: skip
    read = page(author)
    assert "扶手要结实" in read.get(f"/topics/{topic.pk}/").content.decode()
    sent = read.post(f"/comments/{said.pk}/appeal/", {"reason": "没有跑题"})
    assert sent.status_code == 302
    said.person.account = cast.secretary
    said.person.save(update_fields=["account"])
    with pytest.raises(NotAllowed) as refused:
        discussion.decide_appeal(
            comment=said, granted=True, reason="自己的", by=cast.secretary, now=NOW
        )
    assert refused.value.code == "own_case"


def signed_by(cast, by):
    """A photo of a signed paper, taken by one of the desk."""
    return Attachment.objects.create(kind="photo", uploaded_by=by, created_at=NOW)


def test_a_result_is_judged_on_paper_once(cast, homes, paper):
    topic = evaluating(cast)
    with pytest.raises(Refused) as refused:
        steps.rate(topic=topic, stars=4, by=cast.community_worker, now=AFTER, **paper)
    assert refused.value.code == "no_paper"
    photo = signed_by(cast, cast.community_worker)
    steps.rate(
        topic=topic, stars=4, text="亮了", by=cast.community_worker, now=AFTER, paper=photo, **paper
    )
    rating = ResultRating.objects.get()
    assert (rating.person.name, rating.entered_by, rating.stars, rating.paper) == (
        "周奶奶", cast.community_worker, 4, photo,
    )  # fmt: skip
    assert attachments.may_see(cast.grid_worker, photo)
    assert not attachments.may_see(cast.neighbour, photo)
    kept = AuditEntry.objects.get(action="deliberation.rate-topic")
    assert kept.detail["on_behalf_of"] == rating.person_id
    for by in (cast.community_worker, cast.grid_worker):
        photo = signed_by(cast, by)
        with pytest.raises(WrongState) as refused:
            steps.rate(topic=topic, stars=1, by=by, now=AFTER, paper=photo, **paper)
        assert refused.value.code == "rated_already"
    steps.rate(topic=topic, stars=5, by=cast.owner, now=AFTER)
    assert ResultRating.objects.filter(entered_by=None).count() == 1
    late = topic.evaluated_until + timedelta(minutes=1)
    assert not WORKFLOW.is_open(topic, TopicAction.RATE, cast.community_worker, late)


def test_the_desk_judges_for_nobody_who_has_an_account(cast, page, homes, paper):
    topic, by = evaluating(cast), cast.community_worker
    with pytest.raises(WrongState) as refused:
        steps.rate(
            topic=topic, stars=5, by=by, now=AFTER, paper=signed_by(cast, by),
            household=homes["neighbour"].code, name=cast.neighbour.name,
        )  # fmt: skip
    assert refused.value.code == "has_account"
    address = f"/topics/{topic.pk}/act/rate/"
    with time_machine.travel(AFTER, tick=False):
        assert "签字原件照片" in page(by).get(address).content.decode()
        shown = page(cast.neighbour).get(address).content.decode()
        assert "照片" not in shown
        without = page(by).post(address, {"stars": "5", **paper})
        assert (without.status_code, ResultRating.objects.exists()) == (400, False)
        photo = SimpleUploadedFile("paper.jpg", files.photo(), content_type="image/jpeg")
        sent = page(by).post(address, {"stars": "5", "photos": photo, **paper})
    assert sent.status_code == 302
    assert ResultRating.objects.get().paper.uploaded_by == by


def test_the_list_offers_the_desk_a_way_to_enter_a_topic(cast, page, homes, paper):
    address = f"/units/{cast.compound.code}/topics/new/"
    assert address in page(cast.grid_worker).get("/topics/").content.decode()
    assert address not in page(cast.owner).get("/topics/").content.decode()
    assert page(cast.owner).get(address).status_code == 403
    sent = page(cast.grid_worker).post(
        address, {"title": "装扶手", "text": "不方便", "decider": "committee", **paper}
    )
    assert sent.status_code == 302
    assert Topic.objects.get().person.name == "周奶奶"
