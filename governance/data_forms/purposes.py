"""For each field of an answer about somebody: what it is for, on what ground, how long it is kept."""

from django.utils.translation import gettext_lazy as _

from residents.privacy.purposes import COMMITTEE, SEPARATE, Use

_answer = Use(
    _("completing forms, so that nobody is asked twice"),
    COMMITTEE,
    _("as long as the person is on the roll"),
    sensitive=True,
)
_row = Use(
    _("a form that a department or the street asks for, on the basis that it names"),
    COMMITTEE,
    _("30 days after it was delivered; of periodic forms the last time"),
    sensitive=True,
)
_consent = Use(
    _("handing over what needs the consent of its own"),
    SEPARATE,
    _("as long as the person is on the roll"),
)
USES: dict[str, dict[str, Use]] = {
    "data_forms.Answer": dict.fromkeys(
        "id column part person household place task department value source by at".split(), _answer
    ),
    "data_forms.SubmissionRow": dict.fromkeys(
        "id submission number key person name cells changed is_new empty reason".split(), _row
    ),
    "data_forms.HandingConsent": dict.fromkeys("id entry person given_on by at".split(), _consent),
}
