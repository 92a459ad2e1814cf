"""Owners' committees, mediation groups and residents' councils, with their terms of office."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import BODY_READERS, BodyKind, Seat
from residents.models.people import Belonging, Person

if TYPE_CHECKING:
    from orgs.models import User


def at_home(user: "User", path: str) -> list[Way]:
    """The ways to rows of the compounds, and of the communities, of somebody's verified homes.

    Two ways, not one condition: each has an index of its own.
    """
    own = Belonging._default_manager.filter(
        person__account=user, ends=None, verified_at__isnull=False
    )
    above = ("household__building__parent", "household__building__parent__parent")
    return [Q(**{f"{path}__in": own.values(place)}) for place in above]


class LocalBody(Scoped):
    """One body of a compound or a community. Whether it is at work, its terms say."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("place"), on_delete=models.PROTECT, related_name="bodies"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=BodyKind)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("body of residents")
        verbose_name_plural = _("bodies of residents")
        permissions = [("keep_bodies", "May keep bodies, terms and property contracts")]
        constraints = [
            models.UniqueConstraint(name="body_once_a_kind", fields=["unit", "kind"]),
            models.CheckConstraint(name="body_kind_known", condition=Q(kind__in=BodyKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_kind_display()}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever works with the place, and who lives in it."""
        return [reach_of(user).q("unit", BODY_READERS), *at_home(user, "unit")]


class Term(Scoped):
    """A body's term of office, both days included. The terms of a body never overlap.

    One that was ended early keeps the reason; its last day is then the day of its end.
    """

    scope_path = "body__unit"

    body = models.ForeignKey(
        LocalBody, verbose_name=_("body"), on_delete=models.PROTECT, related_name="terms"
    )
    number = models.PositiveSmallIntegerField(_("term number"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    elected_on = models.DateField(_("elected on"), null=True, blank=True)
    # With the street (物业管理条例, art. 16).
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True)
    end_reason = models.CharField(_("reason of the early end"), max_length=300, blank=True)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        ordering = ["-starts"]
        constraints = [
            models.UniqueConstraint(name="term_number_once", fields=["body", "number"]),
            models.CheckConstraint(
                name="term_ends_after_start", condition=Q(ends__gte=F("starts"), number__gt=0)
            ),
            models.CheckConstraint(
                name="term_registration_whole",
                condition=Q(registered_on=None, registration="")
                | (Q(registered_on__isnull=False) & ~Q(registration="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} · {self.number}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [Q(body__in=LocalBody.objects.visible_to(user).values("pk"))]


class BodyMember(Scoped):
    """Who sits in a body during a term: somebody of the roll, or by name."""

    scope_path = "term__body__unit"

    term = models.ForeignKey(
        Term, verbose_name=_("term of office"), on_delete=models.PROTECT, related_name="members"
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person of the roll"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="seats",
    )
    name = models.CharField(_("name"), max_length=40, blank=True)
    seat = models.CharField(_("seat"), max_length=10, choices=Seat, default=Seat.MEMBER)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a body")
        verbose_name_plural = _("members of bodies")
        constraints = [
            models.CheckConstraint(
                name="member_person_or_name",
                condition=Q(person__isnull=False, name="") | (Q(person=None) & ~Q(name="")),
            ),
            models.CheckConstraint(
                name="member_ends_after_start", condition=Q(ends=None) | Q(ends__gte=F("starts"))
            ),
            models.UniqueConstraint(
                name="member_one_chair",
                fields=["term"],
                condition=Q(seat=Seat.CHAIR, ends=None),
            ),
            models.UniqueConstraint(
                name="member_sits_once", fields=["term", "person"], condition=Q(ends=None)
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name; that of somebody whom the retention rules erased is gone."""
        return (self.person.name if self.person else self.name) or "—"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        return [Q(term__body__in=LocalBody.objects.visible_to(user).values("pk"))]
