"""What the models of this app share: somebody who acted, rows of a participant, timelines."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.models import PartyOrganisation, Position, Unit
from orgs.scoping import Scoped, Way, reach_of
from orgs.values.days import in_force
from volunteers.service.enums import SERVICE_READERS, SERVING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from orgs.models import User


def actor(label: Any, **options: Any) -> models.ForeignKey:
    """Somebody with an account who did something; what they did stays."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name="+",
        **options,
    )


def place(label: Any = None, **options: Any) -> models.ForeignKey:
    """The unit where something is."""
    return models.ForeignKey(
        Unit,
        verbose_name=label or _("place"),
        on_delete=models.PROTECT,
        **{"related_name": "+"} | options,
    )


def organisation(label: Any, **options: Any) -> models.ForeignKey:
    """A party organisation."""
    return models.ForeignKey(
        PartyOrganisation,
        verbose_name=label,
        on_delete=models.PROTECT,
        **{"related_name": "+"} | options,
    )


def known(name: str, field: str, choices: Any) -> models.CheckConstraint:
    """The database takes only values of the enumeration."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def whole(name: str, *fields: str) -> models.CheckConstraint:
    """Fields that are empty together or filled together (who and when)."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**dict.fromkeys(fields)) | Q(**{f"{field}__isnull": False for field in fields}),
    )


def starts_before_end(name: str) -> models.CheckConstraint:
    """The last day is empty or not before the first."""
    return models.CheckConstraint(name=name, condition=Q(ends=None) | Q(ends__gte=F("starts")))


def first_of_month(name: str, field: str = "month") -> models.CheckConstraint:
    """A month is kept as its first day."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__day": 1}))


def employed_by(user: "User") -> Any:
    """The keys of the sending organisations for which somebody answers today."""
    held = Position.objects.filter(in_force(timezone.localdate()), user=user, role=Role.EMPLOYER)
    return held.order_by().values("party_organisation")


def serving_units(user: "User") -> models.QuerySet[Unit]:
    """The units where somebody is reported in, or holds the role that a report-in gives."""
    today = timezone.localdate()
    held = Position.objects.filter(in_force(today), user=user, role__in=SERVING).order_by()
    reported = Unit.objects.filter(
        report_ins__participant__account=user, report_ins__ended_at=None
    ).order_by()
    units: models.QuerySet[Unit] = Unit.objects.filter(
        Q(pk__in=held.values("unit")) | Q(pk__in=reported.values("pk"))
    ).order_by()
    return units


def action_permissions(*actions: Any) -> "list[tuple[str, str | _StrPromise]]":
    """The permissions of a workflow's actions, for a model's Meta."""
    return [(action.permission.split(".")[1], f"May {action.value}") for action in actions]


class Served(Scoped):
    """A row that those who run the service of a place read, and whom it is about.

    `scope_path` leads to the place, `own_path` to the participant.
    """

    class Meta:
        abstract = True

    scope_path = "participant__place"
    own_path: ClassVar[str] = "participant"
    readers: ClassVar["Iterable[Role]"] = SERVICE_READERS

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, and the participant."""
        own = f"{cls.own_path}__account" if cls.own_path else "account"
        return [reach_of(user).q(cls.scope_path, cls.readers), Q(**{own: user})]


class OfOrganisation(Served):
    """Such a row that the sending organisation reads too; `employer_path` leads to it."""

    class Meta:
        abstract = True

    employer_path: ClassVar[str] = "employer"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place, the participant, and the sending organisation."""
        return [*super().ways(user), Q(**{f"{cls.employer_path}__in": employed_by(user)})]


class OfPlace(Scoped):
    """A row of a place that those who run its service read."""

    class Meta:
        abstract = True

    readers: ClassVar["Iterable[Role]"] = SERVICE_READERS

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of the place."""
        return [reach_of(user).q(cls.scope_path, cls.readers)]


class TimelineEntry(models.Model):
    """One step of a workflow. Append-only. The row that it belongs to names its `timeline`."""

    action = models.CharField(_("action"), max_length=20)
    by = actor(_("by"), null=True, blank=True)
    # How whoever acted stood to the row.
    who = models.CharField(_("as"), max_length=20, blank=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.action
