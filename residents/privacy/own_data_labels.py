"""The copy of one's data as people read it: parts with titles, fields by their names, values in words.

Names and words come from the models; `PARTS` says which model a part of the copy is of. Upper floors
add theirs through the registry (`personal_data_parts`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import registry
from orgs.models import User
from residents.models import (
    Belonging,
    BodyMember,
    CareEntry,
    Claim,
    Consent,
    DataRequest,
    Person,
    Unmasking,
    Visit,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = "_StrPromise | str"
    Parts: TypeAlias = "dict[str, tuple[Text, type[models.Model]]]"

PARTS: "Parts" = {
    "account": (gettext_lazy("Account"), User),
    "linked": (gettext_lazy("Other ways of signing in"), SocialAccount),
    "person": (gettext_lazy("On the roll"), Person),
    "children": (gettext_lazy("My children"), Person),
    "homes": (gettext_lazy("Where this person belongs"), Belonging),
    "visits": (gettext_lazy("Visits"), Visit),
    "seats": (gettext_lazy("members of bodies"), BodyMember),
    "care": (gettext_lazy("entries on care rosters"), CareEntry),
    "seen_by": (gettext_lazy("When it was seen in full, and what for"), Unmasking),
    "claims": (gettext_lazy("claims of homes"), Claim),
    "consents": (gettext_lazy("consents"), Consent),
    "requests": (gettext_lazy("requests about one's data"), DataRequest),
}
# What is no field of its model.
NAMES: "dict[str, Text]" = {
    "joined": gettext_lazy("joined"),
    "home": gettext_lazy("home"),
    "on_the_roll_of": gettext_lazy("On the roll of"),
    "given_by_consent": gettext_lazy("given by yourself, with your consent"),
    "phone_shown_to_others": gettext_lazy("telephone as others see it"),
}


@dataclass(frozen=True)
class Section:
    """One part: of each thing in it, names and words."""

    title: str
    entries: list[list[tuple[str, str]]]


def sections(data: dict[str, Any]) -> list[Section]:
    """The parts of a copy that hold something."""
    parts = dict(PARTS)
    for more in registry.call(registry.Name.PERSONAL_DATA_PARTS):
        parts |= more
    return [fact for name, value in data.items() for fact in _of(name, value, parts)]


def _of(name: str, value: Any, parts: "Parts", whose: str = "") -> Iterable[Section]:
    title, model = parts[name]
    things = value if isinstance(value, list) else [value] if value else []
    entries = [list(_facts(thing, model, parts)) for thing in things]
    if entries:
        yield Section(f"{title} · {whose}" if whose else str(title), entries)
    for thing in things:
        child = thing["name"] if name == "children" else whose
        for key, text in thing.items():
            if key in parts:
                yield from _of(key, text, parts, child)


def _facts(
    thing: dict[str, Any], model: type[models.Model], parts: "Parts"
) -> Iterable[tuple[str, str]]:
    for key, value in thing.items():
        # What a request changed is told by its answer; the file to take away holds it too.
        if key in parts or value in (None, "", []) or isinstance(value, dict):
            continue
        field = None if key in NAMES else _field(key, model)
        yield str(NAMES[key] if field is None else _name(key, field, model)), _words(value, field)


def _field(key: str, model: type[models.Model]) -> Any:
    """The field at the end of a path like term__body__kind."""
    *way, last = key.split("__")
    at: Any = model
    for step in way:
        at = at._meta.get_field(step).related_model
    return at._meta.get_field(last)


def _name(key: str, field: Any, model: type[models.Model]) -> Any:
    """A field's own name; of what another thing is called by, the name of that thing."""
    way, _last, _rest = key.rpartition("__")
    if way and not field.choices:
        thing = _field(way, model)
        named = thing.verbose_name != thing.name.replace("_", " ")
        return thing.verbose_name if named else thing.related_model._meta.verbose_name
    return field.verbose_name


def _words(value: Any, field: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, list) and field is None:
        return "、".join(str(_field(name, Person).verbose_name) for name in value)
    if isinstance(value, list):
        return str(len(value))
    known: dict[Any, Any] = dict(field.flatchoices) if field is not None else {}
    return str(known.get(value, value))
