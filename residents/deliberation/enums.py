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
    DECIDING = "deciding", _("to be decided")
    PUBLICITY = "publicity", _("decision made public")
    EXECUTING = "executing", _("being carried out")
    EVALUATING = "evaluating", _("being evaluated")
    CLOSED = "closed", pgettext_lazy("stage of a topic", "closed")
    REJECTED = "rejected", pgettext_lazy("stage of a topic", "not taken up")


class TopicAction(models.TextChoices):
    """What is done with a topic; button, API verb, permission and timeline entry at once."""

    CO_SIGN = "co-sign", _("co-sign")
    DISCUSS = "discuss", _("open the discussion")
    REVIEW = "review", _("hand in for review")
    APPROVE = "approve", _("approve for decision")
    REJECT = "reject", _("do not take up")
    ANNOUNCE = "announce", _("make the decision public")
    EXECUTE = "execute", _("carry out")
    EVALUATE = "evaluate", _("open the evaluation")
    FINISH = "finish", _("finish the topic")
    REOPEN = "reopen", _("take up again")
    LAPSE = "lapse", _("lapse: the poll failed")

    @property
    def permission(self) -> str:
        return f"deliberation.{self.name.lower()}_topic"


class Decider(models.TextChoices):
    """Who decides a topic. Matters of art. 278 of the Civil Code only the owners decide."""

    OWNERS = "owners", _("the owners")
    REPRESENTATIVES = "representatives", _("the owners' representatives")
    COMMITTEE = "committee", _("the owners' committee")
    RESIDENTS = "residents", _("the residents' meeting")
    RESIDENT_REPRESENTATIVES = "resident_representatives", _("the residents' representatives")


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


class QuestionKind(models.TextChoices):
    YES_NO = "yes_no", _("for, against or abstain")
    SINGLE = "single", _("choose one")
    MULTIPLE = "multiple", _("choose several")


class Choice(models.TextChoices):
    """The answers to a yes-or-no question. A statutory poll always has “against”."""

    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")
    ABSTAIN = "abstain", pgettext_lazy("vote", "abstain")
