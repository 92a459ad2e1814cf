"""The roll of a poll: voters with their parts, deliveries, objections."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.enums import Role
from orgs.scoping import Scoped, Way, reach_of
from residents.deliberation.enums import (
    DeliveryWay,
    Doubt,
    PollObjectionKind,
    PollObjectionState,
    PollState,
    RollState,
    VoterKind,
)
from residents.deliberation.models.polls import Poll
from residents.enums import OWNING, AreaSource
from residents.models import Belonging, Household, Person

if TYPE_CHECKING:
    from orgs.models import User

# Who sees the whole roll of a poll beside its voters, who see their own rows. Never the property firm.
ROLL_WATCHERS = frozenset(
    {
        Role.OWNERS_COMMITTEE,
        Role.COMMUNITY_WORKER,
        Role.STREET_CADRE,
        Role.STREET_LEADER,
        Role.SUPERVISOR,
    }
)


def own_belongings(user: "User") -> models.QuerySet[Belonging]:
    """The verified belongings of an account, of today and of before: a roll does not move."""
    return Belonging._default_manager.filter(person__account=user, verified_at__isnull=False)


class RollEntry(Scoped):
    """A voter with all the parts for which he votes; `area` (0.01 m²) is their sum.

    One person with several flats is one entry; the developer's unsold and undelivered flats are one
    (法释〔2009〕7号, art. 9). A household votes as one where households vote. Of an election's
    or a residents' poll the area is 0.
    """

    scope_path = "poll__unit"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField(_("number"))
    # "person:12", "household:7", "developer": one entry a voter.
    key = models.CharField(max_length=40, editable=False)
    kind = models.CharField(_("kind of voter"), max_length=9, choices=VoterKind)
    person = models.ForeignKey(
        Person,
        verbose_name=_("voter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roll_entries",
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    area = models.PositiveBigIntegerField(_("area (0.01 m²)"), default=0)
    doubt = models.CharField(_("to be looked at"), max_length=12, choices=Doubt, blank=True)
    decision = models.CharField(_("how it was decided"), max_length=300, blank=True)
    # An own part of this voter is taken by the lift: without consent it cannot be built.
    has_veto = models.BooleanField(_("own part is taken"), default=False)
    state = models.CharField(_("state"), max_length=6, choices=RollState, default=RollState.OPEN)
    # Struck off while the roll was checked; counts nowhere.
    is_void = models.BooleanField(pgettext_lazy("of a roll", "struck off"), default=False)
    # The buyer, where an unused vote passed on.
    successor = models.ForeignKey(
        Person,
        verbose_name=_("the vote passed to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of a roll")
        verbose_name_plural = _("entries of rolls")
        ordering = ["poll", "number"]
        constraints = [
            models.UniqueConstraint(name="roll_voter_once", fields=["poll", "key"]),
            models.CheckConstraint(
                name="roll_state_known", condition=Q(state__in=RollState.values)
            ),
        ]
        indexes = [models.Index(fields=["poll", "number"], name="roll_by_number")]

    def __str__(self) -> str:
        return f"{self.poll_id}-{self.number}"

    @property
    def voter_id(self) -> int | None:
        """The person who votes now."""
        return self.successor_id or self.person_id

    @property
    def is_unclear(self) -> bool:
        return bool(self.doubt and not self.decision)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who watches the poll; whoever the voter is, or belongs to one of the voter's flats."""
        announced = ~Q(poll__state=PollState.DRAFT)
        return [
            reach_of(user).q(cls.scope_path, ROLL_WATCHERS),
            Q(person__account=user) & announced,
            Q(successor__account=user) & announced,
            Q(person__guardian__account=user) & announced,
            cls._default_manager.filter(
                proxies__holder__account=user, proxies__revoked_at=None
            ).values("pk"),
            Q(pk__in=own_parts(user).values("entry")) & announced,
        ]


class RollPart(models.Model):
    """One flat or shop for which an entry votes. A part stands on a roll once."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="parts")
    entry = models.ForeignKey(RollEntry, on_delete=models.CASCADE, related_name="parts")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="roll_parts")
    # As they were when the roll was drawn up.
    code = models.CharField(_("code"), max_length=50)
    label = models.CharField(_("flat"), max_length=80)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    area = models.PositiveIntegerField(_("area (0.01 m²)"), default=0)
    area_source = models.CharField(
        _("area known from"), max_length=10, choices=AreaSource, blank=True
    )
    state = models.CharField(max_length=6, choices=RollState, default=RollState.OPEN)

    class Meta:
        verbose_name = _("part of a roll entry")
        verbose_name_plural = _("parts of roll entries")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="roll_part_once", fields=["poll", "household"]),
        ]

    def __str__(self) -> str:
        return self.label


def own_parts(user: "User") -> models.QuerySet[RollPart]:
    """The parts of rolls that an account owned when voting opened (before: when it was announced),
    or, where households vote, where it lives now.
    """
    return _parts(Q(household__belongings__person__account=user))


def parts_of(person: Person) -> models.QuerySet[RollPart]:
    """The same of a person of the roll, for whom the desk speaks."""
    return _parts(Q(household__belongings__person=person))


def _parts(whose: Q) -> models.QuerySet[RollPart]:
    drawn_up = TruncDate(Coalesce("poll__opened_at", "poll__announced_at"))
    belongs = whose & Q(household__belongings__verified_at__isnull=False)
    now = Q(household__belongings__ends=None)
    owns = Q(household__belongings__relation__in=OWNING)
    then = now | Q(household__belongings__ends__gte=drawn_up)
    # One condition, so that all of it is asked of the same belonging.
    return RollPart._default_manager.filter(
        belongs & ((owns & then) | (Q(entry__kind=VoterKind.HOUSEHOLD) & now))
    )


class VoterChoice(models.Model):
    """Whom the co-owners of a flat chose to vote (274号, art. 25), before the roll is frozen.

    `separate`: this flat is a voter of its own, though its voter owns others.
    """

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="voter_choices")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    separate = models.BooleanField(_("a voter of its own"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("choice of a voter")
        verbose_name_plural = _("choices of voters")
        constraints = [
            models.UniqueConstraint(name="voter_choice_once", fields=["poll", "household"])
        ]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.person_id}"


class Delivery(models.Model):
    """That a ballot or a notice reached a voter, or did not (a tenant). Append-only."""

    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="deliveries")
    how = models.CharField(_("how"), max_length=13, choices=DeliveryWay)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("delivery of a ballot")
        verbose_name_plural = _("deliveries of ballots")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.get_how_display()}"


class PollObjection(Scoped):
    """A contested entry of the roll, an objection to a result, or to a lift; in writing, by name."""

    scope_path = "poll__unit"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="objections")
    kind = models.CharField(_("kind"), max_length=6, choices=PollObjectionKind)
    entry = models.ForeignKey(
        RollEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="objections"
    )
    reason = models.CharField(_("reason"), max_length=500)
    # The real name, as the people of the place know it.
    name = models.CharField(_("name"), max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("entered at the desk for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))
    state = models.CharField(
        _("state"), max_length=9, choices=PollObjectionState, default=PollObjectionState.WAITING
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(
        pgettext_lazy("an objection", "answered at"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("objection to a poll")
        verbose_name_plural = _("objections to polls")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="poll_objection_answered_whole",
                condition=Q(state=PollObjectionState.WAITING, answered_by=None, answered_at=None)
                | (
                    ~Q(state=PollObjectionState.WAITING)
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                name="poll_objection_one_waits_an_entry",
                fields=["entry"],
                condition=Q(kind=PollObjectionKind.ROLL, state=PollObjectionState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.poll_id}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who watches the poll, and who objects; what is said against a result or a lift, with its
        answer, everybody reads who sees the poll.
        """
        return [
            reach_of(user).q(cls.scope_path, ROLL_WATCHERS),
            Q(by=user),
            Q(person__account=user),
            Q(
                kind__in=[PollObjectionKind.RESULT, PollObjectionKind.LIFT],
                poll__in=Poll.objects.visible_to(user).order_by().values("pk"),
            ),
        ]
