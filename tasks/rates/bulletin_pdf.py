"""The bulletin as pages to print and to file: A4, with letterhead, tables and a foot."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tasks.rates import export
from tasks.rates.bulletin import Bulletin

if TYPE_CHECKING:
    from collections.abc import Sequence

# So many rows of a table are printed; the workbook and the portal have all.
MOST_ROWS = 40
RED = (179, 38, 30)


def pdf(shown: Bulletin) -> bytes:
    """The whole bulletin."""
    pages = _Pages(shown)
    pages.letterhead()
    pages.heading(_("Rates"))
    pages.table(export.rate_headings(shown)[:-1], [row[:-1] for row in export.rate_rows(shown)])
    for rate in shown.rates:
        pages.note(f"{rate.name}{_(': ')}{shown.definitions[rate.code]}")
    pages.note(_("Compared with the whole period before. By %(source)s") % {"source": shown.source})
    pages.heading(_("Counted"))
    pages.table([_("Figure"), *export.periods(shown)], export.count_rows(shown))
    for grouping, groups in shown.groups:
        name = str(capfirst(grouping.label))
        pages.heading(name)
        rows = [export.group_row(group, grouping)[:-1] for group in groups]
        pages.table([name, *export.group_headings()[:-1]], rows, first=3)
    pages.heading(_("Missing"))
    # Without the reporters' own words: what is printed lies about.
    rows = [[*row[:2], *row[3:]] for row in export.missing_rows(shown)]
    headings = export.missing_headings()
    pages.table([*headings[:2], *headings[3:]], rows)
    return bytes(pages.pdf.output())


class _Pages:
    """A document in the letters' font, its foot on every page."""

    def __init__(self, shown: Bulletin) -> None:
        from fpdf import FPDF  # 16 MB, which only a process that prints needs

        self.shown = shown
        foot = _("Internal · printed on %(day)s") % {
            "day": date_format(timezone.localdate(shown.now))
        }

        class Sheets(FPDF):
            def footer(self) -> None:
                self.set_y(-14)
                self.set_font("letter", size=8)
                self.set_text_color(110)
                self.cell(0, 6, f"{foot} · {self.page_no()}/{{nb}}", align="C")

        self.pdf: Any = Sheets(format="A4")
        self.pdf.add_font("letter", fname=str(settings.LETTER_FONT))
        self.pdf.set_auto_page_break(True, 18)
        self.pdf.set_title(f"{shown.name} {shown.title}")
        self.pdf.add_page()

    def letterhead(self) -> None:
        """Whose bulletin of which days, over a red rule."""
        shown, sheet = self.shown, self.pdf
        sheet.set_text_color(*RED)
        self._line(_("%(title)s: whistles and rates") % {"title": shown.title}, 22, 12, "C")
        sheet.set_text_color(0)
        self._line(shown.name, 14, 9, "C")
        self._line(shown.period.heading, 11, 7, "C")
        sheet.set_draw_color(*RED)
        sheet.set_line_width(0.6)
        sheet.line(sheet.l_margin, sheet.get_y() + 1, sheet.w - sheet.r_margin, sheet.get_y() + 1)
        sheet.set_line_width(0.2)
        sheet.set_draw_color(160)
        sheet.ln(4)

    def heading(self, text: str) -> None:
        self.pdf.ln(3)
        self._line(text, 13, 8)

    def note(self, text: str) -> None:
        self.pdf.set_text_color(90)
        self._line(text, 9, 5)
        self.pdf.set_text_color(0)

    def table(
        self, headings: "Sequence[str]", rows: "Sequence[Sequence[Any]]", *, first: int = 2
    ) -> None:
        """Rows under headings; `first` is how much wider the first column is than the others."""
        if not rows:
            self.note(_("Nothing in this period."))
            return
        self.pdf.set_font("letter", size=9)
        widths = (first, *([1.4] * (len(headings) - 1)))
        with self.pdf.table(
            col_widths=widths, line_height=5.5, padding=0.8, text_align="LEFT",
            first_row_as_headings=True, headings_style=self._plain(),
        ) as table:  # fmt: skip
            for values in (headings, *rows[:MOST_ROWS]):
                row = table.row()
                for value in values:
                    row.cell(str(value))
        if (more := len(rows) - MOST_ROWS) > 0:
            self.note(_("%(count)d more stand in the workbook.") % {"count": more})

    @staticmethod
    def _plain() -> Any:
        from fpdf.fonts import FontFace

        return FontFace(emphasis="", fill_color=(242, 242, 242))

    def _line(self, text: str, size: int, height: float, align: str = "L") -> None:
        self.pdf.set_font("letter", size=size)
        self.pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT", align=align)
