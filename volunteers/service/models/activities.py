"""Activities: planned, published, signed up for, held, summarised."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Attachment
from orgs.scoping import Way, any_of
from residents.models.bodies import at_home
from volunteers.service.enums import (
    SERVICE_HELPERS,
    ActivityAction,
    ActivityKind,
    ActivityState,
    Datum,
    MinutesKind,
    SignUpState,
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
)
from volunteers.service.models.items import ServiceItem
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class Activity(OfPlace):
    """Something to which people sign up. `starts_at` and `ends_at` span its intervals.

    Location is asked for only where a safety reason is stated (国办函〔2026〕12号).
    """

    readers = SERVICE_HELPERS

    unit = place(related_name="activities")
    branch = organisation(_("branch"), null=True, blank=True, related_name="activities")
    kind = models.CharField(
        _("kind"), max_length=8, choices=ActivityKind, default=ActivityKind.SERVICE
    )
    item = models.ForeignKey(
        ServiceItem,
        verbose_name=_("item"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("what happens"), blank=True)
    where = models.CharField(_("where"), max_length=120, blank=True)
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    places = models.PositiveSmallIntegerField(_("places"))
    risk = models.TextField(_("risk notice"), blank=True)
    is_dangerous = models.BooleanField(_("needs accident insurance"), default=False)
    insurance = models.CharField(_("insurance"), max_length=200, blank=True)
    least_age = models.PositiveSmallIntegerField(_("from which age"), default=0)
    most_age = models.PositiveSmallIntegerField(_("up to which age"), null=True, blank=True)
    skill = models.CharField(_("skill needed"), max_length=20, blank=True)
    # Where people are to be, as it was chosen on a map, and in which frame.
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    datum = models.CharField(_("frame"), max_length=6, choices=Datum, default=Datum.GCJ02)
    radius = models.PositiveIntegerField(_("radius, metres"), null=True, blank=True)
    location_reason = models.CharField(_("why location is asked for"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ActivityState, default=ActivityState.DRAFT
    )
    organiser = actor(_("organiser"))
    created_at = models.DateTimeField(_("planned at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    held_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    people_served = models.PositiveIntegerField(_("people served"), null=True, blank=True)
    # In calendars: the same event for ever, and how often it changed.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # The key of the rotating codes; never shown.
    secret = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-starts_at", "-pk"]
        permissions = [
            ("keep_activity", "May keep the activities of a place"),
            ("review_attendance", "May review the attendance of a place"),
            *action_permissions(*ActivityAction),
        ]
        indexes = [
            models.Index(fields=["unit", "-starts_at", "-id"], name="activity_of_place"),
            models.Index(fields=["state", "ends_at"], name="activity_due"),
        ]
        constraints = [
            known("activity_kind_known", "kind", ActivityKind),
            known("activity_state_known", "state", ActivityState),
            known("activity_minutes_known", "minutes_kind", MinutesKind),
            known("activity_datum_known", "datum", Datum),
            models.CheckConstraint(
                name="activity_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(name="activity_places", condition=Q(places__range=(1, 10000))),
            models.CheckConstraint(name="activity_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="activity_ages", condition=Q(most_age=None) | Q(most_age__gte=F("least_age"))
            ),
            models.CheckConstraint(
                name="activity_location_whole",
                condition=Q(lon=None, lat=None, radius=None, location_reason="")
                | (
                    Q(lon__isnull=False, lat__isnull=False, radius__isnull=False)
                    & Q(lon__range=(-180, 180), lat__range=(-90, 90), radius__range=(20, 20000))
                    & ~Q(location_reason="")
                ),
            ),
            # 志愿服务条例, art. 17: no dangerous activity without insurance.
            models.CheckConstraint(
                name="activity_insured_when_published",
                condition=Q(state__in=[ActivityState.DRAFT, ActivityState.CANCELLED])
                | Q(is_dangerous=False)
                | ~Q(insurance=""),
            ),
            models.CheckConstraint(
                name="activity_state_whole",
                condition=Q(
                    state=ActivityState.DRAFT, published_at=None, held_at=None, cancelled_at=None
                )
                | Q(
                    state=ActivityState.PUBLISHED,
                    published_at__isnull=False,
                    held_at=None,
                    cancelled_at=None,
                )
                | Q(
                    state=ActivityState.HELD,
                    published_at__isnull=False,
                    held_at__isnull=False,
                    cancelled_at=None,
                )
                | (
                    Q(state=ActivityState.CANCELLED, held_at=None, cancelled_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks_location(self) -> bool:
        return bool(self.location_reason)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place and the organiser; once published also whoever serves or lives there."""
        own = serving_units(user)
        open_ = ~Q(state=ActivityState.DRAFT)
        signed = SignUp.objects.filter(participant__account=user)
        return [
            *super().ways(user),
            Q(organiser=user),
            Q(pk__in=signed.order_by().values("activity")),
            open_ & Q(unit__in=own.values("pk")),
            open_ & Q(unit__parent__in=own.values("pk")),
            open_ & Q(unit__in=own.values("parent")),
            open_ & any_of(at_home(user, "unit")),
        ]


class ActivityInterval(models.Model):
    """One stretch of an activity, half-open: back to back is no overlap. May pass midnight."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="intervals")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("interval of an activity")
        verbose_name_plural = _("intervals of activities")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="activity_interval_has_length", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class ActivityEntry(TimelineEntry):
    """One line of an activity's timeline. Append-only."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="entries")

    class Meta(TimelineEntry.Meta):
        verbose_name = _("entry of an activity")
        verbose_name_plural = _("entries of activities")


class ActivityAttachment(models.Model):
    """A picture of an activity, with the difference hash by which a reused one is noticed. Append-only."""

    entry = models.ForeignKey(ActivityEntry, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="activity_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)
    # 16 hexadecimal digits; empty for what is no picture.
    dhash = models.CharField(max_length=16, blank=True, db_index=True)

    class Meta:
        verbose_name = _("picture of an activity")
        verbose_name_plural = _("pictures of activities")
        ordering = ["entry", "position"]

    def __str__(self) -> str:
        return str(self.attachment)


class SignUp(Served):
    """That somebody signed up. A place has a number, unique within the activity: never given twice."""

    scope_path = "activity__unit"

    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="sign_ups"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="sign_ups",
    )
    state = models.CharField(_("state"), max_length=10, choices=SignUpState)
    seat = models.PositiveSmallIntegerField(_("place number"), null=True, blank=True)
    at = models.DateTimeField(_("signed up at"))
    by = actor(_("signed up by"))
    placed_at = models.DateTimeField(_("place since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # Whether whoever moved up, or whose activity changed, has been told of it.
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["pk"]
        indexes = [models.Index(fields=["activity", "state", "id"], name="sign_up_of_activity")]
        constraints = [
            models.UniqueConstraint(
                name="sign_up_once",
                fields=["activity", "participant"],
                condition=Q(state__in=[SignUpState.PLACED, SignUpState.WAITING]),
            ),
            models.UniqueConstraint(
                name="sign_up_seat_once",
                fields=["activity", "seat"],
                condition=Q(state=SignUpState.PLACED),
            ),
            known("sign_up_known", "state", SignUpState),
            models.CheckConstraint(
                name="sign_up_state_whole",
                condition=Q(
                    state=SignUpState.PLACED,
                    seat__isnull=False,
                    seat__gte=1,
                    placed_at__isnull=False,
                    ended_at=None,
                )
                | Q(state=SignUpState.WAITING, seat=None, placed_at=None, ended_at=None)
                | Q(state=SignUpState.CANCELLED, seat=None, ended_at__isnull=False)
                | Q(
                    state=SignUpState.RELEASED,
                    seat=None,
                    placed_at__isnull=False,
                    ended_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.activity}"


class CalendarFeed(models.Model):
    """A private address of somebody's calendar; only its hash is kept, and it can be revoked."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                name="calendar_feed_one", fields=["user"], condition=Q(revoked_at=None)
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
