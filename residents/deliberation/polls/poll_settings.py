"""The settings of one poll: fixed before it is announced, part of the announced text."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from orgs.errors import Refused
from residents.deliberation.enums import (
    ChangedOwner,
    ChangePolicy,
    Electorate,
    PollMode,
    PollState,
    Precedence,
    Rule,
    Silence,
)
from residents.deliberation.models import Poll

# Whole days between announcement and opening: 物业管理条例 14 (owners), 居民委员会组织法 26
# (residents' meeting), 17 (the voters' list of an election).
NOTICE_DAYS = {
    Rule.CIVIL_CODE_278: 15,
    Rule.LIFT: 15,
    Rule.RESIDENTS_MEETING: 10,
    Rule.REPRESENTATIVES_MEETING: 10,
    Rule.ELECTION: 20,
    # Only so that people hear of it in time: no law.
    Rule.OPINION: 3,
}
# 居民委员会组织法 19: one voter takes at most three proxies; none where representatives elect.
ELECTION_PROXIES = 3
LONGEST_TEXT = 500
# 居民委员会组织法 34: residents' affairs are made public for at least fifteen days.
RESIDENTS_AFFAIRS_DAYS = 15
_RESIDENTS_AFFAIRS = frozenset(
    {Rule.RESIDENTS_MEETING, Rule.REPRESENTATIVES_MEETING, Rule.ELECTION}
)


@dataclass(frozen=True)
class PollSettings:
    """All that may differ from poll to poll, with the defaults."""

    notice_days: int = 15
    change_policy: str = ChangePolicy.UNTIL_CLOSING.value
    precedence: str = Precedence.PAPER.value
    silence: str = Silence.NO_PARTICIPATION.value
    # The compound's own rule that silence and parking rest upon, quoted; its photo is a PollClause.
    clause: str = ""
    parking_counts: bool = False
    changed_owner: str = ChangedOwner.FROZEN.value
    # None: as many as people give.
    proxy_limit: int | None = None
    # For so long a result waits, so that households can say that a ballot was not theirs; then how
    # long such a ballot is looked into at most.
    dispute_window_days: int = 3
    dispute_days: int = 5
    publication_days: int = 15
    # The party organisation's prior study (居民委员会组织法 30): when, and what came of it.
    prior_study: str = ""
    seats: int = 1
    candidates: tuple[str, ...] = ()
    second_ballot: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"candidates": list(self.candidates)}


_ENUMS = {
    "change_policy": ChangePolicy,
    "precedence": Precedence,
    "silence": Silence,
    "changed_owner": ChangedOwner,
}
_RANGES = {
    "notice_days": (0, 90),
    "dispute_window_days": (0, 30),
    "dispute_days": (1, 60),
    "publication_days": (1, 90),
    "seats": (1, 15),
    "proxy_limit": (0, 20),
}


def of(poll: Poll) -> PollSettings:
    """The settings of a poll. What was announced before there was a dispute window has none."""
    kept = poll.settings | {"candidates": tuple(poll.settings["candidates"])}
    if poll.state != PollState.DRAFT:
        kept = {"dispute_window_days": 0} | kept
    return PollSettings(**kept)


def read(
    given: Mapping[str, Any], *, rule: Rule, mode: PollMode, electorate: Electorate
) -> PollSettings:
    """Checks what was given and fills in the defaults of the rule.

    Raises Refused for what is unknown, out of range, or less than the law asks of this rule.
    """
    unknown = set(given) - set(PollSettings.__dataclass_fields__)
    if unknown:
        raise _wrong(_("These settings are not known: %(names)s.") % {"names": ", ".join(unknown)})
    least = NOTICE_DAYS[rule]
    values: dict[str, Any] = {"notice_days": least}
    if rule == Rule.ELECTION:
        values["proxy_limit"] = 0 if electorate == Electorate.REPRESENTATIVES else ELECTION_PROXIES
    if electorate == Electorate.REPRESENTATIVES:
        values["proxy_limit"] = 0
    for name, value in given.items():
        values[name] = _value(name, value)
    settings = PollSettings(**values)
    if mode != PollMode.ADVISORY and settings.notice_days < least:
        sentence = _("The law asks for a notice of at least %(days)d days.")
        raise _wrong(sentence % {"days": least})
    if mode != PollMode.ADVISORY and not settings.dispute_window_days:
        raise _wrong(_("A statutory result waits a day at least, for ballots that are disputed."))
    is_affair = mode != PollMode.ADVISORY and rule in _RESIDENTS_AFFAIRS
    if is_affair and settings.publication_days < RESIDENTS_AFFAIRS_DAYS:
        sentence = _("The law asks that the result is posted for at least %(days)d days.")
        raise _wrong(sentence % {"days": RESIDENTS_AFFAIRS_DAYS})
    if settings.silence != Silence.NO_PARTICIPATION and not settings.clause.strip():
        raise _wrong(_("Silence counts only by a clause of the compound's own rules: quote it."))
    if settings.silence != Silence.NO_PARTICIPATION and rule != Rule.CIVIL_CODE_278:
        raise _wrong(_("Silence counts only in a vote of the owners by article 278."))
    _check_proxies(settings, rule, electorate)
    return settings


def _check_proxies(settings: PollSettings, rule: Rule, electorate: Electorate) -> None:
    limit = settings.proxy_limit
    if electorate == Electorate.REPRESENTATIVES and limit != 0:
        raise _wrong(_("Representatives vote themselves, never by proxy."))
    if rule == Rule.ELECTION and (limit is None or limit > ELECTION_PROXIES):
        raise _wrong(_("In an election one voter takes at most three proxies."))


def _value(name: str, value: Any) -> Any:
    if name in _ENUMS:
        if value not in _ENUMS[name].values:
            raise _wrong(_("“%(value)s” is not known.") % {"value": str(value)[:40]})
        return value
    if name in _RANGES:
        low, high = _RANGES[name]
        if value is None and name == "proxy_limit":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            sentence = _("“%(name)s” is a whole number from %(low)d to %(high)d.")
            raise _wrong(sentence % {"name": name, "low": low, "high": high})
        return value
    if name == "candidates":
        if not isinstance(value, (list, tuple)) or not all(
            isinstance(one, str) and 0 < len(one) <= 40 for one in value
        ):
            raise _wrong(_("Candidates are a list of names."))
        return tuple(dict.fromkeys(value))
    if name in ("parking_counts", "second_ballot"):
        if not isinstance(value, bool):
            raise _wrong(_("“%(name)s” is yes or no.") % {"name": name})
        return value
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _wrong(_("“%(name)s” is a text, not too long.") % {"name": name})
    return value


def _wrong(sentence: str) -> Refused:
    return Refused(sentence, code="bad_settings", field="settings")
