"""Posts that a branch sets and members claim: set, chosen, given, rated (设岗、选岗、定岗、评岗)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.scoping import Way
from residents.models.bodies import at_home
from volunteers.service.enums import (
    OPEN_CLAIMS,
    SERVICE_HELPERS,
    ClaimAction,
    ClaimState,
    PostGrade,
    PostKind,
)
from volunteers.service.models.base import (
    OfPlace,
    Served,
    TimelineEntry,
    action_permissions,
    actor,
    known,
    organisation,
    place,
    serving_units,
    whole,
)
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class PostRule(models.Model):
    """How many posts somebody may hold at the same time. The highest version counts. Append-only."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    at_once = models.PositiveSmallIntegerField(_("posts at the same time"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("rule of posts")
        verbose_name_plural = _("rules of posts")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(name="post_rule_in_bounds", condition=Q(at_once__range=(1, 9)))
        ]

    def __str__(self) -> str:
        return str(self.version)


class ServicePost(OfPlace):
    """A post, or a matter, with its duty, so many places and a term.

    Not an office of a building (`volunteers.BuildingPost`): decision 0050 tells them apart.
    """

    readers = SERVICE_HELPERS

    unit = place(related_name="service_posts")
    branch = organisation(_("branch"), related_name="service_posts")
    kind = models.CharField(_("kind"), max_length=6, choices=PostKind, default=PostKind.POST)
    title = models.CharField(_("title"), max_length=60)
    duty = models.TextField(_("duty"))
    number = models.PositiveSmallIntegerField(_("places"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    set_by = actor(_("set by"))
    set_at = models.DateTimeField(_("set at"))
    closed_by = actor(_("closed by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service post")
        verbose_name_plural = _("service posts")
        ordering = ["-pk"]
        permissions = [("keep_servicepost", "May set and give the service posts of a place")]
        indexes = [
            models.Index(
                fields=["unit", "-id"], name="service_post_open", condition=Q(closed_at=None)
            )
        ]
        constraints = [
            known("service_post_known", "kind", PostKind),
            models.CheckConstraint(name="service_post_places", condition=Q(number__range=(1, 500))),
            models.CheckConstraint(name="service_post_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="service_post_ends_after_start", condition=Q(ends__gte=F("starts"))
            ),
            whole("service_post_closed_whole", "closed_by", "closed_at"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place, who reported in there, and who lives there: vacancies are public."""
        own = serving_units(user)
        return [
            *super().ways(user),
            Q(unit__in=own.values("pk")),
            Q(unit__parent__in=own.values("pk")),
            Q(unit__in=own.values("parent")),
            *at_home(user, "unit"),
            *at_home(user, "unit__parent"),
        ]


class PostClaim(Served):
    """That a member claims a post; once given it takes one of the post's numbered seats.

    The seat is unique, so that the database itself refuses a seat given twice.
    """

    scope_path = "post__unit"

    post = models.ForeignKey(
        ServicePost, verbose_name=_("post"), on_delete=models.PROTECT, related_name="claims"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="post_claims",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ClaimState, default=ClaimState.CLAIMED
    )
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"))
    claimed_by = actor(_("entered by"))
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The days on which the post is held; the post's own term unless it is given later or up earlier.
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("claim of a post")
        verbose_name_plural = _("claims of posts")
        ordering = ["-pk"]
        permissions = action_permissions(*ClaimAction)
        constraints = [
            models.UniqueConstraint(
                name="post_claim_one_open",
                fields=["post", "participant"],
                condition=Q(state__in=sorted(OPEN_CLAIMS)),
            ),
            models.UniqueConstraint(
                name="post_claim_seat_once",
                fields=["post", "seat"],
                condition=Q(state=ClaimState.CONFIRMED),
            ),
            known("post_claim_known", "state", ClaimState),
            models.CheckConstraint(
                name="post_claim_held_whole",
                condition=(
                    Q(state__in=[ClaimState.CONFIRMED, ClaimState.ENDED])
                    & Q(seat__isnull=False, starts__isnull=False, ends__isnull=False)
                    & Q(seat__gte=1, ends__gte=F("starts"))
                )
                | (
                    ~Q(state__in=[ClaimState.CONFIRMED, ClaimState.ENDED])
                    & Q(seat=None, starts=None, ends=None)
                ),
            ),
            models.CheckConstraint(
                name="post_claim_decided_whole",
                condition=(
                    Q(state__in=[ClaimState.CLAIMED, ClaimState.WITHDRAWN])
                    & Q(decided_by=None, decided_at=None)
                )
                | (
                    ~Q(state__in=[ClaimState.CLAIMED, ClaimState.WITHDRAWN])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="post_claim_refused_with_reason",
                condition=~Q(state=ClaimState.REFUSED) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.post}"


class PostClaimEntry(TimelineEntry):
    """One line of a claim's timeline. Append-only."""

    claim = models.ForeignKey(PostClaim, on_delete=models.PROTECT, related_name="entries")

    class Meta(TimelineEntry.Meta):
        verbose_name = _("entry of a claim")
        verbose_name_plural = _("entries of claims")


class PostRating(Served):
    """How the branch rates a year of somebody's post; once a year. Append-only."""

    scope_path = "claim__post__unit"
    own_path = "claim__participant"

    claim = models.ForeignKey(
        PostClaim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="ratings"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    grade = models.CharField(_("rating"), max_length=10, choices=PostGrade)
    text = models.CharField(_("why"), max_length=500, blank=True)
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("rating of a post")
        verbose_name_plural = _("ratings of posts")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(name="post_rated_once_a_year", fields=["claim", "year"]),
            known("post_rating_known", "grade", PostGrade),
            models.CheckConstraint(name="post_rating_year", condition=Q(year__range=(2000, 2100))),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} · {self.year}"
