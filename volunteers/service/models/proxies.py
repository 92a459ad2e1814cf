"""Proxy help: consents, teams, pairs of helpers, rings for help."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Attachment
from orgs.scoping import Way
from residents.models import Household, Person
from volunteers.service.enums import (
    SERVICE_HELPERS,
    ConsentWay,
    Level,
    RingAction,
    RingState,
)
from volunteers.service.models.base import (
    OfPlace,
    Served,
    TimelineEntry,
    action_permissions,
    actor,
    known,
    place,
    starts_before_end,
    whole,
)
from volunteers.service.models.items import RiseRule
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class ProxyConsent(OfPlace):
    """That somebody old or disabled lets another act for them: how they agreed, for what, until when."""

    scope_path = "person__place"

    person = models.ForeignKey(
        Person,
        verbose_name=_("for whom"),
        on_delete=models.PROTECT,
        related_name="proxy_consents",
    )
    helper = models.ForeignKey(
        Participant,
        verbose_name=_("who acts"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proxy_consents",
    )
    matter = models.CharField(_("for what"), max_length=120)
    way = models.CharField(_("how they agreed"), max_length=8, choices=ConsentWay)
    witness = models.CharField(_("witness"), max_length=40, blank=True)
    paper = models.ForeignKey(
        Attachment,
        verbose_name=_("signed paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proxy_consents",
    )
    entered_by = actor(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent to proxy help")
        verbose_name_plural = _("consents to proxy help")
        ordering = ["-pk"]
        constraints = [
            known("proxy_consent_known", "way", ConsentWay),
            starts_before_end("proxy_consent_ends_after_start"),
            models.CheckConstraint(
                name="proxy_consent_witnessed",
                condition=~Q(way=ConsentWay.SPOKEN) | ~Q(witness=""),
            ),
            models.CheckConstraint(name="proxy_consent_for_something", condition=~Q(matter="")),
        ]

    def __str__(self) -> str:
        return self.matter

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, for whom it is, and who acts."""
        return [*super().ways(user), Q(person__account=user) | Q(helper__account=user)]


class ProxyTeam(OfPlace):
    """A team of proxy help (帮代办) of a compound, a community or a street."""

    readers = SERVICE_HELPERS

    unit = models.OneToOneField(
        "orgs.Unit", verbose_name=_("place"), on_delete=models.PROTECT, related_name="proxy_team"
    )
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    hours = models.CharField(_("on duty"), max_length=80, blank=True)
    made_by = actor(_("entered by"))
    made_at = models.DateTimeField(_("entered at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("team of proxy help")
        verbose_name_plural = _("teams of proxy help")
        permissions = [("keep_teams", "May keep the teams of proxy help of a place")]

    def __str__(self) -> str:
        return self.name


class ProxyTeamMember(Served):
    """A member of a team, with the days of the week on duty (1 Monday … 7 Sunday)."""

    scope_path = "team__unit"

    team = models.ForeignKey(ProxyTeam, on_delete=models.PROTECT, related_name="members")
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="proxy_teams",
    )
    duty = models.CharField(_("does"), max_length=80, blank=True)
    weekdays = models.JSONField(_("on duty"), default=list, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a team of proxy help")
        verbose_name_plural = _("members of teams of proxy help")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="proxy_team_member_once",
                fields=["team", "participant"],
                condition=Q(ends=None),
            ),
            starts_before_end("proxy_team_member_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.team}"


class CloudPair(OfPlace):
    """A volunteer and a government helper who help together (云帮办)."""

    unit = place(related_name="cloud_pairs")
    volunteer = models.ForeignKey(
        Participant,
        verbose_name=_("volunteer"),
        on_delete=models.PROTECT,
        related_name="cloud_pairs",
    )
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("government helper"),
        on_delete=models.PROTECT,
        related_name="cloud_pairs",
    )
    matters = models.CharField(_("for what"), max_length=200)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("pair of cloud help")
        verbose_name_plural = _("pairs of cloud help")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="cloud_pair_once",
                fields=["volunteer", "helper"],
                condition=Q(ends=None),
            ),
            starts_before_end("cloud_pair_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} · {self.helper}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, and the two."""
        return [*super().ways(user), Q(helper=user) | Q(volunteer__account=user)]


class Ring(OfPlace):
    """Somebody rings for help (服务铃响): the bound member hears it first, then the team.

    Untaken it rises; from the street it returns to the branch.
    """

    readers = SERVICE_HELPERS

    unit = place(related_name="rings")
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings",
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("for whom"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings",
    )
    matter = models.CharField(_("what for"), max_length=200)
    rung_by = actor(_("rung by"))
    rung_at = models.DateTimeField(_("rung at"))
    consent = models.ForeignKey(
        ProxyConsent,
        verbose_name=_("consent"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings",
    )
    rule = models.ForeignKey(
        RiseRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RingState, default=RingState.RINGING
    )
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.COMPOUND)
    # The bound member who is asked first.
    bound = models.ForeignKey(
        Participant,
        verbose_name=_("bound member"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings_bound",
    )
    due_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    taker = models.ForeignKey(
        Participant,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings_taken",
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    pair = models.ForeignKey(
        CloudPair,
        verbose_name=_("cloud help"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rings",
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    # 零跑, 一次办: the resident never had to go, or it was settled at once.
    zero_trips = models.BooleanField(_("no trip needed"), null=True, blank=True)
    at_once = models.BooleanField(_("settled at once"), null=True, blank=True)

    class Meta:
        verbose_name = _("ring for help")
        verbose_name_plural = _("rings for help")
        ordering = ["-pk"]
        permissions = action_permissions(*RingAction)
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="ring_of_place"),
            models.Index(fields=["due_at"], name="ring_due", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            known("ring_state_known", "state", RingState),
            known("ring_level_known", "level", Level),
            whole("ring_taken_whole", "taker", "taken_at"),
            models.CheckConstraint(
                name="ring_consent_of_somebody",
                condition=Q(consent=None) | Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="ring_state_whole",
                condition=Q(
                    state__in=[RingState.RINGING, RingState.RETURNED], taker=None, done_at=None
                )
                | Q(state=RingState.TAKEN, taker__isnull=False, done_at=None)
                | Q(
                    state=RingState.DONE,
                    taker__isnull=False,
                    done_at__isnull=False,
                    zero_trips__isnull=False,
                    at_once__isnull=False,
                )
                | Q(state=RingState.CANCELLED, done_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.matter

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place, who rang, for whom, who is bound or took it, and the teams.

        A team hears whatever rings at its unit or below it, as in `workflow.team_members`: one of the
        community what rose to it, one of the street what rose to the street.
        """
        mine = ProxyTeamMember.objects.filter(participant__account=user, ends=None).order_by()
        waits = Q(state__in=[RingState.RINGING, RingState.RETURNED])

        def heard(*kinds: UnitKind) -> Q:
            teams = mine.filter(
                team__closed_at=None,
                team__unit__kind__in=kinds,
                team__unit__tree_id=OuterRef("unit__tree_id"),
                team__unit__lft__lte=OuterRef("unit__lft"),
                team__unit__rght__gte=OuterRef("unit__rght"),
            )
            return Q(waits, Exists(teams))

        return [
            *super().ways(user),
            Q(rung_by=user) | Q(person__account=user),
            Q(taker__account=user) | Q(bound__account=user),
            Q(pair__helper=user),
            heard(UnitKind.COMPOUND),
            ~Q(level=Level.COMPOUND) & heard(UnitKind.COMMUNITY),
            Q(level=Level.STREET) & heard(UnitKind.STREET),
        ]


class RingEntry(TimelineEntry):
    """One line of a ring's timeline. Append-only."""

    ring = models.ForeignKey(Ring, on_delete=models.PROTECT, related_name="entries")

    class Meta(TimelineEntry.Meta):
        verbose_name = _("entry of a ring")
        verbose_name_plural = _("entries of rings")
