"""A certificate as PDF, A4 landscape. Chinese is set in a font that every reader of PDF brings along (Adobe-GB1), so none has to be
installed here."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
WIDTH, HEIGHT = landscape(A4)
_EDGE, _LINE = 36, 22


@cache
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


def written(title: str, name: str, lines: Sequence[str], small: Sequence[str], mark: str = "") -> bytes:
    """The file: `title` over `name` over `lines`, `small` print at the foot; `mark` stands across the sheet, as of a revoked one."""
    made = BytesIO()
    sheet = Canvas(made, pagesize=(WIDTH, HEIGHT), invariant=True)
    sheet.setTitle(f"{title} {name}")
    font = _font()
    sheet.setLineWidth(2)
    sheet.rect(_EDGE, _EDGE, WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE)
    sheet.setLineWidth(0.5)
    sheet.rect(_EDGE + 6, _EDGE + 6, WIDTH - 2 * _EDGE - 12, HEIGHT - 2 * _EDGE - 12)
    if mark:
        _across(sheet, font, mark)
    _centred(sheet, font, 30, HEIGHT - 130, title)
    _centred(sheet, font, 26, HEIGHT - 195, name)
    for at, line in enumerate(lines):
        _centred(sheet, font, 15, HEIGHT - 250 - at * 1.5 * _LINE, line)
    for at, line in enumerate(reversed(small)):
        _centred(sheet, font, 10, _EDGE + 28 + at * 16, line)
    sheet.showPage()
    sheet.save()
    return made.getvalue()


def _centred(sheet: Canvas, font: str, size: float, y: float, text: str) -> None:
    """A line in the middle, smaller where it would not fit."""
    room = WIDTH - 2 * _EDGE - 60
    while size > 6 and pdfmetrics.stringWidth(text, font, size) > room:
        size -= 1
    sheet.setFont(font, size)
    sheet.drawCentredString(WIDTH / 2, y, text)


def _across(sheet: Canvas, font: str, mark: str) -> None:
    sheet.saveState()
    sheet.setFillGray(0.8)
    sheet.translate(WIDTH / 2, HEIGHT / 2)
    sheet.rotate(25)
    sheet.setFont(font, 90)
    sheet.drawCentredString(0, -30, mark)
    sheet.restoreState()
