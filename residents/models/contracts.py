"""Who looks after a compound: property firms and their contracts."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Attachment, Unit
from orgs.scoping import Scoped, Way, reach_of
from orgs.values.names import ComparedField
from residents.enums import BODY_READERS, ContractKind
from residents.models.bodies import at_home

if TYPE_CHECKING:
    from orgs.models import User


class PropertyFirm(models.Model):
    """A property firm, once for all its compounds."""

    name = models.CharField(_("name"), max_length=80)
    name_key = ComparedField(source="name", unique=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("property firm")
        verbose_name_plural = _("property firms")
        constraints = [
            models.CheckConstraint(name="firm_has_name", condition=~Q(name="")),
            models.UniqueConstraint(
                name="firm_credit_code_once", fields=["credit_code"], condition=~Q(credit_code="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PropertyContract(Scoped):
    """Who looks after a compound, from a day until a day (or until further notice).

    The one truth about a compound's property service: the profile's columns follow it. `fee` is in
    0.01 yuan per m² a month. A take-over without a firm is the community's own.
    """

    scope_path = "compound"

    compound = models.ForeignKey(
        Unit,
        verbose_name=_("compound"),
        on_delete=models.PROTECT,
        related_name="property_contracts",
        limit_choices_to={"kind": UnitKind.COMPOUND},
    )
    firm = models.ForeignKey(
        PropertyFirm,
        verbose_name=_("property firm"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ContractKind)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    fee = models.PositiveIntegerField(_("fee (0.01 yuan per m² a month)"), null=True, blank=True)
    document = models.ForeignKey(
        Attachment,
        verbose_name=_("photo of the contract"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="property_contracts",
    )
    end_reason = models.CharField(_("reason of the early end"), max_length=300, blank=True)
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("property contract")
        verbose_name_plural = _("property contracts")
        ordering = ["-starts"]
        indexes = [models.Index(fields=["compound", "starts"], name="contract_of_compound")]
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_start",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="contract_firm_fits_kind",
                condition=Q(
                    kind__in=[ContractKind.CONTRACT, ContractKind.INTERIM], firm__isnull=False
                )
                | Q(kind=ContractKind.TAKEOVER)
                | Q(kind=ContractKind.SELF_MANAGED, firm=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound} · {self.firm or self.get_kind_display()}"

    @property
    def fee_in_yuan(self) -> str:
        """1.85; "" where it is not known."""
        return "" if self.fee is None else f"{self.fee // 100}.{self.fee % 100:02}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever works with the compound, the firm itself, and who lives there."""
        return [reach_of(user).q("compound", BODY_READERS), *at_home(user, "compound")]
