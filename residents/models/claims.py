"""Claims of homes, and the codes of the letters to the door."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Attachment
from orgs.scoping import Scoped, Way, reach_of
from residents.enums import (
    CONFIRMED_BY_OWNERS,
    OWNING,
    ROLL_READERS,
    ClaimBasis,
    ClaimState,
    Relation,
)
from residents.models.decisions import DECIDED, UNDECIDED, Decided
from residents.models.households import Household

if TYPE_CHECKING:
    from orgs.models import User


class Claim(Decided, Scoped):
    """Somebody with an account says how they belong to a household; it is verified or refused.

    The ID number only serves to meet the person of the roll: it is forgotten with the decision.
    """

    scope_path = "household__building"

    household = models.ForeignKey(
        Household, verbose_name=_("household"), on_delete=models.PROTECT, related_name="claims"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("claimed by"),
        on_delete=models.PROTECT,
        related_name="claims",
    )
    name = models.CharField(_("name"), max_length=40)
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    state = models.CharField(
        _("state"), max_length=10, choices=ClaimState, default=ClaimState.WAITING
    )
    id_number = EncryptedTextField(_("ID number"), blank=True, default="")
    # Of the account at that moment: so many claims a day come from one telephone.
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    papers = models.ManyToManyField(
        Attachment, verbose_name=_("papers"), blank=True, related_name="claims"
    )
    made_at = models.DateTimeField(_("claimed at"))
    basis = models.CharField(_("verified by"), max_length=10, choices=ClaimBasis, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(_("wrong codes"), default=0, editable=False)

    class Meta:
        verbose_name = _("claim of a home")
        verbose_name_plural = _("claims of homes")
        permissions = [("decide_claim", "May verify or refuse a claim")]
        constraints = [
            models.UniqueConstraint(
                name="claim_one_waiting",
                fields=["user", "household"],
                condition=Q(state=ClaimState.WAITING),
            ),
            models.CheckConstraint(
                name="claim_decided_whole",
                condition=Q(UNDECIDED, state=ClaimState.WAITING, basis="")
                | Q(DECIDED, state=ClaimState.VERIFIED, reason="", basis__in=ClaimBasis.values)
                | (Q(DECIDED, state=ClaimState.REFUSED, basis="") & ~Q(reason=""))
                | Q(DECIDED, state=ClaimState.WITHDRAWN, decided_by=F("user"), basis=""),
            ),
            models.CheckConstraint(
                name="claim_number_only_waiting",
                condition=Q(state=ClaimState.WAITING) | Q(id_number__blank=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} · {self.get_relation_display()}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Readers of the roll, the claimant, and verified owners for tenants and family."""
        own = Household._default_manager.filter(
            belongings__person__account=user,
            belongings__ends=None,
            belongings__relation__in=OWNING,
            belongings__verified_at__isnull=False,
        )
        return [
            reach_of(user).q(cls.scope_path, ROLL_READERS),
            Q(user=user),
            Q(household__in=own.values("pk"), relation__in=CONFIRMED_BY_OWNERS),
        ]


class DoorCode(models.Model):
    """The one-time code of the last letter to a door; only its digest is kept."""

    household = models.OneToOneField(
        Household, verbose_name=_("household"), on_delete=models.CASCADE, related_name="door_code"
    )
    digest = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("code of a letter")
        verbose_name_plural = _("codes of letters")

    def __str__(self) -> str:
        return str(self.household)
