"""For each field about a person in service: what it is for, on what ground, how long it is kept."""

from django.utils.translation import gettext_lazy as _

from residents.privacy.purposes import CONSENT, SEPARATE, Use

PARTY = _("work of party organisations in compounds")
VOLUNTEERS = _("record of voluntary service (志愿服务条例, art. 19)")

_who = Use(_("knowing who serves"), CONSENT, _("three years after the last service"))
_report = Use(
    _("report-in of members and volunteers"),
    PARTY,
    _("three years after it ended"),
    sensitive=True,
)
_place = Use(
    _("safety at an activity that asks for location"),
    SEPARATE,
    _("90 days after the month is closed"),
    sensitive=True,
)
_evidence = Use(_("knowing who was there"), CONSENT, _("three years after the activity"))
_record = Use(
    _("minutes and points, explained"), VOLUNTEERS, _("as long as the account of service")
)
_duty = Use(_("the monthly duty of members"), PARTY, _("three years"), sensitive=True)
_help = Use(_("help that somebody asked for"), CONSENT, _("three years after it was done"))

_FIELDS = {
    "Participant": (
        "id name name_key account person phone phone_index place born_year skills "
        "shows_name_since entered_by entered_at",
        _who,
    ),
    "ReportIn": (
        "id participant kind unit branch employer platform state reported_at reported_by "
        "confirmed_by confirmed_at ended_at reason follows position certificate",
        _report,
    ),
    "DoubleReport": (
        "id kind unit pairing report_in period to text by at received_by received_at",
        _report,
    ),
    "WorkTeamMember": ("id team participant employer leads starts ends", _report),
    "SecretaryCandidate": (
        "id participant unit text state branch_by branch_at community_by community_at "
        "consented_at starts ends reason",
        _report,
    ),
    "FamilyBond": (
        "id participant household note consent consent_by entered_by entered_at starts ends",
        _help,
    ),
    "PostClaim": (
        "id post participant state seat claimed_at claimed_by decided_by decided_at reason "
        "starts ends",
        _report,
    ),
    "PostRating": ("id claim year grade text by at", _report),
    "SignUp": ("id activity participant state seat at by placed_at ended_at told_at", _evidence),
    "CheckEvent": (
        "id activity participant by direction source state reason at received_at claimed_at "
        "skew_seconds slot browser_hash verdict answers",
        _evidence,
    ),
    "CheckLocation": ("check_event lon lat accuracy datum distance", _place),
    "RollCallLine": ("id roll_call participant state minutes is_walk_in reason", _evidence),
    "Attendance": (
        "id activity participant state review minutes planned_minutes is_walk_in presence "
        "reasons entered_by entered_at reviewed_by reviewed_at reason",
        _evidence,
    ),
    "ServedQuestion": (
        "id unit month credit organiser participant asked_at answer text answered_at answered_by",
        _evidence,
    ),
    "Credit": (
        "id participant unit attendance order task_number revision is_latest item minutes_kind "
        "month minutes planned_minutes points counts_activity approved_by approved_at reason",
        _record,
    ),
    "LongDay": (
        "id participant unit order task_number text minutes_kind starts_at ends_at planned_minutes "
        "points longest at approved decided_by decided_at reason",
        _record,
    ),
    "MinutesEntry": (
        "id i amount kind source source_id month text by at prev hash account",
        _record,
    ),
    "PointsEntry": (
        "id i amount kind source source_id month text by at prev hash account",
        _record,
    ),
    "Redemption": (
        "id reward participant account rule points code state held_at expires_at ended_at ended_by",
        _record,
    ),
    "TimeGift": ("id giver receiver rule minutes by at", _record),
    "DutyRelief": (
        "id participant kind starts ends percent reason granted_by granted_at withdrawn_at",
        _duty,
    ),
    "MonthResult": (
        "id month participant report_in rule owed_days needed_activities needed_minutes "
        "activities duty_minutes voluntary_minutes met rating rating_text rated_by rated_at",
        _duty,
    ),
    "Appeal": (
        "id participant unit credit attendance long_day result reason by at state decided_by decided_at "
        "decision",
        _duty,
    ),
    "ServiceOrder": (
        "id unit household item text wished_at state level rule ordered_by person consent "
        "ordered_at bound_until offered_by offered_at taker taken_at due_at resolved_at minutes "
        "stars rating_text closed_at reason",
        _help,
    ),
    "ProxyConsent": (
        "id person helper matter way witness paper entered_by entered_at starts ends withdrawn_at",
        _help,
    ),
    "Ring": (
        "id unit household person matter rung_by rung_at consent rule state level bound due_at "
        "taker taken_at pair done_at zero_trips at_once",
        _help,
    ),
}

USES: dict[str, dict[str, Use]] = {
    f"service.{model}": dict.fromkeys(names.split(), use) for model, (names, use) in _FIELDS.items()
}
