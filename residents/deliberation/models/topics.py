"""Topics, the versions of their texts, who signed them, the sides heard, and their timelines."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Attachment, Unit
from orgs.scoping import Scoped, Way, any_of, reach_of
from residents.deliberation.enums import (
    AUTOMATIC_TOPIC_ACTIONS,
    Decider,
    Matter,
    ProposedAs,
    SideKind,
    TopicAction,
    TopicStage,
    TopicWho,
)
from residents.deliberation.models.rules import TopicRule
from residents.enums import HOUSEHOLD_READERS
from residents.models import Household, Person
from residents.models.bodies import at_home

if TYPE_CHECKING:
    from orgs.models import User

MAX_TITLE, MAX_TEXT = 80, 5000
# The nine matters of art. 278 of the Civil Code.
MATTERS = (1, 9)
TOPIC_READERS = HOUSEHOLD_READERS | {
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_STAFF,
    Role.GRID_WORKER,
}


def account(label: Any, **options: Any) -> models.ForeignKey:
    """Somebody with an account who did something; what they did stays."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name="+",
        **options,
    )


def on_behalf() -> models.ForeignKey:
    """Somebody of the place on whose behalf the desk entered what they wrote on paper or said."""
    return models.ForeignKey(
        Person,
        verbose_name=_("entered at the desk for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


def authors(row: Any) -> frozenset[int]:
    """Whose own case a row is: of whoever entered it, and of the account of whom it was entered for."""
    for_whom = row.person.account_id if row.person_id else None
    return frozenset({row.by_id} if for_whom is None else {row.by_id, for_whom})


class Topic(Scoped):
    """Something that residents of a compound or a community raise, discuss, decide, do and judge.

    `title` and `text` are those of the version `text_version`; `round` counts how often the topic
    was taken up. `due_by` is the limit that runs now for whoever has the next step.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="topics"
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("text"))
    text_version = models.PositiveSmallIntegerField(_("version of the text"), default=1)
    decider = models.CharField(_("decided by"), max_length=30, choices=Decider)
    matter = models.PositiveSmallIntegerField(
        _("matter of art. 278"),
        null=True,
        blank=True,
        choices=Matter,
    )
    # 红色微评议: a hot issue, a round of comments, the fix, published with pictures.
    is_micro = models.BooleanField(_("small issue, judged quickly"), default=False)
    stage = models.CharField(
        _("stage"), max_length=12, choices=TopicStage, default=TopicStage.PROPOSED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    proposer = account(_("proposed by"))
    # Whose paper it is, where the desk entered it for a resident.
    person = on_behalf()
    proposed_as = models.CharField(_("proposed as"), max_length=10, choices=ProposedAs)
    rule = models.ForeignKey(
        TopicRule, verbose_name=_("rules"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("proposed at"))
    moved_at = models.DateTimeField(_("in this stage since"))
    due_by = models.DateTimeField(_("due by"), null=True, blank=True)
    # The petition: reached when, by when the committee convenes, when the street ordered it to.
    petition_at = models.DateTimeField(_("petition reached at"), null=True, blank=True)
    convene_by = models.DateTimeField(_("committee convenes by"), null=True, blank=True)
    ordered_at = models.DateTimeField(_("ordered to convene at"), null=True, blank=True)
    order_by = models.DateTimeField(_("ordered to convene by"), null=True, blank=True)
    # The prior study of the party organisation (organic law, art. 30).
    studied_on = models.DateField(_("studied on"), null=True, blank=True)
    study = models.TextField(_("result of the study"), blank=True)
    # A decision of the committee, taken in a meeting; that of a poll stands with the poll.
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_passed = models.BooleanField(_("passed"), null=True, blank=True)
    decision = models.TextField(_("decision"), blank=True)
    public_from = models.DateField(_("public from"), null=True, blank=True)
    public_until = models.DateField(_("public until"), null=True, blank=True)
    evaluated_until = models.DateTimeField(_("evaluated until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["-pk"]
        permissions = [
            ("propose_topic", "May propose a topic"),
            *(
                (action.permission.split(".")[1], f"May {action.value} a topic")
                for action in TopicAction
                if action not in AUTOMATIC_TOPIC_ACTIONS
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="topic_of_place"),
            models.Index(fields=["due_by"], name="topic_due", condition=Q(due_by__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="topic_known",
                condition=Q(
                    stage__in=TopicStage.values,
                    decider__in=Decider.values,
                    proposed_as__in=ProposedAs.values,
                ),
            ),
            models.CheckConstraint(
                name="topic_matter_of_owners",
                condition=Q(matter=None) | Q(matter__range=MATTERS, decider=Decider.OWNERS),
            ),
            models.CheckConstraint(
                name="topic_studied_whole",
                condition=Q(studied_on=None, study="")
                | (Q(studied_on__isnull=False) & ~Q(study="")),
            ),
            models.CheckConstraint(
                name="topic_decided_whole",
                condition=Q(decided_on=None, decision_passed=None)
                | Q(decided_on__isnull=False, decision_passed__isnull=False),
            ),
            models.CheckConstraint(
                name="topic_public_whole",
                condition=Q(public_from=None, public_until=None)
                | Q(public_from__isnull=False, public_until__isnull=False)
                & Q(public_until__gt=F("public_from")),
            ),
            models.CheckConstraint(
                name="topic_petition_whole",
                condition=Q(petition_at=None, convene_by=None)
                | Q(petition_at__isnull=False, convene_by__isnull=False),
            ),
            models.CheckConstraint(
                name="topic_ordered_whole",
                condition=Q(ordered_at=None, order_by=None)
                | Q(ordered_at__isnull=False, order_by__isnull=False, petition_at__isnull=False),
            ),
            models.CheckConstraint(
                name="topic_closed_whole",
                condition=Q(stage__in=["closed", "rejected"], closed_at__isnull=False)
                | (~Q(stage__in=["closed", "rejected"]) & Q(closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place, and who is at home in it."""
        return [reach_of(user).q("unit", TOPIC_READERS), *at_home(user, "unit")]

    def light(self, now: datetime) -> str:
        """green, yellow (a quarter of the time is left), red; "" where no limit runs."""
        if self.due_by is None:
            return ""
        if now > self.due_by:
            return "red"
        soon = max((self.due_by - self.moved_at) / 4, timedelta(hours=1))
        return "yellow" if self.due_by - now <= soon else "green"


class OfTopic(Scoped):
    """A row that is seen with its topic."""

    class Meta:
        abstract = True

    scope_path = "topic__unit"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        seen = Topic.objects.filter(any_of(Topic.ways(user)))
        return [Q(topic__in=seen.order_by().values("pk"))]


class TopicText(OfTopic):
    """One version of a topic's text. Append-only: who signed it can read what was signed."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("text"))
    reason = models.CharField(_("why it was changed"), max_length=300, blank=True)
    by = account(_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("version of a topic's text")
        verbose_name_plural = _("versions of topics' texts")
        ordering = ["topic", "version"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "version"], name="topic_text_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} · {self.version}"


class CoSignature(OfTopic):
    """Somebody of the place signed a version of a topic, online or on paper; once at a time.

    `household` is the home by which they sign. On paper the desk enters the signature: `entered_by`.
    """

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="signatures")
    version = models.PositiveSmallIntegerField(_("version of the text"))
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="co_signatures"
    )
    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.PROTECT, related_name="+"
    )
    is_owner = models.BooleanField(_("as owner"))
    entered_by = account(_("entered from paper by"), null=True, blank=True)
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("photo of the paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="co_signatures",
    )
    at = models.DateTimeField(_("when"))
    # Taken back, or signed anew after the text was changed.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("co-signature")
        verbose_name_plural = _("co-signatures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "person"],
                name="co_signature_once_a_person",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="co_signature_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} · {self.person_id}"


class TopicSide(OfTopic):
    """One side of a topic's consultation, and what it says."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="sides")
    kind = models.CharField(_("side"), max_length=10, choices=SideKind)
    name = models.CharField(_("name"), max_length=40, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    stated_by = account(_("stated by"), null=True, blank=True)
    stated_at = models.DateTimeField(_("stated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("side of a topic")
        verbose_name_plural = _("sides of topics")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "kind", "name"], name="topic_side_once"),
            models.CheckConstraint(
                name="topic_side_stated_whole",
                condition=Q(statement="", stated_by=None, stated_at=None)
                | (~Q(statement="") & Q(stated_by__isnull=False, stated_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="topic_side_known",
                condition=Q(kind__in=SideKind.values) & (~Q(kind=SideKind.OTHER) | ~Q(name="")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the side is called."""
        return self.name or str(self.get_kind_display())


class TopicEntry(OfTopic):
    """One line of a topic's timeline. Append-only."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="entries")
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    action = models.CharField(_("action"), max_length=20, choices=TopicAction)
    by = account(_("by"), null=True, blank=True)
    who = models.CharField(_("as"), max_length=10, choices=TopicWho)
    side = models.ForeignKey(
        TopicSide, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    from_stage = models.CharField(_("from"), max_length=12, choices=TopicStage, blank=True)
    to_stage = models.CharField(_("to"), max_length=12, choices=TopicStage)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("entry of a topic")
        verbose_name_plural = _("entries of topics")
        ordering = ["id"]
        indexes = [models.Index(fields=["topic", "id"], name="entry_of_topic")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.topic_id}"


class TopicAttachment(models.Model):
    """A photo or video that joined a topic with one of its entries. Append-only."""

    entry = models.ForeignKey(TopicEntry, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="topic_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("attachment of a topic")
        verbose_name_plural = _("attachments of topics")
        ordering = ["entry", "position"]

    def __str__(self) -> str:
        return str(self.attachment)
