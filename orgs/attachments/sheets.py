"""Pages to print: paragraphs and codes in the letters' font, as PDF."""

from django.conf import settings

from orgs.values import qr


class Sheets:
    """A document of A4 or A5 pages."""

    def __init__(self, size: str | tuple[int, int] = "A4") -> None:
        from fpdf import FPDF  # 16 MB, which only a process that prints needs

        self.pdf = FPDF(format=size)
        self.pdf.add_font("letter", fname=str(settings.LETTER_FONT))

    def page(self) -> None:
        self.pdf.add_page()

    def line(self, text: str, size: int = 11, height: float = 7, align: str = "J") -> None:
        """A paragraph."""
        self.pdf.set_font("letter", size=size)
        self.pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT", align=align)

    def code(self, text: str, width: int = 35) -> None:
        """A QR code."""
        self.pdf.image(qr.png(text), w=width)

    @property
    def content(self) -> bytes:
        return bytes(self.pdf.output())
