"""What a poll cannot be: its place, its rule and electorate, the candidates of an election."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Unit
from residents.deliberation.enums import BallotKind, Electorate, PollMode, Rule
from residents.deliberation.models import Poll
from residents.deliberation.polls import poll_settings

OF_OWNERS = frozenset({Rule.CIVIL_CODE_278, Rule.LIFT})


def place(unit: Unit, buildings: Sequence[Unit], entrance: str, rule: Rule) -> None:
    """Where a poll is held. Raises Refused."""
    if unit.kind not in (UnitKind.COMPOUND, UnitKind.COMMUNITY):
        raise Refused(_("A poll is held in a compound or a community."), field="unit")
    for one in buildings:
        if one.kind != UnitKind.BUILDING or not (
            one.tree_id == unit.tree_id and unit.lft < one.lft < unit.rght
        ):
            raise Refused(_("Choose buildings of this place."), field="buildings")
    if entrance and len(buildings) != 1:
        raise Refused(_("An entrance belongs to one building: choose it."), field="buildings")
    if rule in OF_OWNERS and unit.kind != UnitKind.COMPOUND:
        raise Refused(_("Owners vote in their compound."), field="unit")
    if rule == Rule.LIFT and not entrance:
        raise Refused(_("A lift is decided by its entrance: name it."), field="entrance")


def representatives(unit: Unit, mode: PollMode, rule: Rule) -> None:
    """274号 27: how owners' representatives decide, the compound's own rules of procedure say.

    The organic law's sheet is for the residents' representatives of a community. Raises Refused.
    """
    if is_of_owners(unit, rule) and mode != PollMode.ADVISORY:
        raise Refused(
            _(
                "How owners' representatives decide is up to the compound's rules of procedure, so "
                "it is not counted here as a statutory vote: ask them in an advisory poll, or let "
                "all owners vote."
            ),
            code="representatives_not_counted",
            field="mode",
        )


def is_of_owners(unit: Unit, rule: Rule) -> bool:
    """Whether it is the owners' representatives of a compound who meet."""
    return rule == Rule.REPRESENTATIVES_MEETING and unit.kind == UnitKind.COMPOUND


def rule(electorate: Electorate, mode: PollMode, rule: Rule, ballot: BallotKind) -> None:
    """民法典 278: only owners. 居民委员会组织法 27, 29, 19: residents, households, representatives.

    Without thresholds only an opinion is asked for.
    """
    if rule == Rule.OPINION and mode != PollMode.ADVISORY:
        raise Refused(_("A statutory vote is counted by a law: choose its rule."), field="rule")
    if mode != PollMode.ADVISORY and (rule in OF_OWNERS) != (electorate == Electorate.OWNERS):
        raise Refused(_("This rule belongs to another electorate."), field="rule")
    if (rule == Rule.REPRESENTATIVES_MEETING) and electorate != Electorate.REPRESENTATIVES:
        raise Refused(_("This rule belongs to another electorate."), field="rule")
    if rule == Rule.ELECTION and (mode == PollMode.ADVISORY or ballot != BallotKind.SECRET):
        raise Refused(_("An election is secret and on paper by law."), field="ballot")
    if ballot == BallotKind.SECRET and rule == Rule.LIFT:
        # Only who agreed pays: the list of costs would say who.
        raise Refused(_("A lift is decided by name."), code="not_secret", field="ballot")
    if ballot == BallotKind.SECRET and mode != PollMode.ADVISORY and rule != Rule.ELECTION:
        raise Refused(_("Only advisory polls can be secret."), code="not_secret", field="ballot")


def candidates(poll: Poll, settings: poll_settings.PollSettings) -> None:
    """组织法 18: more candidates than seats; those of a second ballot the first one left (19)."""
    if poll.rule != Rule.ELECTION:
        return
    count = len(settings.candidates)
    if not count:
        raise Refused(
            _("Name the candidates before the election is announced."),
            code="no_candidates",
            field="settings",
        )
    if count <= settings.seats and not (settings.second_ballot or poll.rehearsal):
        raise Refused(
            _("The law asks for more candidates than seats."),
            code="too_few_candidates",
            field="settings",
        )
