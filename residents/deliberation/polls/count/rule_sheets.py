"""Rule sheets: every threshold of a count with its legal source, frozen into a poll when announced.

The sheets are data; a poll keeps its own copy (`as_dict`), so that a later law leaves it alone.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from residents.deliberation.enums import QUALIFIED_MATTERS, Electorate, Matter, Rule

VERSION = 1


@dataclass(frozen=True)
class Threshold:
    """A share that a number must reach: at least it (`inclusive`), or more than it.

    民法典, art. 1259: “以上” includes the number itself, “超过” (and “过半数”) does not.
    """

    part: int
    whole: int
    inclusive: bool

    def is_met(self, number: int, of: int) -> bool:
        """Compares integers, never rounded shares. Of nothing, nothing is enough."""
        if of <= 0:
            return False
        have, need = self.whole * number, self.part * of
        return have >= need if self.inclusive else have > need

    def least(self, of: int) -> int:
        """The smallest whole number that is enough; 1 at least."""
        exact, rest = divmod(self.part * of, self.whole)
        return max(1, exact + (1 if rest or not self.inclusive else 0))


TWO_THIRDS = Threshold(2, 3, True)
OVER_TWO_THIRDS = Threshold(2, 3, False)
THREE_QUARTERS = Threshold(3, 4, True)
OVER_HALF = Threshold(1, 2, False)
ONE_THIRD = Threshold(1, 3, True)
NO_QUORUM = Threshold(0, 1, True)


@dataclass(frozen=True)
class Sheet:
    """How one poll is counted. `sentence` is a message id; `text` says it in the reader's language."""

    rule: str
    version: int
    matter: int | None
    by_area: bool
    participation: Threshold
    consent: Threshold
    has_veto: bool
    sources: tuple[str, ...]
    sentence: str

    @property
    def is_plain(self) -> bool:
        """Whether no threshold applies: more for than against, the most marked option."""
        return self.rule == Rule.OPINION

    @property
    def text(self) -> str:
        """The rule as people say it."""
        return _(self.sentence)

    def as_dict(self) -> dict[str, Any]:
        """The copy that a poll keeps."""
        return asdict(self) | {"sources": list(self.sources)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Sheet":
        """The sheet that a poll was announced with."""
        thresholds = {
            name: Threshold(**data[name])  # as it was frozen
            for name in ("participation", "consent")
        }
        return cls(**data | thresholds | {"sources": tuple(data["sources"])})


def sheet_for(rule: Rule, matter: Matter | None, electorate: Electorate) -> Sheet:
    """The sheet in force for a rule; `matter` for the owners' vote alone."""
    if rule == Rule.CIVIL_CODE_278:
        return _owners(matter)
    if rule == Rule.LIFT:
        return _lift()
    if rule == Rule.REPRESENTATIVES_MEETING:
        return _meeting(
            rule,
            TWO_THIRDS,
            "居民委员会组织法（2025）29",
            gettext_noop(
                "At least two thirds of the members take part; "
                "more than half of those present agree."
            ),
        )
    if rule == Rule.ELECTION:
        return _election(electorate)
    if rule == Rule.OPINION:
        return _opinion()
    return _meeting(
        rule,
        OVER_HALF,
        "居民委员会组织法（2025）27",
        gettext_noop(
            "More than half of all residents from 18 years on, or of the household delegates, "
            "take part; more than half of those present agree."
        ),
    )


def _owners(matter: Matter | None) -> Sheet:
    """民法典, art. 278: two thirds of area and of owners take part; then half, or three quarters."""
    qualified = matter in QUALIFIED_MATTERS
    return Sheet(
        rule=Rule.CIVIL_CODE_278.value,
        version=VERSION,
        matter=matter.value if matter else None,
        by_area=True,
        participation=TWO_THIRDS,
        consent=THREE_QUARTERS if qualified else OVER_HALF,
        has_veto=False,
        sources=("民法典 278", "民法典 1259", "法释〔2009〕7号（2020修正）8、9"),
        sentence=gettext_noop(
            "At least two thirds of the area and of the owners take part; "
            "at least three quarters of the participating area and owners agree."
        )
        if qualified
        else gettext_noop(
            "At least two thirds of the area and of the owners take part; "
            "more than half of the participating area and owners agree."
        ),
    )


def _lift() -> Sheet:
    """A lift added to one entrance: 咸宁市既有住宅加装电梯条例 6, 12; 孝感市 7, 13, 14."""
    return Sheet(
        rule=Rule.LIFT.value,
        version=VERSION,
        matter=Matter.REBUILD.value,
        by_area=True,
        participation=TWO_THIRDS,
        consent=THREE_QUARTERS,
        has_veto=True,
        sources=(
            "民法典 278",
            "咸宁市既有住宅加装电梯条例 6、12（邻市规定，黄冈参照）",
            "孝感市既有住宅加装电梯条例 7、13、14（邻市规定，黄冈参照）",
        ),
        sentence=gettext_noop(
            "Of the entrance, at least two thirds of the area and of the owners take part and at "
            "least three quarters of these agree; so must everybody whose own part is taken."
        ),
    )


def _meeting(rule: Rule, participation: Threshold, source: str, sentence: str) -> Sheet:
    return Sheet(
        rule=rule.value,
        version=VERSION,
        matter=None,
        by_area=False,
        participation=participation,
        consent=OVER_HALF,
        has_veto=False,
        sources=(source,),
        sentence=sentence,
    )


def owners_representatives() -> Sheet:
    """274号 27: only advisory; what it is worth the compound's own rules of procedure say."""
    return _meeting(
        Rule.REPRESENTATIVES_MEETING,
        OVER_HALF,
        "业主大会和业主委员会指导规则（建房〔2009〕274号）27",
        gettext_noop(
            "More than half of the owners' representatives take part; more than half of these agree. "
            "What their decision is worth, the compound's rules of procedure say."
        ),
    )


def _opinion() -> Sheet:
    """An opinion that is asked for: by heads, of whoever takes part; no law knows a threshold."""
    return Sheet(
        rule=Rule.OPINION.value,
        version=VERSION,
        matter=None,
        by_area=False,
        participation=NO_QUORUM,
        consent=OVER_HALF,
        has_veto=False,
        sources=(),
        sentence=gettext_noop(
            "An opinion is asked for: every answer is counted, and no threshold applies. "
            "Said is whether more are for it than against it, or which option most people chose."
        ),
    )


def _election(electorate: Electorate) -> Sheet:
    """Organic Law (2025), art. 19. The choice itself is made in secret, on paper."""
    representatives = electorate == Electorate.REPRESENTATIVES
    return _meeting(
        Rule.ELECTION,
        OVER_TWO_THIRDS if representatives else OVER_HALF,
        "居民委员会组织法（2025）19",
        gettext_noop(
            "More than two thirds of the representatives vote; "
            "elected is who gets more than half of those who voted."
        )
        if representatives
        else gettext_noop(
            "More than half of the voters vote; "
            "elected is who gets more than half of those who voted."
        ),
    )


MATTER_SENTENCES = {
    Matter.MEETING_RULES: gettext_noop(
        "How the owners' meeting is called, votes and decides is written or changed."
    ),
    Matter.COVENANT: gettext_noop("What all owners have to keep to is written or changed."),
    Matter.COMMITTEE: gettext_noop("The owners' committee is elected, or a member replaced."),
    Matter.PROPERTY_FIRM: gettext_noop("A property firm is engaged, kept or dismissed."),
    Matter.USE_FUND: gettext_noop(
        "Money of the repair fund is used, for example to repair the roof or replace a lift."
    ),
    Matter.RAISE_FUND: gettext_noop("The owners pay into the repair fund anew."),
    Matter.REBUILD: gettext_noop("The building or what belongs to it is altered or rebuilt."),
    Matter.COMMON_PARTS: gettext_noop(
        "Common parts are used for something else or for business, "
        "such as advertising in lifts or letting parking spaces."
    ),
    Matter.OTHER: gettext_noop("Anything else of weight that belongs to all owners."),
}
