"""Topics are proposed, signed, changed and withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.enums import Role, UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, Unit
from orgs.scoping import reach_of
from residents.deliberation.enums import (
    MEETINGS_DECIDE,
    Decider,
    ProposedAs,
    SideKind,
    TopicAction,
    TopicStage,
    TopicWho,
)
from residents.deliberation.models import CoSignature, Topic, TopicRule, TopicSide, TopicText
from residents.deliberation.models.topics import MATTERS
from residents.deliberation.topics.course import eligibility
from residents.deliberation.topics.course import paper as paper_desk
from residents.deliberation.topics.course.rules import TOPIC_PLACES, rule_in_force, sides_of
from residents.deliberation.topics.course.workflow import WORKFLOW, TopicStep
from residents.enums import OWNING
from residents.models import Belonging
from residents.roll.rights import verified_belongings

if TYPE_CHECKING:
    from orgs.models import User

# As what an office proposes, the nearest first.
_OFFICES = (
    (Role.OWNERS_COMMITTEE, ProposedAs.COMMITTEE),
    (Role.BRANCH_SECRETARY, ProposedAs.BRANCH),
    (Role.COMMUNITY_WORKER, ProposedAs.COMMUNITY),
)
PROPOSING_ROLES = frozenset(role for role, _as in _OFFICES)
# One person's open topics at one place: more are a flood, not a proposal.
MOST_OPEN = 5


def proposes_as(user: "User", unit: Unit, decider: str) -> ProposedAs | None:
    """As what somebody may propose a topic at a place; None for who may not.

    An office before the own home: what an organisation raises needs no co-signers.
    """
    held = reach_of(user).roles_at(unit)
    office = next((as_what for role, as_what in _OFFICES if role in held), None)
    if office:
        return office
    home = eligibility.home_of(user, unit, owners=eligibility.for_owners(decider))
    return ProposedAs.RESIDENT if home else None


def may_propose(user: "User", unit: Unit) -> bool:
    """Whether somebody may propose anything at a place."""
    return proposes_as(user, unit, Decider.COMMITTEE) is not None


def may_propose_anywhere(user: "User") -> bool:
    """Whether somebody may propose a topic somewhere."""
    return bool(reach_of(user).roles & PROPOSING_ROLES) or verified_belongings(user).exists()


def places_for(user: "User") -> list[Unit]:
    """The compounds and communities for which somebody may propose: of the own homes and offices."""
    homes = [one.household.building for one in verified_belongings(user)]
    above = {key for home in homes for key in (home.parent_id,) if key}
    found = Q(pk__in=above) | Q(children__in=above)
    if reach_of(user).roles & PROPOSING_ROLES:
        found |= reach_of(user).q("", PROPOSING_ROLES)
    rows = Unit.objects.filter(found, kind__in=TOPIC_PLACES).distinct()
    return list(rows.order_by("-level", "code")[:200])


@transaction.atomic
def propose(
    *,
    unit: Unit,
    title: str,
    text: str,
    decider: Decider,
    by: "User",
    now: datetime,
    matter: int | None = None,
    sides: Sequence[str] | None = None,
    is_micro: bool = False,
    attachments: Sequence[Attachment] = (),
    household: str = "",
    name: str = "",
) -> Topic:
    """Raises a topic; a resident who does is the first to sign it.

    The desk raises for a resident what `name` of a `household` wrote on paper.

    Verified people of the place, its branch, committee and community propose; only owners what
    only owners decide, among it the nine matters of art. 278 of the Civil Code. `sides` are those
    of the consultation; the place's usual ones where nothing is said, and no others for a resident.

    Raises NotAllowed; Refused (`wrong_place`, `owners_decide`, `too_many_topics`).
    """
    refuse_bad(unit, decider, matter)
    home = None
    if household or name:
        owners = eligibility.for_owners(decider)
        home = paper_desk.home_of(unit=unit, household=household, name=name, owners=owners, by=by)
    as_what = ProposedAs.RESIDENT if home else proposes_as(by, unit, decider)
    if as_what is None:
        raise NotAllowed(_not_theirs(decider))
    if is_micro and as_what == ProposedAs.RESIDENT:
        raise Refused(
            _("The branch, the committee or the community opens a small review."), field="is_micro"
        )
    _refuse_flood(by, unit, as_what, home)
    rule = rule_in_force(unit)
    chosen = rule.sides if sides is None else sides_of(sides)
    if as_what == ProposedAs.RESIDENT:
        _refuse_other_sides(rule, chosen)
    topic = Topic.objects.create(
        unit=unit, title=title.strip(), text=text.strip(), decider=decider, matter=matter,
        is_micro=is_micro, proposer=by, person=home.person if home else None, proposed_as=as_what,
        rule=rule, created_at=now, moved_at=now,
    )  # fmt: skip
    TopicText.objects.create(
        topic=topic, version=1, title=topic.title, text=topic.text, by=by, at=now
    )
    TopicSide.objects.bulk_create(TopicSide(topic=topic, **side) for side in chosen)
    step = TopicStep(topic, TopicAction.PROPOSE, by, now, _proposer(as_what))
    step.attachments = attachments
    if home is not None:
        step.data = {"paper": True}
    WORKFLOW.record(step)
    if as_what == ProposedAs.RESIDENT:
        own = home or eligibility.home_of(by, unit, owners=eligibility.for_owners(decider))
        assert own is not None, "who proposes as a resident has a home there"
        _sign(topic, own, now, entered_by=by if home else None)
        reach_petition(topic, now)
    return topic


def _refuse_other_sides(rule: TopicRule, sides: Sequence[Mapping[str, str]]) -> None:
    """Raises Refused for a side that the rules of the place do not name."""
    if all(side in rule.sides for side in sides):
        return
    named = "、".join(side["name"] or str(SideKind(side["kind"]).label) for side in rule.sides)
    raise Refused(_("The sides that are heard here: %(sides)s.") % {"sides": named}, field="sides")


def refuse_bad(unit: Unit, decider: str, matter: int | None) -> None:
    """Raises Refused for a place without topics, or a body that cannot decide this there."""
    if unit.kind not in TOPIC_PLACES:
        raise Refused(
            _("Topics are raised in compounds and communities."), code="wrong_place", field="unit"
        )
    if unit.kind == UnitKind.COMMUNITY and decider not in MEETINGS_DECIDE:
        raise Refused(
            _("In a community the residents' meeting or its representatives decide."),
            code="wrong_place",
            field="decider",
        )
    if matter is not None and not MATTERS[0] <= matter <= MATTERS[1]:
        raise Refused(_("The matters of art. 278 are numbered from 1 to 9."), field="matter")
    if matter is not None and decider != Decider.OWNERS:
        raise Refused(
            _("The matters of art. 278 of the Civil Code only the owners decide."),
            code="owners_decide",
            field="decider",
        )


def _not_theirs(decider: str) -> str:
    if eligibility.for_owners(decider):
        return _("Only verified owners of the place propose what only owners decide.")
    return _("Only people whose home here is verified propose a topic.")


def _proposer(as_what: ProposedAs) -> TopicWho:
    return {
        ProposedAs.RESIDENT: TopicWho.PROPOSER,
        ProposedAs.BRANCH: TopicWho.SECRETARY,
        ProposedAs.COMMITTEE: TopicWho.COMMITTEE,
        ProposedAs.COMMUNITY: TopicWho.COMMUNITY,
    }[as_what]


def _refuse_flood(by: "User", unit: Unit, as_what: ProposedAs, home: Belonging | None) -> None:
    if as_what != ProposedAs.RESIDENT:
        return
    whose = Q(person=home.person_id) if home else Q(proposer=by, person=None)
    open_ = Topic.objects.filter(whose, unit=unit, stage=TopicStage.PROPOSED)
    if open_.count() >= MOST_OPEN:
        sentence = _("You have %(most)d topics here that wait for co-signers: first see to these.")
        raise Refused(sentence % {"most": MOST_OPEN}, code="too_many_topics")


# --- Signing -------------------------------------------------------------------------------------


def co_sign(
    *,
    topic: Topic,
    by: "User",
    now: datetime,
    household: str = "",
    name: str = "",
    paper: Attachment | None = None,
) -> Topic:
    """Signs a topic: oneself online, or, at the desk, what somebody of a household signed on paper.

    Each person once under each version of the text; the database refuses a second signature.
    Raises WrongState (`already_signed`), Refused (`not_on_roll`) for a name that the household
    does not have.
    """
    with WORKFLOW.step(TopicAction.CO_SIGN, topic, by=by, now=now) as step:
        row, at_desk = step.row, step.who != TopicWho.ELIGIBLE or bool(household or name)
        step.data = {"paper": at_desk}
        if at_desk:
            home = _on_paper(step, household, name)
            paper = _own_paper(paper, by)
        else:
            owners = eligibility.for_owners(row.decider)
            found = eligibility.home_of(by, row.unit, owners=owners)
            assert found is not None, "who is eligible has a home there"
            home, paper = found, None
        _sign(row, home, now, entered_by=by if at_desk else None, paper=paper)
        reach_petition(row, now)
    return step.row


def _on_paper(step: TopicStep, household: str, name: str) -> Belonging:
    """The home of the roll by which somebody signs on paper, or takes that back."""
    topic, account = step.row, step.account
    assert account is not None, "nobody but people signs"
    owners = eligibility.for_owners(topic.decider)
    home = paper_desk.home_of(
        unit=topic.unit, household=household, name=name, owners=owners, by=account
    )
    step.data, step.person = {"paper": True}, home.person
    if step.who in (TopicWho.ELIGIBLE, TopicWho.SIGNER):
        step.who = next(iter(WORKFLOW.relations(topic, account) & paper_desk.DESK))
    return home


def _own_paper(paper: Attachment | None, by: "User") -> Attachment | None:
    from orgs.attachments.attachments import own_attachments

    return own_attachments([paper], by.pk)[0] if paper else None


def _sign(
    topic: Topic,
    home: Belonging,
    now: datetime,
    *,
    entered_by: "User | None" = None,
    paper: Attachment | None = None,
) -> None:
    """Adds a signature to the locked topic; one under an older text ends with it."""
    standing = eligibility.active(topic).filter(person=home.person)
    if standing.filter(version=topic.text_version).exists():
        raise WrongState(_("This person has signed it already."), code="already_signed")
    standing.update(ended_at=now)
    CoSignature.objects.create(
        topic=topic,
        version=topic.text_version,
        person=home.person,
        household=home.household,
        is_owner=home.relation in OWNING,
        entered_by=entered_by,
        paper=paper,
        at=now,
    )


def reach_petition(topic: Topic, now: datetime) -> None:
    """Notes on the locked topic that enough have signed: from then on the committee has to convene."""
    if topic.petition_at is not None or not eligibility.has_petition(topic):
        return
    if eligibility.petition(topic).reached:
        topic.petition_at = now
        topic.convene_by = now + timedelta(days=topic.rule.convene_days)
        Topic.objects.filter(pk=topic.pk).update(petition_at=now, convene_by=topic.convene_by)
        WORKFLOW.note(topic, TopicAction.REACH, now)


def withdraw_signature(
    *, topic: Topic, by: "User", now: datetime, household: str = "", name: str = ""
) -> Topic:
    """Takes the own signature back, or, at the desk, the one on paper of `name` of a `household`.

    That a petition was reached stays true. Raises Refused (`not_signed`) where they have not signed.
    """
    with WORKFLOW.step(TopicAction.WITHDRAW_SIGNATURE, topic, by=by, now=now) as step:
        standing = eligibility.active(step.row)
        if step.who != TopicWho.SIGNER or household or name:
            person = _on_paper(step, household, name).person
            # What was signed online, its signer alone takes back.
            standing = standing.filter(person=person, entered_by__isnull=False)
            if not standing.exists():
                message = _("No signature on paper of this person stands under this topic.")
                raise Refused(message, code="not_signed", field="name")
        else:
            standing = standing.filter(person__account=by)
        standing.update(ended_at=now)
    return step.row


# --- The text ------------------------------------------------------------------------------------


def revise(*, topic: Topic, title: str, text: str, reason: str, by: "User", now: datetime) -> Topic:
    """The proposer changes the text: a new version with its reason, of which every signer is told.

    Signatures stay with the version that was signed; for a petition only those under the present
    text count. Raises WrongState once a petition is reached.
    """
    with WORKFLOW.step(TopicAction.REVISE, topic, by=by, now=now) as step:
        row = step.row
        title, text = title.strip(), text.strip()
        if (title, text) == (row.title, row.text):
            raise Refused(_("Nothing is different."), field="text")
        row.title, row.text, row.text_version = title, text, row.text_version + 1
        TopicText.objects.create(
            topic=row, version=row.text_version, title=title, text=text, reason=reason.strip(),
            by=by, at=now,
        )  # fmt: skip
        own = Q(person=row.person_id) if row.person_id else Q(person__account=by)
        mine = eligibility.active(row).filter(own).first()
        if mine:
            # Whoever wrote the new text stands behind it.
            eligibility.active(row).filter(pk=mine.pk).update(ended_at=now)
            CoSignature.objects.create(
                topic=row, version=row.text_version, person_id=mine.person_id,
                household_id=mine.household_id, is_owner=mine.is_owner, at=now,
                entered_by=by if row.person_id else None,
            )  # fmt: skip
        step.text, step.data = reason, {"version": row.text_version}
    return step.row


def withdraw(*, topic: Topic, reason: str, by: "User", now: datetime) -> Topic:
    """The proposer takes back a topic that nobody else has signed."""
    with WORKFLOW.step(TopicAction.WITHDRAW, topic, by=by, now=now) as step:
        step.text = reason
    return step.row
