"""The letter to a door: who writes, why, the code, whom to ask, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.enums import ServiceKind, UnitKind
from orgs.models import ServicePoint, Unit
from orgs.values import qr

if TYPE_CHECKING:
    from fpdf import FPDF

    from orgs.models import User
    from residents.models import Household

# Millimetres of an A5 sheet.
WIDTH, HEIGHT, MARGIN = 148, 210, 14
# What begins no line, and the room for it in millimetres.
STOPS, STOP = "，。；：、！？）”》,.;:!?)", 3.5
RED, INK, SOFT, LINE = (179, 38, 30), (29, 33, 41), (75, 85, 99), (200, 205, 212)


@dataclass(frozen=True)
class Letterhead:
    """Who writes to the doors of a building: the community, its number, and a person to ask."""

    street: str
    community: str
    phone: str
    person: str

    @classmethod
    def of(cls, building: Unit, by: "User") -> "Letterhead":
        """The number is what the nearest place names to everybody as its community on duty."""
        above = list(building.get_ancestors())
        names = {unit.kind: unit.name for unit in above}
        return cls(
            street=names.get(UnitKind.STREET, ""),
            community=names.get(UnitKind.COMMUNITY, ""),
            phone=community_phone(building),
            person=by.name,
        )


def community_phone(place: Unit) -> str:
    """The number of the community on duty that is nearest to a place; empty where none is entered."""
    return community_phones([place])[place.pk]


def community_phones(places: Iterable[Unit]) -> dict[int, str]:
    """By place, the number of the community on duty that is nearest to it; empty where none is entered.

    One statement, however many places.
    """
    places = list(places)
    points = ServicePoint.objects.filter(
        unit__tree_id__in={place.tree_id for place in places},
        kind=ServiceKind.COMMUNITY,
        ends=None,
    ).exclude(phone="")
    nearest_first = [
        (point.unit, point.phone)
        for point in points.select_related("unit").order_by("-unit__level", "pk")
    ]
    return {
        place.pk: next(
            (
                phone
                for unit, phone in nearest_first
                if unit.tree_id == place.tree_id and unit.lft <= place.lft <= unit.rght
            ),
            "",
        )
        for place in places
    }


def pdf(
    doors: Iterable[tuple["Household", str]],
    *,
    building: Unit,
    by: "User",
    until: datetime,
    now: datetime,
) -> bytes:
    """A sheet (A5) for each household with its code, in the language of the place."""
    from fpdf import FPDF  # 16 MB, which only a process that prints letters needs

    sheet = FPDF(format=(WIDTH, HEIGHT))
    sheet.set_auto_page_break(False)
    sheet.set_margin(MARGIN)
    sheet.add_font("letter", fname=str(settings.LETTER_FONT))
    # Residents read it, whatever language its printer reads the portal in.
    with translation.override(settings.LANGUAGE_CODE):
        head = Letterhead.of(building, by)
        for household, code in doors:
            sheet.add_page()
            _letterhead(sheet, head)
            _words(sheet, f"{building.path_name} {household.door}")
            _code(sheet, household, code, timezone.localdate(until))
            _questions(sheet, head, timezone.localdate(now))
    return bytes(sheet.output())


def _write(sheet: "FPDF", text: str, size: float, colour: Any = INK, **options: Any) -> None:
    """A paragraph over the whole width; `bold` draws the strokes as well."""
    bold = options.pop("bold", False)
    sheet.set_font("letter", size=size)
    sheet.set_text_color(*colour)
    sheet.set_draw_color(*colour)
    mode = {"text_mode": "FILL_STROKE", "line_width": size / 90} if bold else {}
    width = options.pop("width", sheet.epw)
    with sheet.local_context(**mode):
        sheet.multi_cell(
            width, options.pop("line", size * 0.58), _wrapped(sheet, text, width),
            new_x="LMARGIN", new_y="NEXT", **options,
        )  # fmt: skip


def _wrapped(sheet: "FPDF", text: str, width: float) -> str:
    """Chinese breaks after any character, but no line begins with a stop: it hangs over the edge."""
    lines = [""]
    for letter in text:
        full = sheet.get_string_width(lines[-1] + letter) > width - 2 * sheet.c_margin - STOP
        if full and letter not in STOPS:
            lines.append("")
        lines[-1] += letter
    return "\n".join(lines)


def _rule(sheet: "FPDF", height: float, width: float, colour: Any) -> None:
    sheet.set_draw_color(*colour)
    sheet.set_line_width(width)
    sheet.line(MARGIN, height, WIDTH - MARGIN, height)


def _letterhead(sheet: "FPDF", head: Letterhead) -> None:
    sheet.set_y(12)
    if head.street:
        _write(sheet, head.street, 11, RED, align="C")
    _write(sheet, head.community, 19, RED, align="C", bold=True, line=10)
    below = sheet.get_y() + 2
    _rule(sheet, below, 0.8, RED)
    _rule(sheet, below + 1.2, 0.2, RED)
    sheet.set_y(below + 6)
    _write(sheet, _("Letter to the household: confirm who lives here"), 14, align="C", bold=True)


def _words(sheet: "FPDF", address: str) -> None:
    sheet.set_y(sheet.get_y() + 4)
    _write(sheet, _("To the household of %(address)s:") % {"address": address}, 11, bold=True)
    sheet.set_y(sheet.get_y() + 1.5)
    purpose = _(
        "The community is confirming who owns and who lives in each home, so that you can report "
        "repairs, follow how they are handled, and take part in discussions and votes of your "
        "compound on your telephone. It is voluntary and costs nothing; you can also bring your "
        "papers to the community's office."
    )
    _write(sheet, purpose, 10.5, line=6.2)


def _code(sheet: "FPDF", household: "Household", code: str, until: date) -> None:
    """The code in boxes, how it is used, and beside it the picture that leads to the page."""
    top, picture = sheet.get_y() + 4, 38
    address = settings.SITE_URL + reverse("residents:claim_home", args=[household.code])
    sheet.image(qr.png(address), x=WIDTH - MARGIN - picture, y=top, w=picture)
    width = WIDTH - 2 * MARGIN - picture - 5
    steps = (
        _("1. Scan the picture with WeChat or the camera."),
        _("2. Sign in with your mobile number."),
        _("3. Say how you belong to this home, and enter the code below."),
    )
    sheet.set_y(top)
    for step in steps:
        _write(sheet, step, 10, width=width, line=6.2)
        sheet.set_y(sheet.get_y() + 1.5)
    note = _("Good until %(day)s, once.") % {"day": date_format(until)}
    _write(sheet, note, 10, RED, width=width, bold=True)
    sheet.set_y(max(sheet.get_y(), top + picture) + 4)
    _boxes(sheet, code)


def _boxes(sheet: "FPDF", code: str) -> None:
    _write(sheet, _("Code of this home"), 9.5, SOFT, align="C")
    size, gap, middle = 11, 1.5, 5
    whole = len(code) * size + (len(code) - 2) * gap + middle
    left, top = (WIDTH - whole) / 2, sheet.get_y() + 1.5
    sheet.set_font("letter", size=20)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(*LINE)
    sheet.set_line_width(0.4)
    for number, letter in enumerate(code):
        x = left + number * (size + gap) + (middle - gap if number >= len(code) // 2 else 0)
        sheet.set_xy(x, top)
        sheet.cell(size, size + 2, letter, border=1, align="C")
    sheet.set_xy(MARGIN, top + size + 5)


def _questions(sheet: "FPDF", head: Letterhead, today: date) -> None:
    warning = _(
        "Show this code to nobody outside of your home. Nobody from the community calls to ask "
        "for it, for money or for a password. If this letter is not for you, give it back."
    )
    _write(sheet, warning, 9.5, SOFT, line=5.4)
    sheet.set_y(sheet.get_y() + 2)
    asks = _("Ask: %(person)s") % {"person": head.person} if head.person else ""
    phone = _("Telephone of the community: %(phone)s") % {"phone": head.phone} if head.phone else ""
    if questions := "    ".join(filter(None, (asks, phone))):
        _write(sheet, questions, 10.5, bold=True)
    sheet.set_y(HEIGHT - 26)
    _write(sheet, head.community, 10.5, align="R")
    _write(sheet, date_format(today), 10.5, align="R")
