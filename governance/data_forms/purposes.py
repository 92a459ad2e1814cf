"""For each field of an answer about somebody: what it is for, on what ground, how long it is kept."""

from django.utils.translation import gettext_lazy as _

from residents.privacy.purposes import COMMITTEE, Use

_answer = Use(
    _("completing forms, so that nobody is asked twice"),
    COMMITTEE,
    _("as long as the person is on the roll"),
    sensitive=True,
)
USES: dict[str, dict[str, Use]] = {
    "data_forms.Answer": dict.fromkeys(
        "id column person household place task department value source by at".split(), _answer
    ),
}
