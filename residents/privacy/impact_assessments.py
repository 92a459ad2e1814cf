"""Impact assessments: a sensitive field is shown only where one is in force (PIPL, art. 55, 56)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from residents.enums import SensitiveUse
from residents.models import ImpactAssessment

if TYPE_CHECKING:
    from orgs.models import User

# What people are told beside the fields: why they are needed, and what happens without (art. 30).
NECESSITY = {
    SensitiveUse.CLAIM: gettext_lazy(
        "Only to meet you on the roll; the number is forgotten with the decision, photos 90 days "
        "later. Without them the community calls you, or you use the letter's code."
    ),
    SensitiveUse.OWN: gettext_lazy(
        "Only so that your community reaches and serves you rightly. Nothing is refused to you "
        "without them, and all of them are deleted when you withdraw your consent."
    ),
}


def in_force(use: SensitiveUse, today: date) -> bool:
    """Whether the newest assessment of a use counts on a day."""
    newest = (
        ImpactAssessment.objects.filter(use=use, approved_on__lte=today).order_by("-pk").first()
    )
    return newest is not None and (newest.ends is None or newest.ends >= today)


@transaction.atomic
def record(
    *, use: SensitiveUse, text: str, ends: date | None = None, by: "User", now: datetime
) -> ImpactAssessment:
    """Keeps an approved assessment; a day in `ends` that has come switches the fields off."""
    if not by.is_superuser:
        raise NotAllowed(_("Only an administrator approves impact assessments."))
    today = timezone.localdate(now)
    if not text.strip() or (ends and ends < today):
        raise Refused(_("An assessment has a text, and does not end before it begins."))
    assessment = ImpactAssessment.objects.create(
        use=use, text=text.strip(), approved_by=by, approved_on=today, ends=ends
    )
    audit.record("residents.assess-impact", by=by, obj=assessment, detail={"use": use}, now=now)
    return assessment


def must_be_in_force(use: SensitiveUse, now: datetime) -> None:
    """Raises NotAllowed (`not_assessed`) where a use's sensitive data may not be collected."""
    if not in_force(use, timezone.localdate(now)):
        raise NotAllowed(
            _("This portal does not collect such data: no impact assessment is in force."),
            code="not_assessed",
        )
