"""What the audit calls things, in words; upper floors add the names of their own actions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
    "end_position": _("position ended"),
    "give_initial_password": _("first password given"),
    "governance.load_demo": _("demonstration loaded"),
    "import_staff": _("staff imported"),
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
    "orgs.set_profile": _("compound profile changed"),
    "remove_second_factor": _("second factor removed"),
    "renew_recovery_codes": _("recovery codes renewed"),
    "set_home": _("home chosen"),
    "sign_up": _("account opened by its owner"),
}


def add(labels: "Mapping[str, _StrPromise | str]") -> None:
    """Names the actions of an upper floor."""
    _labels.update(labels)


def label(action: str) -> str:
    """The words for an action. A refused visit of a page that nobody named is called just that."""
    return str(_labels.get(action, _("page of the portal") if ":" in action else action))
