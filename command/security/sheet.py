"""The list of an incident's evidence with hashes and custody, to take away: CSV and PDF. Taking it is on record."""

import csv
import io
from collections.abc import Iterator
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from command.security.views import EvidenceOut, LinkOut

FONT = "STSong-Light"
"""A font that every reader of PDF has by agreement, so that nothing has to be brought."""
HEAD = ("evidence", "form", "name", "sha256", "bytes", "place", "taken_at", "taken_by", "state", "sealed", "keeper")
LINK = ("act", "at", "by", "to", "where", "ok", "words")
FORMULAS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def as_csv(number: str, items: list[EvidenceOut]) -> str:
    """One line a link of custody; cells that a spreadsheet would take for formulas begin with an apostrophe."""
    made = io.StringIO()
    out = csv.writer(made)
    out.writerow(("incident", *HEAD, *LINK))
    for item in items:
        for link in item.custody:
            out.writerow([_safe(cell) for cell in (number, *_cells(item), *_link(link))])
    return made.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" \n\u3000").startswith(FORMULAS) else cell


def _cells(item: EvidenceOut) -> Iterator[str]:
    yield f"E{item.label}"
    yield item.form
    yield item.file_name or item.description or ""
    yield item.sha256 or ""
    yield "" if item.size is None else str(item.size)
    yield item.place
    yield item.taken_at.isoformat(timespec="seconds")
    yield item.taken_by.username if item.taken_by else ""
    yield item.state
    yield "sealed" if item.sealed else ""
    yield item.outside or (item.keeper.username if item.keeper else "")


def _link(link: LinkOut) -> Iterator[str]:
    yield link.act
    yield link.at.isoformat(timespec="seconds")
    yield link.by.username if link.by else ""
    yield link.outside or (link.to.username if link.to else "")
    yield link.place
    yield "" if link.ok is None else "same" if link.ok else "changed"
    yield link.words or ""


def as_pdf(title: str, mark: str, items: list[EvidenceOut]) -> bytes:
    """A paper of the same: each piece of evidence with its hash, and its chain of custody below. `mark` says who took it, and when."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = io.BytesIO()
    paper = SimpleDocTemplate(
        made,
        pagesize=landscape(A4),
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
        title=title,
        author="Tocsin",
        subject=mark,
    )
    paper.build(list(_flow(title, mark, items)))
    return made.getvalue()


def _flow(title: str, mark: str, items: list[EvidenceOut]) -> Iterator[Paragraph | Spacer]:
    large, body = _style(15), _style(8)
    yield Paragraph(_plain(title), large)
    yield Paragraph(_plain(mark), body)
    for item in items:
        yield Spacer(1, 4 * mm)
        yield Paragraph(_plain(" · ".join(filter(None, _cells(item)))), _style(10))
        for link in item.custody:
            yield Paragraph(_plain("— " + " · ".join(filter(None, _link(link)))), body)


def _style(size: float) -> ParagraphStyle:
    return ParagraphStyle(f"s{size}", fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK")


def _plain(text: str) -> str:
    """Text for a paragraph: no markup, nothing the font cannot draw."""
    return escape("".join(char for char in text if char.isprintable() and ord(char) <= 0xFFFF))
