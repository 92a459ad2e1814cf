"""Which known field a heading means: the same word, one chosen before, or one that is much alike."""

from dataclasses import dataclass

from governance.data_forms.enums import Match, Subject
from governance.data_forms.fields import registry
from governance.data_forms.workbooks.layout import Heading
from orgs.imports.workbooks.reader import heading_key

# Below it two Chinese headings share a character by chance (tried on the twelve forms of the tests).
ALIKE_FROM = 66


@dataclass(frozen=True)
class Matched:
    """The field of a heading ("" for none), from what it is known, and how surely in per cent."""

    field: str
    match: Match
    certainty: int


NOTHING = Matched("", Match.NONE, 0)


def match(
    headings: list[Heading], subject: Subject, remembered: dict[str, str]
) -> dict[int, Matched]:
    """The fields of headings by column. `remembered`: what people chose before, by the heading's key.

    A field stands in one column: the surer one keeps it.
    """
    keys = registry.keys_of(subject)
    proposed = {heading.place: _field_of(heading, keys, remembered) for heading in headings}
    taken: dict[str, int] = {}
    order = sorted(proposed, key=lambda place: (-proposed[place].certainty, place))
    for place in order:
        found = proposed[place]
        if found.field and taken.setdefault(found.field, place) != place:
            proposed[place] = NOTHING
    return proposed


def _field_of(
    heading: Heading, keys: dict[str, registry.Field], remembered: dict[str, str]
) -> Matched:
    if heading.is_serial:
        return Matched(registry.SERIAL, Match.SAME, 100)
    if heading.key in remembered:
        return Matched(remembered[heading.key], Match.REMEMBERED, 100)
    parts = (heading.key, heading_key(heading.own))
    for part in parts:
        if field := keys.get(part):
            return Matched(field.code, Match.SAME, 100)
    return max((_alike(part, keys) for part in parts), key=lambda found: found.certainty)


def _alike(key: str, keys: dict[str, registry.Field]) -> Matched:
    from rapidfuzz import fuzz, process  # compiled code that few processes need

    found = process.extractOne(key, list(keys), scorer=fuzz.ratio, score_cutoff=ALIKE_FROM)
    if found is None:
        return NOTHING
    word, score, _place = found
    return Matched(keys[word].code, Match.ALIKE, int(score))
