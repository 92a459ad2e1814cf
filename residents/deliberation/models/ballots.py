"""The ballot box: ballots in a chain of hashes, checkpoints, paper, proxies, ballots in dispute."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Attachment
from residents.deliberation.enums import BallotState, Channel
from residents.deliberation.models.polls import Poll
from residents.deliberation.models.rolls import RollEntry
from residents.models import Person


class BallotBox(models.Model):
    """How long the chain of a poll is and its last hash. Whoever adds a ballot locks this row.

    Open or not stands here too, so that a ballot and the closing never pass each other.
    """

    poll = models.OneToOneField(
        Poll, primary_key=True, on_delete=models.PROTECT, related_name="box"
    )
    is_open = models.BooleanField(_("open"), default=True)
    closes_at = models.DateTimeField(_("voting until"))
    length = models.PositiveIntegerField(_("ballots"), default=0)
    head = models.CharField(_("last hash"), max_length=64)

    class Meta:
        verbose_name = _("ballot box")
        verbose_name_plural = _("ballot boxes")

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.length}"


class Proxy(models.Model):
    """A written power of attorney: `holder` votes for an entry. It counts only when cast."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="proxies")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="proxies")
    holder = models.ForeignKey(
        Person,
        verbose_name=_("proxy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    holder_name = models.CharField(_("name of the proxy"), max_length=40)
    paper = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="poll_proxies"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("entered at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="proxy_one_an_entry", fields=["entry"], condition=Q(revoked_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.holder_name}"


class Ballot(models.Model):
    """One link of the chain. `commitment` is the SHA-256 of the JSON {poll, entry, choices, nonce},
    `hash` that of the hash before it and the commitment. Append-only but for the state.
    """

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="ballots")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="ballots")
    i = models.PositiveIntegerField(_("number"))
    prev = models.CharField(_("hash before"), max_length=64)
    commitment = models.CharField(_("commitment"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)
    # Canonical JSON. In a secret poll nothing shows it beside its entry.
    choices = models.TextField(_("choices"), editable=False)
    nonce = models.CharField(max_length=64, editable=False)
    # The number of the ballot that this one replaces.
    replaces = models.PositiveIntegerField(_("replaces"), null=True, blank=True)
    channel = models.CharField(_("came in"), max_length=6, choices=Channel)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))
    state = models.CharField(
        _("state"), max_length=11, choices=BallotState, default=BallotState.LIVE
    )

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["poll", "i"]
        constraints = [
            models.UniqueConstraint(name="ballot_in_its_place", fields=["poll", "i"]),
            models.UniqueConstraint(
                name="ballot_one_live_an_entry",
                fields=["entry"],
                condition=Q(state=BallotState.LIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}-{self.i}"


class Turnout(models.Model):
    """That an entry voted in an election, which is secret and on paper: never what. Append-only."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="turnout")
    entry = models.OneToOneField(RollEntry, on_delete=models.PROTECT, related_name="turnout")
    proxy = models.ForeignKey(
        Proxy, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("turnout of an election")
        verbose_name_plural = _("turnout of elections")

    def __str__(self) -> str:
        return str(self.entry_id)


class PaperBallot(models.Model):
    """A paper ballot, read by two people who do not see each other's entry.

    Where they agree it is cast; where they do not, a third person looks at the paper and decides.
    """

    class State(models.TextChoices):
        FIRST = "first", _("entered once")
        MISMATCH = "mismatch", _("two entries differ")
        CAST = "cast", _("in the ballot box")
        REFUSED = "refused", _("not taken: another ballot counts")

    # Handed in, and not in the box yet.
    WAITING = (State.FIRST, State.MISMATCH)

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="papers")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="papers")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.FIRST)
    first = models.TextField(editable=False)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    first_at = models.DateTimeField()
    second = models.TextField(blank=True, editable=False)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    second_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proxy = models.ForeignKey(
        Proxy, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    scan = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="paper_ballots"
    )
    ballot = models.OneToOneField(
        Ballot, null=True, blank=True, on_delete=models.PROTECT, related_name="paper"
    )

    class Meta:
        verbose_name = _("paper ballot")
        verbose_name_plural = _("paper ballots")
        constraints = [
            models.UniqueConstraint(
                name="paper_one_waits_an_entry",
                fields=["entry"],
                condition=Q(state__in=["first", "mismatch"]),
            ),
            models.CheckConstraint(
                name="paper_two_people", condition=Q(second_by=None) | ~Q(second_by=F("first_by"))
            ),
            models.CheckConstraint(
                name="paper_third_decides",
                condition=Q(decided_by=None)
                | (~Q(decided_by=F("first_by")) & ~Q(decided_by=F("second_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}-{self.entry_id}"


class Checkpoint(models.Model):
    """The length and head of a chain at a moment, published and sent to witnesses. Append-only."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="checkpoints")
    at = models.DateTimeField(_("when"))
    i = models.PositiveIntegerField(_("ballots"))
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.i}"


class Dispute(models.Model):
    """“This was not me”: the ballot is set aside until the deadline, or until somebody decides."""

    ballot = models.OneToOneField(Ballot, on_delete=models.PROTECT, related_name="dispute")
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The voter did not say it here but at the desk, which entered it.
    at_desk = models.BooleanField(_("entered at the desk"), default=False)
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("photo of the paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disputes",
    )
    at = models.DateTimeField(_("when"))
    decide_by = models.DateTimeField(_("to be decided by"))
    # True: the ballot counts again; False: it does not.
    counts = models.BooleanField(_("counts"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("ballot in dispute")
        verbose_name_plural = _("ballots in dispute")
        constraints = [
            models.CheckConstraint(
                name="dispute_decided_whole",
                # By nobody: the deadline ran out.
                condition=Q(counts=None, decided_by=None, decided_at=None)
                | Q(counts__isnull=False, decided_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.ballot)
