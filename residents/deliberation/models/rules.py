"""The rules of a place's topics: data with a version and a source."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Unit
from residents.deliberation.enums import PetitionBasis, SideKind, Threshold

# 居务公开, at least fifteen days (Organic Law of Urban Residents' Committees, art. 34).
LEAST_PUBLICITY_DAYS = 15
# On the committee's default the street orders it to convene within thirty days (Hubei, art. 26).
ORDERED_DAYS = 30


class TopicRule(models.Model):
    """One version of the rules of a compound or community; without a place, of all others.

    Append-only: every topic keeps the version under which it was proposed.
    """

    place = models.ForeignKey(
        Unit,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="topic_rules",
    )
    version = models.PositiveSmallIntegerField(_("version"))
    # So many co-signers open the discussion of what residents propose, the proposer among them.
    threshold = models.PositiveSmallIntegerField(_("co-signatures needed"))
    counted_by = models.CharField(_("counted by"), max_length=10, choices=Threshold)
    petition_percent = models.PositiveSmallIntegerField(_("petition, per cent"))
    petition_basis = models.CharField(_("petition of"), max_length=20, choices=PetitionBasis)
    review_days = models.PositiveSmallIntegerField(_("review, working days"))
    convene_days = models.PositiveSmallIntegerField(_("committee convenes, days"))
    publicity_days = models.PositiveSmallIntegerField(_("publicity, days"))
    evaluation_days = models.PositiveSmallIntegerField(_("evaluation, days"))
    # Stars in hundredths: an average below this lets anybody affected take the topic up again.
    low_score = models.PositiveSmallIntegerField(_("low score, hundredths of a star"))
    # The sides of a consultation: [{"kind": …, "name": …}], a name only where it is another side.
    sides = models.JSONField(_("sides"), default=list)
    source = models.CharField(_("source"), max_length=300)
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rules of topics")
        verbose_name_plural = _("rules of topics")
        ordering = ["place", "-version"]
        permissions = [("keep_topicrules", "May set the rules of a place's topics")]
        constraints = [
            models.UniqueConstraint(fields=["place", "version"], name="topic_rule_version_once"),
            models.UniqueConstraint(
                fields=["version"], name="topic_rule_general_once", condition=Q(place=None)
            ),
            models.CheckConstraint(
                name="topic_rule_in_bounds",
                condition=Q(
                    version__gte=1,
                    threshold__gte=1,
                    petition_percent__range=(1, 20),
                    review_days__range=(1, 60),
                    convene_days__range=(1, 60),
                    publicity_days__range=(LEAST_PUBLICITY_DAYS, 90),
                    evaluation_days__range=(1, 90),
                    low_score__range=(100, 500),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place or '—'} · {self.version}"


# The four sides of 四方协商.
FOUR_SIDES = [
    {"kind": kind.value, "name": ""}
    for kind in (SideKind.BRANCH, SideKind.COMMITTEE, SideKind.PROPERTY, SideKind.RESIDENTS)
]
