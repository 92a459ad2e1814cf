"""For each field about a person in deliberations: what it is for, on what ground, how long it is kept."""

from django.utils.translation import gettext_lazy as _

from residents.privacy.purposes import COMMITTEE, Use

_signed = Use(
    _("counting who wants something decided"), COMMITTEE, _("as long as the topic's record")
)
_rated = Use(_("judging what was carried out"), COMMITTEE, _("as long as the topic's record"))

USES: dict[str, dict[str, Use]] = {
    "deliberation.CoSignature": dict.fromkeys(
        "id topic version person household is_owner entered_by paper at ended_at".split(), _signed
    ),
    "deliberation.ResultRating": dict.fromkeys(
        "id topic round person entry stars text entered_by paper at".split(), _rated
    ),
}
