"""What the audit calls things, in words; upper floors add the names of their own actions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_labels: "dict[str, _StrPromise | str]" = {
    "add_second_factor": _("second factor added"),
    "append_only.lift": _("protection of append-only rows lifted"),
    "attachments.forget": _("unused upload deleted"),
    "attachments.prepare": _("video prepared"),
    "attachments.store": _("photo or video uploaded"),
    "cancel_stand_in": _("stand-in for days to come cancelled"),
    "change_account": _("account changed"),
    "change_password": _("password changed"),
    "change_phone": _("telephone number changed"),
    "change_profile": _("own details changed"),
    "appoint": _("position given"),
    "arrange_leave": _("stand-in arranged"),
    "hand_over": _("position handed over"),
    "close_account": _("account closed"),
    "create_account": _("account created"),
    "end_device": _("signed out of a device"),
    "sign_out_everywhere": _("signed out everywhere"),
    "end_position": _("position ended"),
    "give_initial_password": _("first password given"),
    "governance.load_demo": _("demonstration loaded"),
    "import_staff": _("staff imported"),
    "link_social": _("WeChat or DingTalk linked"),
    "unlink_social": _("link with WeChat or DingTalk ended"),
    "lock_out": _("locked after wrong passwords"),
    "login": _("signed in"),
    "logout": _("signed out"),
    "open_account": _("account opened"),
    "orgs.create_unit": _("unit created"),
    "orgs.import_units": _("units imported"),
    "orgs.keep-duty": _("duty roster kept"),
    # A refused visit is kept under the name of its address.
    "orgs:duty": _("Duty roster"),
    "orgs.move_unit": _("unit moved"),
    "orgs.place_unit": _("unit put in order"),
    "orgs.rename_unit": _("unit renamed"),
    "orgs.rotate_field_keys": _("personal data encrypted anew"),
    "orgs.take-outlines": _("outlines taken from a file"),
    "orgs.set_profile": _("compound profile changed"),
    "remove_second_factor": _("second factor removed"),
    "renew_recovery_codes": _("recovery codes renewed"),
    "set_home": _("home chosen"),
    "sign_up": _("account opened by its owner"),
}


@dataclass(frozen=True)
class Records:
    """How the audit finds the records of a model, and what it calls them.

    `exact` columns hold numbers and codes, `compared` ones the comparing form of names (`…_key`),
    `contains` names of which no such form is kept. `shown` is the column that names a record; ""
    where a name would say more than the audit does.
    """

    shown: str = ""
    exact: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()


_records: dict[str, Records] = {
    "orgs.unit": Records("path_name", exact=("code",), compared=("path_key",)),
    "orgs.user": Records("name", exact=("username",), contains=("name",)),
    "orgs.department": Records("short_name", exact=("code",), contains=("name", "short_name")),
}


_PAGE, _CALL = _("page of the portal"), _("call of the interface")
# Under this the addresses of the interface for other systems lie.
_API = "api/"


def add_records(records: Mapping[str, Records]) -> None:
    """Says how records of an upper floor are found, by the labels of their models."""
    _records.update(records)


def records() -> Mapping[str, Records]:
    """All models whose records can be found by words."""
    return _records


def actions_called(words: str) -> list[str]:
    """The codes of the actions in whose words, in the language in force, these words stand."""
    wanted = words.casefold()
    return [action for action, name in _labels.items() if wanted in str(name).casefold()]


def kinds_called(words: str) -> list[str]:
    """The labels of the models that are called so."""
    wanted = words.casefold()
    return [
        model._meta.label_lower
        for model in apps.get_models()
        if wanted in str(model._meta.verbose_name).casefold()
    ]


def kind(label: str) -> str:
    """What a kind of record is called, by the label of its model."""
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except LookupError:  # kept from a model that is no more
        return label


def is_page(words: str) -> bool:
    """Whether the words are those for a visit of a page that has no name of its own."""
    return words.casefold() in str(_PAGE).casefold()


def is_call(words: str) -> bool:
    """The same for a call of the interface."""
    return words.casefold() in str(_CALL).casefold()


@cache
def calls() -> frozenset[str]:
    """The names of calls of the interface, under which a refused one is kept; some are actions too."""
    return frozenset(_names(get_resolver().url_patterns, "")) - _labels.keys()


def _names(patterns: Iterable[Any], above: str) -> Iterator[str]:
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route or route.startswith(_API):
                yield from _names(pattern.url_patterns, route)
        elif route.startswith(_API) and pattern.name:
            yield pattern.name


def add(labels: "Mapping[str, _StrPromise | str]") -> None:
    """Names the actions of an upper floor."""
    _labels.update(labels)


def label(action: str) -> str:
    """The words for an action. A refused visit of a page, or call of the interface, that nobody named is
    called just that: its name is none that people read.
    """
    known = _labels.get(action)
    if known is None:
        known = _CALL if action in calls() or action.startswith(_API) else _PAGE
    return str(known)
