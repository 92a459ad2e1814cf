"""What a member is to somebody: a family taken to the heart (认亲), a secretary-to-be (书记人选库)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.scoping import ScopedQuerySet, Way, reach_of
from residents.models import Household
from volunteers.service.enums import (
    APPOINTERS,
    SERVICE_HELPERS,
    CandidateState,
    ConsentWay,
)
from volunteers.service.models.base import (
    Served,
    actor,
    known,
    place,
    starts_before_end,
    whole,
)
from volunteers.service.models.participants import Participant

if TYPE_CHECKING:
    from orgs.models import User


class FamilyBond(Served):
    """That a member has taken a family to the heart (认亲), with the family's consent."""

    scope_path = "household__building"
    readers = SERVICE_HELPERS

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="family_bonds",
    )
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        related_name="family_bonds",
    )
    note = models.CharField(_("what for"), max_length=200)
    consent = models.CharField(_("how the family agreed"), max_length=8, choices=ConsentWay)
    consent_by = models.CharField(_("who agreed"), max_length=40)
    entered_by = actor(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("family bond")
        verbose_name_plural = _("family bonds")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="family_bond_once_at_a_time",
                fields=["participant", "household"],
                condition=Q(ends=None),
            ),
            models.CheckConstraint(name="family_bond_agreed", condition=~Q(consent_by="")),
            known("family_bond_consent_known", "consent", ConsentWay),
            starts_before_end("family_bond_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.household_id}"


class CandidateQuerySet(ScopedQuerySet):
    """Candidates, hidden from administrators too."""

    superusers_see = False


class SecretaryCandidate(Served):
    """A member whom branch and community propose as a secretary-to-be (书记人选库).

    Whoever appoints sees it, who is meant, and the two who propose while it is theirs to say; an
    administrator does not.
    """

    scope_path = "unit"
    readers = APPOINTERS
    objects: ClassVar[Any] = CandidateQuerySet.as_manager()

    participant = models.ForeignKey(
        Participant, verbose_name=_("member"), on_delete=models.PROTECT, related_name="candidacies"
    )
    unit = place(related_name="secretary_candidates")
    text = models.TextField(_("what speaks for it"))
    state = models.CharField(
        _("state"), max_length=8, choices=CandidateState, default=CandidateState.PROPOSED
    )
    branch_by = actor(_("proposed by the branch"), null=True, blank=True)
    branch_at = models.DateTimeField(_("proposed by the branch at"), null=True, blank=True)
    community_by = actor(_("proposed by the community"), null=True, blank=True)
    community_at = models.DateTimeField(_("proposed by the community at"), null=True, blank=True)
    consented_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("secretary-to-be")
        verbose_name_plural = _("secretaries-to-be")
        ordering = ["-pk"]
        permissions = [("propose_secretary", "May propose a secretary-to-be")]
        constraints = [
            models.UniqueConstraint(
                name="candidate_once_at_a_time",
                fields=["participant"],
                condition=~Q(state=CandidateState.REMOVED),
            ),
            known("candidate_known", "state", CandidateState),
            whole("candidate_branch_whole", "branch_by", "branch_at"),
            whole("candidate_community_whole", "community_by", "community_at"),
            models.CheckConstraint(
                name="candidate_two_people",
                condition=Q(branch_by=None)
                | Q(community_by=None)
                | ~Q(branch_by=models.F("community_by")),
            ),
            models.CheckConstraint(
                name="candidate_listed_whole",
                condition=~Q(state=CandidateState.LISTED)
                | Q(
                    branch_by__isnull=False,
                    community_by__isnull=False,
                    consented_at__isnull=False,
                    starts__isnull=False,
                    ends__isnull=False,
                    ends__gt=models.F("starts"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.unit}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who appoints, who is meant, and whoever proposed."""
        return [
            reach_of(user).q(cls.scope_path, APPOINTERS),
            Q(participant__account=user),
            Q(branch_by=user) | Q(community_by=user),
        ]
