"""Fixed vocabularies of topics and polls."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# --- Topics: the five steps (五步议事) ---------------------------------------------------------------


class TopicStage(models.TextChoices):
    """Where a topic stands on its way from a proposal to a judged result."""

    PROPOSED = "proposed", _("proposed")
    DISCUSSING = "discussing", _("under discussion")
    REVIEWING = "reviewing", _("under review")
    DECIDING = "deciding", pgettext_lazy("stage of a topic", "to be decided")
    PUBLICITY = "publicity", _("decision made public")
    EXECUTING = "executing", _("being carried out")
    EVALUATING = "evaluating", _("being evaluated")
    CLOSED = "closed", pgettext_lazy("stage of a topic", "closed")
    REJECTED = "rejected", pgettext_lazy("stage of a topic", "not taken up")


class TopicAction(models.TextChoices):
    """What is done with a topic; button, API verb, permission and timeline entry at once."""

    PROPOSE = "propose", _("propose")
    CO_SIGN = "co-sign", _("co-sign")
    WITHDRAW_SIGNATURE = "withdraw-signature", _("take the signature back")
    REVISE = "revise", _("change the text")
    DISCUSS = "discuss", _("open the discussion")
    STATE = "state", _("state a side's view")
    STUDY = "study", _("record the party organisation's study")
    REVIEW = "review", _("hand in for review")
    APPROVE = "approve", _("approve for decision")
    REJECT = "reject", _("do not take up")
    ORDER = "order", _("order the committee to convene")
    RECORD_DECISION = "record-decision", _("record the committee's decision")
    ANNOUNCE = "announce", _("make the decision public")
    EXECUTE = "execute", _("carry out")
    EVALUATE = "evaluate", _("open the evaluation")
    RATE = "rate", _("rate the result")
    FINISH = "finish", _("finish the topic")
    REOPEN = "reopen", _("take up again")
    LAPSE = "lapse", _("lapse: the poll failed")
    WITHDRAW = "withdraw", _("withdraw the topic")
    REACH = "reach", _("petition reached")
    REMIND = "remind", _("reminder of a limit")
    ESCALATE = "escalate", _("limit passed")

    @property
    def permission(self) -> str:
        """The permission that this action needs, for `user.has_perm(permission, topic)`."""
        return f"deliberation.{self.name.lower()}_topic"


# What the portal does by itself: nobody's button, nobody's permission.
AUTOMATIC_TOPIC_ACTIONS = frozenset(
    {TopicAction.PROPOSE, TopicAction.REACH, TopicAction.REMIND, TopicAction.ESCALATE}
)
FINAL_STAGES = frozenset({TopicStage.CLOSED, TopicStage.REJECTED})


class TopicWho(models.TextChoices):
    """How a person stands to one topic."""

    PROPOSER = "proposer", _("proposer")
    SIGNER = "signer", _("whoever signed")
    # Whoever may propose and sign: verified people of the place; owners where owners decide.
    ELIGIBLE = "eligible", _("whoever is affected")
    RESIDENT = "resident", _("resident of the place")
    # Whoever could decide rates what came of it: those on the frozen roll, else whoever is affected.
    RATER = "rater", _("whoever could decide")
    COMMUNITY = "community", _("community")
    GRID = "grid", _("grid")
    REVIEWER = "reviewer", _("party organisation that reviews")
    SECRETARY = "secretary", _("branch secretary")
    COMMITTEE = "committee", _("owners' committee")
    PROPERTY = "property", _("property firm")
    COUNCIL = "council", _("residents' representative")
    STREET = "street", _("street")
    SYSTEM = "system", _("system")


# What people are to a topic, not authorities: their names are masked unless they agreed.
PRIVATE_TOPIC_RELATIONS = frozenset(
    {
        *(TopicWho.PROPOSER, TopicWho.SIGNER, TopicWho.ELIGIBLE),
        *(TopicWho.RESIDENT, TopicWho.RATER),
    }
)


class ProposedAs(models.TextChoices):
    """As what a topic was proposed; an organisation needs no co-signers."""

    RESIDENT = "resident", _("residents")
    BRANCH = "branch", _("party branch")
    COMMITTEE = "committee", _("owners' committee")
    COMMUNITY = "community", pgettext_lazy("who proposed", "community")


class SideKind(models.TextChoices):
    """The sides of a consultation (四方协商)."""

    BRANCH = "branch", _("party branch")
    COMMITTEE = "committee", _("owners' committee")
    PROPERTY = "property", _("property firm")
    RESIDENTS = "residents", _("residents' representatives")
    OTHER = "other", _("another side")


class Threshold(models.TextChoices):
    """What co-signatures are counted by."""

    PEOPLE = "people", _("people")
    HOUSEHOLDS = "households", _("households")


class PetitionBasis(models.TextChoices):
    """Of what a petition needs its share."""

    OWNERS = "owners", _("owners (物业管理条例, art. 13; Hubei, art. 26)")
    AREA_AND_OWNERS = "area_and_owners", _("area and owners (建房〔2009〕274号, art. 21)")


class Decider(models.TextChoices):
    """Who decides a topic. Matters of art. 278 of the Civil Code only the owners decide."""

    OWNERS = "owners", _("the owners")
    REPRESENTATIVES = "representatives", _("the owners' representatives")
    COMMITTEE = "committee", _("the owners' committee")
    RESIDENTS = "residents", _("the residents' meeting")
    RESIDENT_REPRESENTATIVES = "resident_representatives", _("the residents' representatives")


# Whose decision only owners may propose, sign and judge.
OWNERS_DECIDE = frozenset({Decider.OWNERS, Decider.REPRESENTATIVES})
# 居民会议 and 居民代表会议: the party organisation studies the matter first (organic law, art. 30).
MEETINGS_DECIDE = frozenset({Decider.RESIDENTS, Decider.RESIDENT_REPRESENTATIVES})


class CommentState(models.TextChoices):
    SHOWN = "shown", pgettext_lazy("state of a comment", "shown")
    HIDDEN = "hidden", pgettext_lazy("state of a comment", "hidden")
    APPEALED = "appealed", pgettext_lazy("state of a comment", "hidden, an appeal waits")
    UPHELD = "upheld", pgettext_lazy("state of a comment", "hidden, the appeal was not granted")


class PromiseState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a promise", "to be done")
    DONE = "done", pgettext_lazy("state of a promise", "done")
    DROPPED = "dropped", pgettext_lazy("state of a promise", "dropped")


# --- Polls -----------------------------------------------------------------------------------------


class PollState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a poll", "draft")
    ANNOUNCED = "announced", pgettext_lazy("state of a poll", "announced")
    OPEN = "open", pgettext_lazy("state of a poll", "open for voting")
    CLOSED = "closed", pgettext_lazy("state of a poll", "closed, being checked")
    PUBLISHED = "published", pgettext_lazy("state of a poll", "result published")


class PollMode(models.TextChoices):
    """What a poll is in law, declared before it is announced."""

    ADVISORY = "advisory", _("advisory: asks for opinions, decides nothing by law")
    STATUTORY_PAPER = (
        "statutory_paper",
        _("statutory on paper, with the online channel as a convenience"),
    )
    OFFICIAL_PLATFORM = (
        "official_platform",
        _("on the official platform: the roll goes out, the result comes in"),
    )


class Electorate(models.TextChoices):
    OWNERS = "owners", _("owners")
    HOUSEHOLDS = "households", _("households, one vote each")
    RESIDENTS = "residents", _("residents from 18 years on")
    REPRESENTATIVES = "representatives", _("representatives")


class BallotKind(models.TextChoices):
    NAMED = "named", _("named")
    SECRET = "secret", _("secret")


class Rule(models.TextChoices):
    """The rule sheets of a count."""

    CIVIL_CODE_278 = "civil_code_278", _("owners' vote (Civil Code, art. 278)")
    LIFT = "lift", _("lift added to an entrance (Civil Code, art. 278; local rules)")
    RESIDENTS_MEETING = (
        "residents_meeting",
        _("residents' meeting (Organic Law of Urban Residents' Committees, art. 27)"),
    )
    REPRESENTATIVES_MEETING = (
        "representatives_meeting",
        _("residents' representatives' meeting (Organic Law, art. 29)"),
    )
    ELECTION = "election", _("election of the residents' committee (Organic Law, art. 19)")
    # Of advisory polls alone: an opinion has no quorum.
    OPINION = "opinion", _("plain count, no thresholds (advisory polls)")


class QuestionKind(models.TextChoices):
    YES_NO = "yes_no", _("for, against or abstain")
    SINGLE = "single", _("choose one")
    MULTIPLE = "multiple", _("choose several")


class Choice(models.TextChoices):
    """The answers to a yes-or-no question. A statutory poll always has “against”."""

    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")
    ABSTAIN = "abstain", pgettext_lazy("vote", "abstain")


class PollAction(models.TextChoices):
    """What is done with a poll as a whole; button, API verb, permission and timeline entry at once."""

    CREATE = "create", _("set up")
    EDIT = "edit", _("change the draft")
    ANNOUNCE = "announce", _("announce")
    ORDER = "order", _("order the committee to announce")
    REBUILD_ROLL = "rebuild-roll", _("draw up the roll anew")
    OPEN = "open", _("open for voting")
    CLOSE = "close", _("close and count")
    IMPORT_RESULT = "import-result", _("enter the official result")
    PUBLISH = "publish", _("publish the result")
    END_POSTING = "end-posting", _("the posting of the result ends")

    @property
    def permission(self) -> str:
        return f"deliberation.{self.name.lower()}_poll"


class PollWho(models.TextChoices):
    """What somebody is to a poll."""

    DRAFTER = "drafter", _("whoever prepares polls of the place")
    ORGANISER = "organiser", _("whoever may convene this poll")
    STREET = "street", _("the street")
    SYSTEM = "system", _("the portal")


class Matter(models.IntegerChoices):
    """The nine matters that owners decide together (Civil Code, art. 278)."""

    MEETING_RULES = 1, _("1 rules of procedure of the owners' meeting")
    COVENANT = 2, _("2 management covenant")
    COMMITTEE = 3, _("3 electing the owners' committee or replacing its members")
    PROPERTY_FIRM = 4, _("4 engaging or dismissing the property firm")
    USE_FUND = 5, _("5 using the repair fund")
    RAISE_FUND = 6, _("6 raising the repair fund")
    REBUILD = 7, _("7 altering or rebuilding the building and what belongs to it")
    COMMON_PARTS = 8, _("8 changing the use of common parts, or doing business with them")
    OTHER = 9, _("9 another important matter of common ownership and management")


# Art. 278: "items 6 to 8" need three quarters of those who take part.
QUALIFIED_MATTERS = frozenset({Matter.RAISE_FUND, Matter.REBUILD, Matter.COMMON_PARTS})


class Silence(models.TextChoices):
    """What the voters' silence means. The last two need the compound's own clause and a delivery.

    274号, art. 26: whether owners who do not take part are counted with the majority, the rules of
    the owners' meeting say.
    """

    NO_PARTICIPATION = "no_participation", _("whoever does not vote does not take part")
    DELIVERED_PARTICIPATES = "delivered_participates", _("whoever was handed a ballot takes part")
    WITH_MAJORITY = (
        "with_majority",
        _("whoever was handed a ballot and is silent joins the majority"),
    )


class ChangePolicy(models.TextChoices):
    NONE = "none", _("a vote cannot be changed")
    ONCE = "once", _("a vote can be changed once")
    UNTIL_CLOSING = "until_closing", _("a vote can be changed until voting closes")


class Precedence(models.TextChoices):
    """Which ballot counts where one came on paper and one online."""

    PAPER = "paper", _("paper counts before online")
    FIRST = "first", _("whichever came first counts")


class ChangedOwner(models.TextChoices):
    """What becomes of a vote where a flat is sold while a poll runs."""

    FROZEN = "frozen", _("the roll stays as it was at opening")
    BUYER = "buyer", _("a vote not yet used passes to the buyer")


class Channel(models.TextChoices):
    """How a ballot came in."""

    ONLINE = "online", pgettext_lazy("how a ballot came in", "online")
    PAPER = "paper", pgettext_lazy("how a ballot came in", "on paper")
    PROXY = "proxy", pgettext_lazy("how a ballot came in", "by proxy")


class BallotState(models.TextChoices):
    """One ballot of an entry is live at most."""

    LIVE = "live", pgettext_lazy("state of a ballot", "counts")
    REPLACED = "replaced", pgettext_lazy("state of a ballot", "replaced")
    QUARANTINED = "quarantined", pgettext_lazy("state of a ballot", "set aside")
    ANNULLED = "annulled", pgettext_lazy("state of a ballot", "does not count")


class DeliveryWay(models.TextChoices):
    """How a ballot or a notice reached the voter (274号, art. 22)."""

    HANDED_OVER = "handed_over", _("handed over to the voter")
    POSTED = "posted", _("sent by post")
    OPENED_ONLINE = "opened_online", _("opened online by the voter")
    POSTED_UP = "posted_up", _("posted up: the voter could not be reached")
    TENANT = "tenant", _("left with a tenant (no delivery to the owner)")


# What counts as delivered to the voter; a tenant never does.
DELIVERED = frozenset(DeliveryWay) - {DeliveryWay.TENANT}


class VoterKind(models.TextChoices):
    PERSON = "person", pgettext_lazy("voter", "person")
    DEVELOPER = "developer", pgettext_lazy("voter", "developer: unsold and undelivered flats")
    HOUSEHOLD = "household", pgettext_lazy("voter", "household")


class Doubt(models.TextChoices):
    """Why an entry of the roll is to be looked at before opening."""

    NO_OWNER = "no_owner", _("no owner is known")
    NO_AREA = "no_area", _("the area is not known")
    NO_VOTER = "no_voter", _("several co-owners, no voter chosen")
    SOLE_AND_CO = "sole_and_co", _("one person owns flats alone and others jointly")
    MINOR = "minor", _("the owner is a minor, no guardian is known")
    NO_AGE = "no_age", _("the age is not known")


class PaperState(models.TextChoices):
    """Where printed ballots stand, which workers make."""

    WAITING = "waiting", pgettext_lazy("printed ballots", "being made")
    READY = "ready", pgettext_lazy("printed ballots", "ready")
    FAILED = "failed", pgettext_lazy("printed ballots", "could not be made")


class RollState(models.TextChoices):
    """Until opening a roll can be corrected; then the database keeps it as it is."""

    OPEN = "open", pgettext_lazy("state of a roll", "to be checked")
    FROZEN = "frozen", pgettext_lazy("state of a roll", "frozen")


class PollObjectionKind(models.TextChoices):
    ROLL = "roll", _("an entry of the roll is contested")
    RESULT = "result", _("objection to the result")
    LIFT = "lift", _("objection to the lift, in writing under one's name")


class PollObjectionState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("objection", "to be answered")
    SETTLED = "settled", pgettext_lazy("objection", "settled")
    ON_RECORD = "on_record", pgettext_lazy("objection", "not settled, stays on the record")


class CostKey(models.TextChoices):
    """By what costs are shared among flats."""

    FLAT = "flat", _("the same for each flat")
    AREA = "area", _("by area")
    FLOOR = "floor", _("by the factor of the floor, for lifts")
