"""For each field about a person on this floor: what it is for, on what ground, how long it is kept."""

from django.utils.translation import gettext_lazy as _

from residents.privacy.purposes import COMMITTEE, Use

PARTY = _("work of party organisations in compounds")

_membership = Use(
    _("keeping the roster of a branch"), PARTY, _("as long as the membership, then ten years"), sensitive=True
)  # fmt: skip
_post = Use(_("who serves a building"), COMMITTEE, _("three years after the post ended"))
_link = Use(
    _("who looks after a household"), COMMITTEE, _("three years after it ended"), sensitive=True
)

USES: dict[str, dict[str, Use]] = {
    "volunteers.PartyMembership": dict.fromkeys(
        "id person organisation member_class joined_on starts ends ended_as entered_by "
        "entered_at".split(),
        _membership,
    ),
    "volunteers.BuildingPost": dict.fromkeys(
        "id building role title person user name household starts ends".split(), _post
    ),
    "volunteers.HouseholdLink": dict.fromkeys(
        "id person household rule starts ends assigned_by".split(), _link
    ),
}
