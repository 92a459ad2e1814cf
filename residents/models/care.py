"""Care rosters: who stands on them, what was changed, and who is named to read them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Position, Unit
from orgs.scoping import NOTHING, Scoped, ScopedQuerySet, Way, lies_in, reach_of
from orgs.values.days import in_force
from residents.enums import (
    CARE_APPOINTERS,
    CARE_READERS,
    Allowance,
    CareBasis,
    CareEnding,
    CareKind,
    Disability,
    DisabilityGrade,
)
from residents.models.people import Person

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person as Reader

# What each roster knows of a person, beside what all of them know.
DETAILS: dict[CareKind, tuple[str, ...]] = {
    CareKind.LIVING_ALONE: ("health",),
    CareKind.ALLOWANCE: ("allowance", "family_size", "amount", "hardship", "measures"),
    CareKind.DISABILITY: (
        "disability", "grade", "subsidised", "guardian_name", "guardian_phone",
    ),
    CareKind.ASSISTANCE: ("needs", "measures"),
}  # fmt: skip
COMMON = ("next_visit_on", "note")


class CareReader(Scoped):
    """That the holder of a position is named to read one care roster of a unit (and to keep it).

    The holder, not the role: whoever follows in the position has to be named anew. It gives sight
    only while the position is in force and covers the unit.
    """

    position = models.ForeignKey(
        Position, verbose_name=_("position"), on_delete=models.PROTECT, related_name="care_ledgers"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="care_readers"
    )
    kind = models.CharField(_("care roster"), max_length=12, choices=CareKind)
    keeps = models.BooleanField(_("keeps it too"), default=False)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("named by"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    appointed_at = models.DateTimeField(_("named at"))
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("withdrawn by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    dismissed_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("named reader of a care roster")
        verbose_name_plural = _("named readers of care rosters")
        permissions = [("appoint_carereader", "May name who reads the care rosters of a place")]
        constraints = [
            models.UniqueConstraint(
                name="care_reader_once",
                fields=["position", "unit", "kind"],
                condition=Q(ends=None, dismissed_at=None),
            ),
            models.CheckConstraint(
                name="care_reader_kind_known", condition=Q(kind__in=CareKind.values)
            ),
            models.CheckConstraint(
                name="care_reader_ends_after_start",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="care_reader_dismissed_whole",
                condition=Q(dismissed_by=None, dismissed_at=None, reason="")
                | (Q(dismissed_by__isnull=False, dismissed_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position.user} · {self.unit} · {self.get_kind_display()}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever names readers of the place, and what one is named for oneself."""
        return [reach_of(user).q(cls.scope_path, CARE_APPOINTERS), Q(position__user=user)]

    @classmethod
    def in_force(cls, today: date) -> Q:
        return in_force(today) & Q(dismissed_at=None)


@dataclass(frozen=True, slots=True)
class Naming:
    """That somebody reads one kind of care roster in a unit today."""

    kind: CareKind
    keeps: bool
    unit: Unit

    def covers(self, unit: Unit) -> bool:
        own = self.unit
        return own.tree_id == unit.tree_id and own.lft <= unit.lft and unit.rght <= own.rght


def namings_of(user: "Reader", today: date | None = None) -> list[Naming]:
    """All that somebody is named for today; one query, none for those who cannot be named.

    Being a superuser decides nothing here.
    """
    reach = reach_of(user)
    if not user.is_authenticated or not reach.roles & CARE_READERS:
        return []
    today = today or timezone.localdate()
    held = Position.objects.filter(in_force(today), user=user).order_by()
    rows = CareReader._default_manager.filter(
        CareReader.in_force(today), position__in=held.values("pk")
    )
    return [
        Naming(CareKind(naming.kind), naming.keeps, naming.unit)
        for naming in rows.select_related("unit").order_by("pk")
        if reach.roles_at(naming.unit) & CARE_READERS
    ]


def within(namings: Iterable[Naming], path: str, *, by_kind: bool = True) -> Q:
    """The rows of the rosters that namings open, whose unit is reached over `path`.

    Without `by_kind` the rows know no kind: all of the units are meant.
    """
    seen = NOTHING
    for naming in namings:
        inside = lies_in(naming.unit, path)
        seen |= Q(inside, kind=naming.kind) if by_kind else inside
    return seen


class CareQuerySet(ScopedQuerySet):
    """Entries open to those who are named, and to nobody else: not to superusers either."""

    def visible_to(self, user: "Reader", *, one: bool = False) -> Self:
        return self.filter(within(namings_of(user), "person__place"))


class CareEntry(Scoped):
    """That a person stands on a care roster, from a day until a day, and why.

    Rows that ended are history. What a roster of another kind knows stays empty. `amount` is in
    0.01 yuan a month.
    """

    scope_path = "person__place"
    objects: ClassVar[Any] = CareQuerySet.as_manager()

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="care_entries"
    )
    kind = models.CharField(_("care roster"), max_length=12, choices=CareKind)
    basis = models.CharField(_("on what ground"), max_length=10, choices=CareBasis)
    consented_on = models.DateField(_("consent signed on"), null=True, blank=True)
    starts = models.DateField(_("from"))
    next_visit_on = models.DateField(_("next visit"), null=True, blank=True)
    note = EncryptedTextField(_("note"), blank=True, default="")

    health = EncryptedTextField(_("state of health"), blank=True, default="")
    allowance = models.CharField(
        _("kind of allowance"), max_length=10, choices=Allowance, blank=True
    )
    family_size = models.PositiveSmallIntegerField(_("people in the family"), null=True, blank=True)
    amount = models.PositiveIntegerField(_("amount a month"), null=True, blank=True)
    hardship = EncryptedTextField(_("reason of hardship"), blank=True, default="")
    disability = models.CharField(
        _("category of disability"), max_length=12, choices=Disability, blank=True
    )
    grade = models.PositiveSmallIntegerField(
        _("grade"), choices=DisabilityGrade, null=True, blank=True
    )
    subsidised = models.BooleanField(_("gets a subsidy"), null=True, blank=True)
    guardian_name = EncryptedTextField(_("guardian"), blank=True, default="")
    guardian_phone = EncryptedTextField(_("telephone of the guardian"), blank=True, default="")
    needs = EncryptedTextField(_("what is needed"), blank=True, default="")
    measures = EncryptedTextField(_("what is done"), blank=True, default="")

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("entered by"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    entered_at = models.DateTimeField(_("entered at"))
    ends = models.DateField(_("until"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("ended by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("why it ended"), max_length=10, choices=CareEnding, blank=True)

    class Meta:
        verbose_name = _("entry on a care roster")
        verbose_name_plural = _("entries on care rosters")
        permissions = [
            ("view_care", "May read care rosters for which one is named"),
            ("keep_care", "May keep care rosters for which one is named"),
        ]
        indexes = [
            models.Index(
                fields=["next_visit_on"], name="care_due", condition=Q(ends=None)
            )
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                name="care_one_open", fields=["person", "kind"], condition=Q(ends=None)
            ),
            models.CheckConstraint(name="care_kind_known", condition=Q(kind__in=CareKind.values)),
            models.CheckConstraint(
                name="care_consent_has_day",
                condition=Q(basis=CareBasis.DUTY, consented_on=None)
                | Q(basis=CareBasis.CONSENT, consented_on__isnull=False),
            ),
            models.CheckConstraint(
                name="care_ended_whole",
                condition=Q(ends=None, ended_by=None, ended_at=None, ending="")
                | Q(
                    ends__isnull=False, ended_by__isnull=False, ended_at__isnull=False,
                    ends__gte=F("starts"),
                    ending__in=CareEnding.values,
                ),
            ),
            models.CheckConstraint(
                name="care_allowance_on_its_ledger",
                condition=Q(
                    ~Q(kind=CareKind.ALLOWANCE), allowance="", family_size=None, amount=None
                )
                | Q(kind=CareKind.ALLOWANCE, allowance__in=Allowance.values),
            ),
            models.CheckConstraint(
                name="care_disability_on_its_ledger",
                condition=Q(
                    ~Q(kind=CareKind.DISABILITY), disability="", grade=None, subsidised=None
                )
                | Q(
                    kind=CareKind.DISABILITY, disability__in=Disability.values,
                    grade__isnull=False, grade__in=DisabilityGrade.values,
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"

    @property
    def fields(self) -> tuple[str, ...]:
        """What this roster knows of the person, in the order of its form."""
        return (*DETAILS[CareKind(self.kind)], *COMMON)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Those named for the roster at the person's place."""
        return [within(namings_of(user), cls.scope_path)]


def field_of(name: str) -> Any:
    """A field of an entry, with its label and choices."""
    return CareEntry._meta.get_field(name)


class CareChange(models.Model):
    """What an entry said before it was changed, as JSON by field."""

    entry = models.ForeignKey(
        CareEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="changes"
    )
    before = EncryptedTextField(_("before"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a care entry")
        verbose_name_plural = _("changes of care entries")

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.at}"

    @property
    def values(self) -> dict[str, Any]:
        """The values of before, as they were stored."""
        return json.loads(self.before)
