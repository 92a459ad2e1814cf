"""Polls on paper and as files: notice, printed ballots, poster, the roll for an official platform."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import qrcode
from django.conf import settings as site
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook

from orgs.audit import audit
from orgs.templatetags.portal import square_metres
from residents.deliberation.enums import Choice, Matter, PollMode, QuestionKind
from residents.deliberation.models import Poll, RollEntry
from residents.deliberation.polls import poll_settings, queries
from residents.deliberation.polls.count.rule_sheets import MATTER_SENTENCES, Sheet

if TYPE_CHECKING:
    from orgs.models import User


def address_of(poll: Poll) -> str:
    """The whole address of a poll's page, for paper."""
    return f"{site.SITE_URL}{reverse('deliberation:poll', args=[poll.pk])}"


class Sheets:
    """A document of A4 or A5 pages in the letters' font."""

    def __init__(self, size: str) -> None:
        from fpdf import FPDF  # 16 MB, which only a process that prints needs

        self.pdf = FPDF(format=size)
        self.pdf.add_font("letter", fname=str(site.LETTER_FONT))

    def page(self) -> None:
        self.pdf.add_page()

    def line(self, text: str, size: int = 11, height: float = 7) -> None:
        """A paragraph."""
        self.pdf.set_font("letter", size=size)
        self.pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT")

    def code(self, text: str, width: int = 35) -> None:
        """A QR code."""
        out = io.BytesIO()
        qrcode.make(text, border=1).save(out)
        out.seek(0)
        self.pdf.image(out, w=width)

    @property
    def content(self) -> bytes:
        return bytes(self.pdf.output())


def notice(poll: Poll) -> bytes:
    """The notice of an announced poll, or of its result (274号 30), as PDF."""
    sheets = Sheets("A4")
    sheets.page()
    sheet = Sheet.from_dict(poll.sheet or {})
    if poll.rehearsal:
        sheets.line(_("[Rehearsal] Never a decision."), 16, 12)
    sheets.line(
        pgettext("of a poll", "Result") if poll.is_counted else _("Notice of a vote"), 20, 14
    )
    sheets.line(f"{poll.unit.path_name} · {poll.title}", 14, 10)
    sheets.line(str(poll.get_mode_display()))
    for number, question in enumerate(poll.questions, start=1):
        sheets.line(f"{number}. {question['text']}", 13, 9)
    if poll.matter:
        sheets.line(f"{poll.get_matter_display()} {_(MATTER_SENTENCES[Matter(poll.matter)])}")
    sheets.line(sheet.text)
    sheets.line(_("Legal source: %(sources)s") % {"sources": "；".join(sheet.sources)}, 9, 6)
    sheets.line(
        _("Voting from %(opens)s until %(closes)s")
        % {"opens": _moment(poll.opens_at), "closes": _moment(poll.closes_at)}
    )
    if poll.result:
        _result(sheets, poll)
    sheets.line(_("SHA-256 of the announced text: %(hash)s") % {"hash": poll.text_sha256}, 8, 5)
    if poll.roll_sha256:
        sheets.line(_("SHA-256 of the roll: %(hash)s") % {"hash": poll.roll_sha256}, 8, 5)
    days = poll_settings.of(poll).publication_days
    sheets.line(_("Posted for at least %(days)d days.") % {"days": days}, 9, 6)
    sheets.code(address_of(poll))
    return sheets.content


def _result(sheets: Sheets, poll: Poll) -> None:
    texts = {question["id"]: question["text"] for question in poll.questions}
    for row in (poll.result or {})["questions"]:
        verdict = _("passed") if row["passed"] else _("not passed")
        sheets.line(f"{texts[row['id']]}: {verdict}", 13, 9)
        for what, show in (("people", str), ("area", square_metres)):
            numbers = row[what]
            sheets.line(
                _("%(what)s: %(total)s on the roll, %(part)s took part; for %(for)s, "
                  "against %(against)s, abstained %(abstain)s")
                % {
                    "what": pgettext("number of them", "People") if what == "people" else _("Area"),
                    "total": show(numbers["total"]), "part": show(numbers["participating"]),
                    "for": show(numbers["for"]), "against": show(numbers["against"]),
                    "abstain": show(numbers["abstain"]),
                },
                10,
            )  # fmt: skip


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def ballots(poll: Poll, entries: Iterable[RollEntry]) -> bytes:
    """A printed ballot for each entry, with its number and a QR code; no names.

    Of a secret poll nothing on it tells whose it is.
    """
    sheets = Sheets("A5")
    for entry in entries:
        sheets.page()
        heading = _("Ballot No. %(number)d") % {"number": entry.number}
        sheets.line(_("Ballot") if poll.is_secret else heading, 18, 12)
        sheets.line(f"{poll.unit.path_name} · {poll.title}", 12, 8)
        flats = "、".join(part.label for part in entry.parts.all())
        if flats and not poll.is_secret:
            sheets.line(f"{flats} · {square_metres(entry.area)}", 10, 6)
        for number, question in enumerate(poll.questions, start=1):
            sheets.line(f"{number}. {question['text']}", 12, 8)
            options = (
                [str(choice.label) for choice in Choice]
                if question["kind"] == QuestionKind.YES_NO
                else question["options"]
            )
            sheets.line("    ".join(f"□ {option}" for option in options), 13, 10)
        if not poll.is_secret:
            sheets.line(_("Signature: ____________  Date: ____________"), 11, 12)
            sheets.code(f"{address_of(poll)}#{entry.number}", 25)
    return sheets.content


def poster(poll: Poll) -> bytes:
    """A poster for the lift: what it is about, until when, and the code of the page."""
    sheets = Sheets("A4")
    sheets.page()
    sheets.line(_("Please vote"), 40, 24)
    sheets.line(poll.title, 26, 16)
    sheets.line(_("until %(until)s") % {"until": _moment(poll.closes_at)}, 20, 14)
    sheets.line(_("Scan, sign in, vote. On paper: at the desk of the owners' committee."), 14, 10)
    sheets.code(address_of(poll), 110)
    return sheets.content


def roll_file(poll: Poll, *, by: "User", now: datetime) -> bytes:
    """The frozen roll as a workbook; fetching it is on record.

    An official platform needs whole names; elsewhere they are as the reader may see them.
    """
    reader = queries.NameReader.of(by, poll)
    if poll.mode == PollMode.OFFICIAL_PLATFORM:
        reader = queries.NameReader(by, in_full=True)
    book = Workbook(write_only=True)
    page = book.create_sheet(_("Roll"))
    page.append([_("No."), _("voter"), _("flats"), _("area (m²)"), _("people")])
    for entry in entries_to_print(poll):
        page.append(
            [
                entry.number,
                _plain(reader.name(entry)),
                "、".join(_plain(part.label) for part in entry.parts.all()),
                entry.area / 100,
                1,
            ]
        )
    out = io.BytesIO()
    book.save(out)
    audit.record("deliberation.fetch-roll", by=by, obj=poll, now=now)
    return out.getvalue()


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


def entries_to_print(poll: Poll) -> Any:
    """The entries of a roll with their flats, in order."""
    found = RollEntry.objects.filter(poll=poll, is_void=False).prefetch_related("parts")
    found = found.select_related("person", "successor")
    return found.order_by("number")
