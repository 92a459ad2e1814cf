"""The rules of a place's topics: which version is in force, and setting the next one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit, User
from residents.deliberation.enums import PetitionBasis, SideKind, Threshold
from residents.deliberation.models import TopicRule
from residents.deliberation.models.rules import FOUR_SIDES

KEEP = "deliberation.keep_topicrules"
# Where topics are raised.
TOPIC_PLACES = frozenset({UnitKind.COMPOUND, UnitKind.COMMUNITY})
MAX_SIDES = 12

FIRST_RULE: dict[str, Any] = {
    "threshold": 3,
    "counted_by": Threshold.PEOPLE,
    "petition_percent": 20,
    "petition_basis": PetitionBasis.OWNERS,
    "review_days": 5,
    "convene_days": 30,
    "publicity_days": 15,
    "evaluation_days": 7,
    "low_score": 300,
    "sides": FOUR_SIDES,
    "source": "物业管理条例第十三条、湖北省物业服务和管理条例第二十六条、城市居民委员会组织法第三十四条；"
    "联名人数和各期限为本平台默认值",
}


def ensure_first_rule(**_signal: Any) -> None:
    """Every place has rules from the first day on; later versions are left alone."""
    if not TopicRule.objects.filter(place=None).exists():
        TopicRule.objects.create(place=None, version=1, **FIRST_RULE)


def rule_in_force(place: Unit) -> TopicRule:
    """The newest rules of a place; without own ones, those of all places."""
    own = TopicRule.objects.filter(place=place).order_by("-version").first()
    return own or TopicRule.objects.filter(place=None).order_by("-version")[0]


def set_rule(
    *,
    place: Unit,
    threshold: int,
    counted_by: Threshold,
    petition_basis: PetitionBasis,
    petition_percent: int,
    review_days: int,
    convene_days: int,
    publicity_days: int,
    evaluation_days: int,
    low_score: int,
    sides: Sequence[str],
    other_sides: Sequence[str] = (),
    source: str,
    by: User,
    now: datetime,
) -> TopicRule:
    """Puts the next version of a place's rules in force; topics under way keep theirs.

    Raises NotAllowed; Refused (`wrong_place`, `rule_changed`, or with the field that is wrong).
    """
    if not by.has_perm(KEEP, place):
        raise NotAllowed(_("Only the community and the street set these rules."))
    if place.kind not in TOPIC_PLACES:
        raise Refused(_("Topics are raised in compounds and communities."), code="wrong_place")
    values = {
        "threshold": threshold,
        "counted_by": counted_by,
        "petition_basis": petition_basis,
        "petition_percent": petition_percent,
        "review_days": review_days,
        "convene_days": convene_days,
        "publicity_days": publicity_days,
        "evaluation_days": evaluation_days,
        "low_score": low_score,
    }
    try:
        with transaction.atomic():
            earlier = TopicRule.objects.filter(place=place).order_by("-version").first()
            rule = TopicRule.objects.create(
                place=place,
                version=earlier.version + 1 if earlier else 1,
                sides=sides_of([*sides, *other_sides]),
                source=source.strip(),
                entered_at=now,
                **values,
            )
            detail = {"version": rule.version, **values}
            audit.record("deliberation.set-rules", by=by, obj=rule, now=now, detail=detail)
            return rule
    except IntegrityError:
        raise Refused(
            _("Somebody changed these rules at the same moment: look again."), code="rule_changed"
        ) from None


def sides_of(given: Sequence[str]) -> list[dict[str, str]]:
    """Sides as they are kept: a known kind by its code, any other words are another side's name."""
    sides: list[dict[str, str]] = []
    for one in given:
        text = " ".join(one.split())
        known = text in SideKind.values and text != SideKind.OTHER
        side = {"kind": text, "name": ""} if known else {"kind": SideKind.OTHER.value, "name": text}
        if text and side not in sides:
            sides.append(side)
    if len(sides) > MAX_SIDES:
        raise Refused(_("At most %(most)d sides.") % {"most": MAX_SIDES}, field="sides")
    if any(len(side["name"]) > 40 for side in sides):
        raise Refused(_("The name of a side has at most 40 characters."), field="sides")
    return sides
