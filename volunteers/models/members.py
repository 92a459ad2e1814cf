"""Party members in their four classes."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.models import PartyOrganisation, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import Person
from volunteers.enums import PARTY_READERS, MemberClass, MembershipEnd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.enums import Role
    from orgs.models import User


def organisations_within(user: "User", roles: "Iterable[Role]") -> QuerySet[PartyOrganisation]:
    """The party organisations all of whose units lie where somebody holds one of the roles.

    A joint branch that also covers another place is that place's too, so it is left out.
    """
    if user.is_superuser:
        return PartyOrganisation.objects.all()
    inside = Unit.objects.filter(reach_of(user).q("", roles)).order_by().values("pk")
    covering = PartyOrganisation.covers.through._default_manager
    beyond = covering.exclude(unit__in=inside).values("partyorganisation")
    within = covering.filter(unit__in=inside).values("partyorganisation")
    return PartyOrganisation.objects.filter(pk__in=within).exclude(pk__in=beyond)


class PartyMembership(Scoped):
    """That a person stands on an organisation's roster in one class, from a day until a day.

    A change of class or organisation ends the row and begins another: rows that ended are history.
    """

    scope_path = "organisation__covers"

    person = models.ForeignKey(
        Person, verbose_name=_("member"), on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        PartyOrganisation,
        verbose_name=_("party organisation"),
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    member_class = models.CharField(_("class of member"), max_length=12, choices=MemberClass)
    joined_on = models.DateField(_("joined the party on"), null=True, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    ended_as = models.CharField(
        _("ended because"), max_length=10, choices=MembershipEnd, blank=True
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("party membership")
        verbose_name_plural = _("party memberships")
        permissions = [
            ("keep_members", "May keep the roster of a party organisation"),
            ("view_members", "May read rosters of party members"),
            ("import_members", "May send the roster of party members as a file"),
            ("count_members", "May see how many members a place has"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="membership_one_class_at_a_time", fields=["person"], condition=Q(ends=None)
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="membership_end_has_reason",
                condition=Q(ends=None, ended_as="")
                | (Q(ends__isnull=False) & Q(ended_as__in=MembershipEnd.values)),
            ),
            models.CheckConstraint(
                name="membership_class_known", condition=Q(member_class__in=MemberClass.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_member_class_display()}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who keeps the party's work of all that the organisation covers, and the member."""
        return [
            Q(organisation__in=organisations_within(user, PARTY_READERS).values("pk")),
            Q(person__account=user),
        ]
