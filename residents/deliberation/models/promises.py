"""Objections to a published decision, what it promises, and how people judge what was done."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models import Attachment
from residents.deliberation.enums import PromiseState, SideKind
from residents.deliberation.models.topics import OfTopic, Topic, account, on_behalf
from residents.models import Person

# 900 million yuan; what is more is a slip of the pen.
MAX_BUDGET_FEN = 90_000_000_000


class TopicObjection(OfTopic):
    """What somebody of the place has against a decision made public, under the real name."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="objections")
    round = models.PositiveSmallIntegerField(_("round"))
    text = models.TextField(_("objection"))
    by = account(_("by"))
    person = on_behalf()
    at = models.DateTimeField(_("when"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = account(_("answered by"), null=True, blank=True)
    answered_at = models.DateTimeField(
        pgettext_lazy("an objection", "answered at"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("objection to a decision")
        verbose_name_plural = _("objections to decisions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="topic_objection_answered_whole",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="topic_objection_answered_by_another",
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Promise(OfTopic):
    """What a decision promises: who does it, for how much, by when."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="promises")
    round = models.PositiveSmallIntegerField(_("round"))
    text = models.CharField(_("what is done"), max_length=200)
    owner = models.CharField(_("who does it"), max_length=60)
    budget_fen = models.BigIntegerField(_("budget in fen"), default=0)
    due_on = models.DateField(_("due by"))
    state = models.CharField(
        _("state"), max_length=10, choices=PromiseState, default=PromiseState.PLANNED
    )
    promised_by = account(_("promised by"))
    promised_at = models.DateTimeField(_("promised at"))
    ended_on = models.DateField(_("done on"), null=True, blank=True)
    # The number of the work order that was opened for it.
    order = models.CharField(_("work order"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["pk"]
        permissions = [
            ("keep_promises", "May promise what a decision asks for, and report on it"),
        ]
        constraints = [
            models.CheckConstraint(
                name="promise_budget_in_fen",
                condition=Q(budget_fen__gte=0, budget_fen__lte=MAX_BUDGET_FEN),
            ),
            models.CheckConstraint(
                name="promise_ended_whole",
                condition=Q(state=PromiseState.PLANNED, ended_on=None)
                | Q(state__in=[PromiseState.DONE, PromiseState.DROPPED], ended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def light(self, today: date) -> str:
        """Whether it is or was in time."""
        if self.state == PromiseState.DROPPED:
            return ""
        if (self.ended_on or today) > self.due_on:
            return "red"
        return "yellow" if self.ended_on is None and (self.due_on - today).days <= 7 else "green"

    @property
    def budget(self) -> str:
        """The budget in yuan: 12,345.60."""
        return f"{self.budget_fen // 100:,}.{self.budget_fen % 100:02}"


class PromisePart(models.Model):
    """What one side does of a joint work order (三方联动)."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="parts")
    side = models.CharField(_("side"), max_length=10, choices=SideKind)
    text = models.CharField(_("its part"), max_length=200)
    result = models.CharField(_("result"), max_length=300, blank=True)
    done_by = account(_("done by"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a promise")
        verbose_name_plural = _("parts of promises")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "side"], name="promise_part_once_a_side"),
            models.CheckConstraint(
                name="promise_part_done_whole",
                condition=Q(result="", done_by=None, done_at=None)
                | (~Q(result="") & Q(done_by__isnull=False, done_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.text}"


class PromiseEntry(models.Model):
    """How far a promise is, with pictures. Append-only."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="entries")
    text = models.TextField(_("text"))
    by = account(_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("progress of a promise")
        verbose_name_plural = _("progress of promises")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class PromiseAttachment(models.Model):
    """A picture of the work. Append-only."""

    entry = models.ForeignKey(PromiseEntry, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="promise_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of a promise")
        verbose_name_plural = _("pictures of promises")
        ordering = ["entry", "position"]

    def __str__(self) -> str:
        return str(self.attachment)


class ResultRating(OfTopic):
    """How somebody who could decide judges what was carried out; once a round. Append-only."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField(_("round"))
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    # Of the roll of the poll that decided: one rating an entry.
    entry = models.ForeignKey(
        "deliberation.RollEntry",
        verbose_name=_("entry of the roll"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    stars = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    text = models.CharField(_("why"), max_length=500, blank=True)
    entered_by = account(_("entered from paper by"), null=True, blank=True)
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("photo of the paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="result_ratings",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("rating of a result")
        verbose_name_plural = _("ratings of results")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "round", "person"], name="result_rated_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["topic", "round", "entry"],
                name="result_rated_once_an_entry",
                condition=Q(entry__isnull=False),
            ),
            models.CheckConstraint(name="result_rated_in_stars", condition=Q(stars__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} · {self.stars}"
