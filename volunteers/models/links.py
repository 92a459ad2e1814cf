"""One contact to ten households (一联十户)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.scoping import Scoped, Way, reach_of
from residents.models import Household, Person
from volunteers.enums import PARTY_READERS

if TYPE_CHECKING:
    from orgs.models import User


class LinkRule(models.Model):
    """How many households one contact has at most, and how often they are to be visited.

    The highest version is in force. Append-only.
    """

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    households = models.PositiveSmallIntegerField(_("households at most"))
    visit_days = models.PositiveSmallIntegerField(_("days between visits"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule of contacts")
        verbose_name_plural = _("rules of contacts")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                name="link_rule_positive", condition=Q(households__gt=0, visit_days__gt=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.version)


class HouseholdLink(Scoped):
    """That a member is the contact of a household, from a day until a day."""

    scope_path = "household__building"

    person = models.ForeignKey(
        Person, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="household_links"
    )
    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.PROTECT, related_name="links"
    )
    rule = models.ForeignKey(
        LinkRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("contact of a household")
        verbose_name_plural = _("contacts of households")
        permissions = [
            ("keep_links", "May assign members to households"),
            ("view_links", "May see which households have a contact"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="link_one_contact", fields=["household"], condition=Q(ends=None)
            ),
            models.CheckConstraint(
                name="link_ends_after_start", condition=Q(ends=None) | Q(ends__gte=F("starts"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.household}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Those who work with the party's members of the place, and the contact."""
        return [reach_of(user).q(cls.scope_path, PARTY_READERS), Q(person__account=user)]
