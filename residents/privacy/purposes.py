"""For each field about a person: what it is for, on what ground, how long it is kept, how sensitive.

The page that people read and the test that no field is forgotten both come from this table
(PIPL, art. 6, 13, 17, 28).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = _StrPromise | str


@dataclass(frozen=True)
class Use:
    """Why a field is kept."""

    purpose: "Text"
    basis: "Text"
    kept: "Text"
    sensitive: bool = False


CONSENT = _("consent (PIPL, art. 13 (1))")
# Of its own, apart from all others; withdrawn, the data go.
SEPARATE = _("separate consent (PIPL, art. 29)")
# 城市居民委员会组织法 art. 3; 民法典 art. 277, 278.
COMMITTEE = _("duty of the community (Organic Law of Residents' Committees, art. 3)")
OWNERS = _("owners decide together (Civil Code, art. 278)")
GUARDIANS = _("protection of children (PIPL, art. 31)")
LAW_OF_LOGS = _("proof of lawful handling (PIPL, art. 51, 54)")

# PIPL art. 28, 29: sensitive data for a stated purpose, where it is needed, on a duty by law or a
# separate consent; without one of them nobody is entered.
CARE_DUTY = _(
    "duty of the community by law, or separate consent (PIPL, art. 13 (1) and (3), 28, 29; Organic Law "
    "of Residents' Committees, art. 3)"
)

_ACCOUNT_LASTS = _("as long as the account")
_ROLL_LASTS = _("three years after moving out")
_CLAIM_LASTS = _("with the record of the claim; papers 90 days after the decision")
_PROOF_LASTS = _("with the audit, at least three years")

_LINK_LASTS = _("until the link is ended")

_account = Use(_("signing in and being called by name"), CONSENT, _ACCOUNT_LASTS)
_roll = Use(_("keeping the roll of the place"), COMMITTEE, _ROLL_LASTS)
_private = Use(_("knowing that people are who they are"), COMMITTEE, _ROLL_LASTS, sensitive=True)
_care = Use(_("care for those who need it"), COMMITTEE, _ROLL_LASTS, sensitive=True)
_CARE_LASTS = _("three years after the entry ended")


def _on_roster(purpose: "Text") -> Use:
    """A field of a care roster: sensitive, read by named people alone, each time recorded."""
    return Use(purpose, CARE_DUTY, _CARE_LASTS, sensitive=True)


_owning = Use(_("who votes, with what share"), OWNERS, _ROLL_LASTS)
_claim = Use(_("checking who lives where"), CONSENT, _CLAIM_LASTS)
_claim_number = Use(
    _("checking who lives where"),
    SEPARATE,
    _("until the decision, or until the consent is withdrawn"),
    sensitive=True,
)
_claim_papers = Use(_("checking who lives where"), SEPARATE, _CLAIM_LASTS, sensitive=True)
_proof = Use(_("proof of what was done with data, and by whom"), LAW_OF_LOGS, _PROOF_LASTS)
_asked = Use(
    _("answering requests about one's data"), LAW_OF_LOGS, _("three years after the answer")
)
_visit = Use(_("care for those who need it"), COMMITTEE, _PROOF_LASTS, sensitive=True)
_on_the_way = Use(
    _("looking through a roster from Excel before it is entered"),
    COMMITTEE,
    _("until it is entered or discarded, seven days at most"),
    sensitive=True,
)
_to_be_undone = Use(
    _("taking back an import of a roster"),
    COMMITTEE,
    _("30 days after it was entered"),
    sensitive=True,
)

USES: dict[str, dict[str, Use]] = {
    "orgs.User": dict.fromkeys(
        "id password last_login is_superuser username is_staff is_active date_joined name phone "
        "phone_index phone_verified must_change_password type_size home signed_out_at groups "
        "user_permissions".split(),
        _account,
    ),
    "socialaccount.SocialAccount": dict.fromkeys(
        "id user provider uid last_login date_joined extra_data".split(),
        Use(_("signing in with WeChat or DingTalk, for who linked it"), CONSENT, _LINK_LASTS),
    ),
    "residents.Person": dict.fromkeys(
        "id name name_key place sex account own_fields entered_at erased_at".split(), _roll
    )
    | dict.fromkeys(
        "id_number id_index phone phone_index phone_tail born registered_at".split(), _private
    )
    | dict.fromkeys("ethnicity marital employment insurance note died_on".split(), _care)
    | {"guardian": Use(_("who speaks for a child"), GUARDIANS, _ROLL_LASTS, sensitive=True)},
    "residents.Belonging": dict.fromkeys(
        "id person household relation starts ends verified_by verified_at".split(), _roll
    )
    | dict.fromkeys(["share_part", "share_whole"], _owning),
    "residents.Visit": dict.fromkeys(
        "id household person by on text problem measures next_on event_id entered_at".split(),
        _visit,
    ),
    "residents.CareEntry": dict.fromkeys(
        "id person kind basis consented_on starts note entered_by entered_at ends ended_by "
        "ended_at ending".split(),
        _on_roster(_("care for those who need it, and proof of its ground")),
    )
    | {
        "next_visit_on": _on_roster(_("nobody who needs a visit is forgotten")),
        "health": _on_roster(_("visits to older people living alone that see what is wrong")),
        "disability": _on_roster(_("help and subsidies that fit the disability")),
        "grade": _on_roster(_("help and subsidies that fit the disability")),
        "subsidised": _on_roster(_("nobody misses a subsidy")),
        "needs": _on_roster(_("help that fits")),
        "measures": _on_roster(_("help that fits")),
    }
    | dict.fromkeys(
        "guardian_name guardian_phone".split(), _on_roster(_("whom to call in an emergency"))
    )
    | dict.fromkeys(
        "allowance family_size amount hardship".split(),
        _on_roster(_("minimum living allowance that reaches the family")),
    ),
    "residents.CareChange": dict.fromkeys(
        "id entry before by at".split(),
        _on_roster(_("care for those who need it, and proof of its ground")),
    ),
    "residents.LedgerRow": dict.fromkeys(
        "id ledger_import number values verdict problems changes candidates decision chosen "
        "decided_by decided_at".split(),
        _on_the_way,
    ),
    "residents.LedgerTrace": dict.fromkeys(
        "id ledger_import number touched before".split(), _to_be_undone
    ),
    "residents.Claim": dict.fromkeys(
        "id household user name relation state phone_index made_at basis wrong_codes reason decided_by "
        "decided_at".split(),
        _claim,
    )
    | {"id_number": _claim_number, "papers": _claim_papers},
    "residents.Consent": dict.fromkeys(
        "id user purpose notice ward person given at".split(), _proof
    ),
    "residents.Unmasking": dict.fromkeys(
        "id by person report report_place claim field purpose at".split(), _proof
    ),
    "residents.DataRequest": dict.fromkeys(
        "id user kind ward person text changes done asked_at due_at state reason decided_by "
        "decided_at".split(),
        _asked,
    ),
}


def add(uses: dict[str, dict[str, Use]]) -> None:
    """Names the uses of an upper floor's fields."""
    USES.update(uses)


# Of no meaning to people: keys and what finds encrypted values.
_TECHNICAL = frozenset({"id", "id_index", "name_key", "phone_index", "phone_tail", "event_id"})


def listed() -> list[tuple[str, str, Use]]:
    """What the page shows: the kind of record, the field, its use."""
    rows = []
    for label, uses in USES.items():
        model = apps.get_model(label)
        for name, use in uses.items():
            if name not in _TECHNICAL:
                field = model._meta.get_field(name)
                rows.append((str(model._meta.verbose_name), str(field.verbose_name), use))
    return rows
