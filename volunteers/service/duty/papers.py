"""Letters and certificates as PDF, with the code that verifies them."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.attachments.sheets import Sheets
from orgs.templatetags.portal import minutes as time_of
from orgs.templatetags.portal import month_name
from volunteers.service.enums import MonthRating
from volunteers.service.models import Certificate
from volunteers.service.reportins.certificates import address_of


def _end(sheets: Sheets, certificate: Certificate) -> bytes:
    sheets.line(_("Number: %(number)s") % {"number": certificate.number}, 9, 6)
    sheets.line(_("Whoever scans the code reads what it truly says."), 9, 6)
    sheets.code(address_of(certificate))
    return sheets.content


def service(certificate: Certificate) -> bytes:
    """The certificate of voluntary service."""
    said: dict[str, Any] = certificate.payload
    sheets = Sheets("A4")
    sheets.page()
    sheets.line(_("Certificate of voluntary service"), 22, 16)
    for label, value in (
        (_("Name"), said["name"]),
        (_("Place of service"), said["unit"]),
        (_("Period"), f"{month_name(said['from'])} – {month_name(said['until'])}"),
        (_("Times"), str(said["times"])),
        (_("Voluntary service in all"), time_of(said["minutes"])),
        (_("Issued on"), said["issued_on"]),
    ):
        sheets.line(f"{label}：{value}", 12, 9)
    sheets.line(_("Services, the latest ones"), 13, 11)
    for one in said["services"]:
        sheets.line(f"{one['on']}  {one['what']}  {time_of(one['minutes'])}", 10, 6)
    sheets.line(_("Voluntary and unpaid; monthly duty is not part of it."), 9, 8)
    return _end(sheets, certificate)


def letter(certificate: Certificate, revision: int) -> bytes:
    """The monthly letter to a sending organisation."""
    said: dict[str, Any] = certificate.payload
    sheets = Sheets("A4")
    sheets.page()
    heading = _("Service of your members in %(month)s") % {"month": month_name(said["month"])}
    sheets.line(heading, 20, 14)
    sheets.line(said["employer"], 13, 10)
    if revision > 1:
        sheets.line(_("Correction, revision %(number)d") % {"number": revision}, 12, 9)
    summary = _("%(met)d of %(members)d members did what they owed; %(time)s in all.")
    sheets.line(
        summary
        % {
            "met": said["total_met"],
            "members": said["total_members"],
            "time": time_of(said["total_minutes"]),
        },
        12,
        9,
    )
    ratings = {value: str(label) for value, label in MonthRating.choices}
    for one in said["members"]:
        rating = ratings.get(one["rating"], "")
        said_of = f"{_('Words of the branch:')} {rating}" if rating else ""
        words = "，".join(part for part in (said_of, one["words"]) if part)
        line = _("%(name)s: %(done)d of %(needed)d activities, %(time)s of %(owed)s. %(words)s")
        sheets.line(
            line
            % {
                "name": one["name"],
                "done": one["activities"],
                "needed": one["needed_activities"],
                "time": time_of(one["minutes"]),
                "owed": time_of(one["needed_minutes"]),
                "words": words,
            },
            11,
            8,
        )
    sheets.line(said["branch"], 12, 10)
    # Not part of what is said: the same words of another day are no correction.
    issued = timezone.localdate(certificate.issued_at)
    sheets.line(f"{_('Date of issue')}：{date_format(issued)}", 12, 9)
    return _end(sheets, certificate)
