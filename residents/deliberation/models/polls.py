"""Polls, their timeline, and the files that go to and come from an official platform."""

from typing import TYPE_CHECKING, Any

from django.conf import settings as site
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import Attachment, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.deliberation.enums import (
    BallotKind,
    Electorate,
    Matter,
    PollAction,
    PollMode,
    PollState,
    Rule,
)
from residents.enums import BODY_READERS
from residents.models.bodies import at_home

if TYPE_CHECKING:
    from orgs.models import User

# Who prepares polls of a place, and who reads them all beside these and the people at home.
ORGANISERS = frozenset(
    {
        Role.OWNERS_COMMITTEE,
        Role.COMMUNITY_WORKER,
        Role.STREET_CADRE,
        Role.STREET_LEADER,
        Role.BRANCH_SECRETARY,
    }
)
# Who enters paper, deliveries and proxies: never the property firm, the branch or the grid.
DESK_KEEPERS = frozenset(
    {Role.OWNERS_COMMITTEE, Role.COMMUNITY_WORKER, Role.STREET_CADRE, Role.STREET_LEADER}
)
POLL_READERS = BODY_READERS | {Role.SUPERVISOR}


class Poll(Scoped):
    """One ballot with one or several questions.

    What is voted on is `text`: the canonical JSON of everything that was announced, of which
    `text_sha256` is posted. From the announcement on the database freezes all but the columns that
    a poll's course fills.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="polls"
    )
    buildings = models.ManyToManyField(
        Unit, verbose_name=_("only these buildings"), blank=True, related_name="+"
    )
    entrance = models.CharField(_("only this entrance"), max_length=10, blank=True)
    # What the poll decides, if it came of a topic.
    topic = models.ForeignKey(
        "deliberation.Topic",
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="polls",
    )
    title = models.CharField(_("title"), max_length=80)
    # [{id, text, kind, options?, max?}]
    questions = models.JSONField(_("questions"), default=list)
    electorate = models.CharField(_("who votes"), max_length=16, choices=Electorate)
    mode = models.CharField(_("mode"), max_length=20, choices=PollMode)
    ballot = models.CharField(
        _("ballot"), max_length=6, choices=BallotKind, default=BallotKind.NAMED
    )
    rule = models.CharField(_("rule of the count"), max_length=24, choices=Rule)
    matter = models.PositiveSmallIntegerField(
        _("matter of art. 278"), choices=Matter, null=True, blank=True
    )
    opens_at = models.DateTimeField(_("voting from"))
    closes_at = models.DateTimeField(_("voting until"))
    rehearsal = models.BooleanField(_("rehearsal, never a decision"), default=False)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=PollState, default=PollState.DRAFT)
    created_by = models.ForeignKey(
        site.AUTH_USER_MODEL,
        verbose_name=_("set up by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("set up at"))
    # Until when the committee has to announce it, once the street ordered so (湖北省物业条例 26).
    ordered_until = models.DateField(_("ordered until"), null=True, blank=True)
    sheet = models.JSONField(_("rule sheet"), null=True, blank=True)
    text = models.TextField(_("announced text"), null=True, blank=True)
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, null=True, blank=True)
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    roll_sha256 = models.CharField(_("SHA-256 of the roll"), max_length=64, null=True, blank=True)
    roll_people = models.PositiveIntegerField(_("people on the roll"), null=True, blank=True)
    roll_area = models.PositiveBigIntegerField(_("area of the roll"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    # What the official platform or the paper election gave: [{question, ...}].
    official = models.JSONField(_("official result"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    # The last day on which the result stays posted (公示), and when the posting had ended.
    posted_until = models.DateField(_("posted until"), null=True, blank=True)
    posting_ended_at = models.DateTimeField(_("posting ended at"), null=True, blank=True)
    # Written when the result is published; computed anew it is the same, byte for byte.
    result = models.JSONField(_("result"), null=True, blank=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-id"]
        permissions = [
            *(
                (f"{action.name.lower()}_poll", f"May {action.value} a poll")
                for action in PollAction
            ),
            ("organise_poll", "May prepare polls of a place"),
            ("desk_poll", "May enter paper ballots"),
            ("watch_poll", "May watch polls as a supervisor"),
        ]
        indexes = [
            models.Index(
                fields=["closes_at"], name="poll_to_close", condition=Q(state=PollState.OPEN)
            ),
            models.Index(fields=["unit", "-id"], name="poll_of_place"),
            models.Index(
                fields=["posted_until"],
                name="poll_posted",
                condition=Q(state=PollState.PUBLISHED, posting_ended_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="poll_state_known", condition=Q(state__in=PollState.values)
            ),
            models.CheckConstraint(
                name="poll_closes_after_opening", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(
                name="poll_announced_whole",
                condition=Q(state=PollState.DRAFT, announced_at=None, text=None, text_sha256=None)
                | (
                    ~Q(state=PollState.DRAFT)
                    & Q(
                        announced_at__isnull=False,
                        text__isnull=False,
                        text_sha256__isnull=False,
                        sheet__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="poll_opened_whole",
                condition=Q(
                    state__in=[PollState.DRAFT, PollState.ANNOUNCED],
                    opened_at=None,
                    roll_sha256=None,
                )
                | Q(
                    state__in=[PollState.OPEN, PollState.CLOSED, PollState.PUBLISHED],
                    opened_at__isnull=False,
                    roll_sha256__isnull=False,
                    roll_people__isnull=False,
                    roll_area__isnull=False,
                ),
            ),
            # 民法典 278 may be voted by name alone; elections are secret, on paper (组织法 19).
            models.CheckConstraint(
                name="poll_secret_only_advisory",
                condition=Q(ballot=BallotKind.NAMED)
                | Q(mode=PollMode.ADVISORY)
                | Q(rule=Rule.ELECTION),
            ),
            models.CheckConstraint(
                name="poll_published_with_result",
                condition=~Q(state=PollState.PUBLISHED)
                | Q(published_at__isnull=False, result__isnull=False),
            ),
            models.CheckConstraint(
                name="poll_posting_ends_after_it_began",
                condition=Q(posting_ended_at=None)
                | Q(posted_until__isnull=False, state=PollState.PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works there; drafts only who prepares polls. Who is at home there or stands on the
        roll, themself or by a guardian, once announced.
        """
        reach = reach_of(user)
        shown = ~Q(state=PollState.DRAFT)
        return [
            reach.q("unit", ORGANISERS),
            reach.q("unit", POLL_READERS) & shown,
            *(way & shown for way in at_home(user, "unit") if isinstance(way, Q)),
            *(
                cls._default_manager.filter(
                    shown, entries__is_void=False, **{f"entries__{voter}__account": user}
                ).values("pk")
                for voter in ("person", "successor", "person__guardian")
            ),
        ]

    @property
    def is_secret(self) -> bool:
        return self.ballot == BallotKind.SECRET

    @property
    def is_statutory(self) -> bool:
        return self.mode != PollMode.ADVISORY and not self.rehearsal

    @property
    def is_held_elsewhere(self) -> bool:
        """Whether nobody votes on this portal: an official platform, or an election on paper."""
        return self.mode == PollMode.OFFICIAL_PLATFORM or self.rule == Rule.ELECTION

    @property
    def lacks_result(self) -> bool:
        """Whether it was held elsewhere, and what was counted there is not entered yet."""
        return self.is_held_elsewhere and self.official is None

    @property
    def is_counted(self) -> bool:
        """Whether for and against may be seen: never before closing, nor before the result of what
        was held elsewhere is entered; of a secret poll once it is published: each ballot decided
        upon between would show in the numbers.
        """
        if self.lacks_result:
            return False
        if self.is_secret:
            return self.state == PollState.PUBLISHED
        return self.state in (PollState.CLOSED, PollState.PUBLISHED)

    def question(self, key: str) -> dict[str, Any] | None:
        """One question by its id."""
        return next((one for one in self.questions if one["id"] == key), None)


class PollEvent(models.Model):
    """One line of a poll's timeline. Append-only."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="events")
    action = models.CharField(_("action"), max_length=16, choices=PollAction)
    by = models.ForeignKey(
        site.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("event of a poll")
        verbose_name_plural = _("events of polls")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.poll_id}"


class PollClause(models.Model):
    """The compound's own clause that a poll rests upon (silence, parking), photographed."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="clauses")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="poll_clause"
    )

    class Meta:
        verbose_name = _("clause of the compound's rules")
        verbose_name_plural = _("clauses of the compound's rules")

    def __str__(self) -> str:
        return str(self.attachment)
