"""Polls on paper and as files: notice, printed ballots, poster, the roll for an official platform."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings as site
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.attachments.sheets import Sheets
from orgs.audit import audit
from orgs.templatetags.portal import square_metres
from residents.deliberation.enums import (
    Choice,
    Matter,
    PollMode,
    PollState,
    QuestionKind,
    Rule,
)
from residents.deliberation.models import Poll, RollEntry
from residents.deliberation.polls import poll_settings, queries, questions
from residents.deliberation.polls.count import tallies
from residents.deliberation.polls.count.rule_sheets import MATTER_SENTENCES, Sheet
from residents.deliberation.polls.course.workflow import disputable_until

if TYPE_CHECKING:
    from orgs.models import User


def address_of(poll: Poll) -> str:
    """The whole address of a poll's page, for paper."""
    return f"{site.SITE_URL}{reverse('deliberation:poll', args=[poll.pk])}"


def address_of_entry(poll: Poll, entry: RollEntry) -> str:
    """Where the code of a printed ballot leads: the entry at the desk, or the voter's own ballot."""
    return f"{site.SITE_URL}{reverse('deliberation:poll_entry', args=[poll.pk, entry.number])}"


def notice(poll: Poll) -> bytes:
    """The notice of an announced poll, or of its result (274号 30: at once, as provisional), as PDF."""
    sheets = Sheets("A4")
    sheets.page()
    sheet = Sheet.from_dict(poll.sheet or {})
    if poll.rehearsal:
        sheets.line(_("[Rehearsal] Never a decision."), 16, 12)
    result = poll.result or (tallies.tally(poll).as_dict() if poll.is_counted else None)
    if result is None:
        heading = _("Notice of a vote")
    elif poll.state == PollState.PUBLISHED:
        heading = pgettext("of a poll", "Result")
    else:
        heading = _("Provisional result")
    sheets.line(heading, 20, 14)
    sheets.line(f"{poll.unit.path_name} · {poll.title}", 14, 10)
    sheets.line(str(poll.get_mode_display()))
    for asked in asked_of(poll):
        sheets.line(asked.text, 13, 9)
        if asked.how:
            sheets.line(f"{'、'.join(asked.options)}（{asked.how}）", 11, 8)
    if poll.matter:
        sheets.line(f"{poll.get_matter_display()} {_(MATTER_SENTENCES[Matter(poll.matter)])}")
    sheets.line(sheet.text)
    if sheet.sources:
        sheets.line(_("Legal source: %(sources)s") % {"sources": "；".join(sheet.sources)}, 9, 6)
    sheets.line(
        _("Voting from %(opens)s until %(closes)s")
        % {"opens": _moment(poll.opens_at), "closes": _moment(poll.closes_at)}
    )
    if result is not None:
        _result(sheets, poll, result)
        if poll.state == PollState.CLOSED:
            sheets.line(_provisional(poll), 10, 7)
    elif poll.state == PollState.CLOSED:
        sheets.line(
            _("Voting is closed; the official result is not entered yet.")
            if poll.lacks_result
            else _("Voting is closed; the result is not published yet.")
        )
    sheets.line(_("SHA-256 of the announced text: %(hash)s") % {"hash": poll.text_sha256}, 8, 5)
    if poll.roll_sha256:
        sheets.line(_("SHA-256 of the roll: %(hash)s") % {"hash": poll.roll_sha256}, 8, 5)
    sheets.line(_posted(poll), 9, 6)
    sheets.code(address_of(poll))
    return sheets.content


def _posted(poll: Poll) -> str:
    """How long the notice stays posted; of a result until which day, and that one may object."""
    if poll.posted_until is None:
        days = poll_settings.of(poll).publication_days
        return _("Posted for at least %(days)d days.") % {"days": days}
    day = date_format(poll.posted_until)
    if poll.rule == Rule.LIFT:
        sentence = _("Posted until %(day)s, at least ten working days; whoever the lift affects "
                     "objects until then in writing, under the real name.")  # fmt: skip
    else:
        sentence = _("Posted until %(day)s; whoever is concerned objects until then.")
    return sentence % {"day": day}


@dataclass(frozen=True)
class Asked:
    """A question as paper shows it: with its answers, and how many may be chosen ("": one)."""

    text: str
    options: list[str]
    how: str


def asked_of(poll: Poll) -> list[Asked]:
    """What is voted on, in the words of paper; of an election the candidates."""
    settings = poll_settings.of(poll)
    found = []
    for number, question in enumerate(poll.questions, start=1):
        text = f"{number}. {question['text']}"
        if poll.rule == Rule.ELECTION:
            options, most = list(settings.candidates), settings.seats
        elif question["kind"] == QuestionKind.YES_NO:
            found.append(Asked(text, [str(choice.label) for choice in Choice], ""))
            continue
        else:
            options, most = question["options"], question["max"]
        how = _("choose one") if most == 1 else _("choose at most %(most)d") % {"most": most}
        found.append(Asked(text, options, how))
    return found


def _provisional(poll: Poll) -> str:
    """Until when households can say that a ballot was not theirs, and that the result waits for it."""
    last = disputable_until(poll)
    if last is None:
        return _("It is final once it is published.")
    sentence = _("Until %(day)s every household can say that a ballot recorded for it is not its own; "
                 "the result is published after that.")  # fmt: skip
    return sentence % {"day": date_format(last)}


def _result(sheets: Sheets, poll: Poll, result: dict[str, Any]) -> None:
    """The numbers of each question: of options and candidates each one's, else the sides'."""
    texts = {question["id"]: question["text"] for question in poll.questions}
    by_area = (poll.sheet or {})["by_area"]
    for row in result["questions"]:
        verdict = _("passed") if row["passed"] else _("not passed")
        if poll.mode == PollMode.ADVISORY:
            verdict = questions.opinion(row)
        sheets.line(f"{texts[row['id']]}: {verdict}", 13, 9)
        for what, show in (("people", str), ("area", square_metres)):
            if what == "people" or by_area:
                sheets.line(_counted(row[what], what, show, bool(row["options"])), 10)
        for option in row["options"]:
            votes = _option_votes(option["people"], option["area"] if by_area else 0)
            mark = (
                " · "
                + (_("chosen") if poll.rule == Rule.ELECTION else pgettext("an option", "chosen"))
                if option["chosen"]
                else ""
            )
            sheets.line(f"{option['option']}: {votes}{mark}", 11)
        if row["vetoes"]:
            sheets.line(
                _("Without consent of those whose own part is taken: %(count)d")
                % {"count": row["vetoes"]}
            )


def _option_votes(people: int, area: int) -> str:
    """How many chose an option, with their area where it counts."""
    return f"{people} · {square_metres(area)}" if area else str(people)


def _counted(numbers: dict[str, int], what: str, show: Any, options: bool) -> str:
    words = {
        "what": pgettext("number of them", "People") if what == "people" else _("Area"),
        "total": show(numbers["total"]), "part": show(numbers["participating"]),
        "for": show(numbers["for"]), "against": show(numbers["against"]),
        "abstain": show(numbers["abstain"]),
    }  # fmt: skip
    if options:
        return _("%(what)s: %(total)s on the roll, %(part)s took part") % words
    return (
        _("%(what)s: %(total)s on the roll, %(part)s took part; for %(for)s, "
          "against %(against)s, abstained %(abstain)s") % words
    )  # fmt: skip


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def ballots(poll: Poll, entries: Iterable[RollEntry]) -> bytes:
    """A printed ballot for each entry, with its number and a QR code; no names.

    Of a secret poll nothing on it tells whose it is.
    """
    sheets = Sheets((148, 210))  # A5
    for entry in entries:
        sheets.page()
        heading = _("Ballot No. %(number)d") % {"number": entry.number}
        sheets.line(_("Ballot") if poll.is_secret else heading, 18, 12)
        sheets.line(f"{poll.unit.path_name} · {poll.title}", 12, 8)
        flats = "、".join(part.label for part in entry.parts.all())
        if flats and not poll.is_secret:
            sheets.line(f"{flats} · {square_metres(entry.area)}", 10, 6)
        for asked in asked_of(poll):
            sheets.line(f"{asked.text}（{asked.how}）" if asked.how else asked.text, 12, 8)
            sheets.line("    ".join(f"□ {option}" for option in asked.options), 13, 10)
        if not poll.is_secret:
            sheets.line(_("Signature: ____________  Date: ____________"), 11, 12)
            sheets.code(address_of_entry(poll, entry), 25)
    return sheets.content


def poster(poll: Poll) -> bytes:
    """A poster for the lift: what it is about, until when, and the code of the page."""
    sheets = Sheets("A4")
    sheets.page()
    sheets.line(_("Please vote"), 40, 24)
    sheets.line(poll.title, 26, 16)
    for asked in asked_of(poll):
        sheets.line(asked.text, 14, 10)
        if asked.how:
            sheets.line(f"{'、'.join(asked.options)}（{asked.how}）", 12, 8)
    sheets.line(_("until %(until)s") % {"until": _moment(poll.closes_at)}, 20, 14)
    if poll.is_held_elsewhere:
        sheets.line(_("Votes are not cast on this page: scan for where and how."), 14, 10)
    else:
        sheets.line(_("Scan, sign in, vote. On paper: at the desk of the poll."), 14, 10)
    sheets.code(address_of(poll), 110)
    return sheets.content


def roll_file(poll: Poll, *, by: "User", now: datetime) -> bytes:
    """The frozen roll as a workbook; fetching it is on record.

    An official platform needs whole names; elsewhere they are as the reader may see them.
    """
    reader = queries.NameReader.of(by, poll)
    if poll.mode == PollMode.OFFICIAL_PLATFORM:
        reader = queries.NameReader(by, in_full=True)
    from openpyxl import Workbook  # 15 MB, which only a process that writes one needs

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
