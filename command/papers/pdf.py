"""A paper as PDF. Chinese is set in a font that every reader of PDF has by agreement (Adobe's STSong-Light), so that neither this machine
nor a file beside it has to bring one."""

import io
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from command.papers.paper import Block, Items, Pairs, Paper, Table, Words

FONT = "STSong-Light"
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
ROOM = 45 * mm
"""What a heading wants below it; with less it begins a new page."""
INK, SOFT, LINE, BAND, VIOLET = "#14202c", "#4e5c6c", "#c4ccd6", "#eef1f5", "#5a2bc0"


def written(paper: Paper) -> bytes:
    """The file."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = io.BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
        title=paper.title,
        author="Tocsin",
        subject=paper.mark,
        lang="zh-CN" if paper.language == "zh" else "en",
    )
    styles = _Styles(paper.language)
    document.build(list(_flow(paper, styles)), onFirstPage=_marked(paper), onLaterPages=_marked(paper))
    return made.getvalue()


class _Styles:
    """Styles of text; Chinese breaks between any two characters, English between words."""

    def __init__(self, language: str) -> None:
        wrap = "CJK" if language == "zh" else None
        self.body = self._style(9, 13.5, INK, wrap)
        self.cell = self._style(8, 11.5, INK, wrap)
        self.head = self._style(8, 11.5, SOFT, wrap)
        self.soft = self._style(8.5, 12.5, SOFT, wrap)
        self.h1 = self._style(18, 24, INK, wrap)
        self.h2 = self._style(12.5, 17, VIOLET, wrap, before=12, after=5)
        self.h3 = self._style(9.5, 14, INK, wrap, before=5)

    def _style(
        self, size: float, leading: float, color: str, wrap: str | None, before: float = 0, after: float = 2
    ) -> ParagraphStyle:
        return ParagraphStyle(
            f"s{size}{color}{before}",
            fontName=FONT,
            fontSize=size,
            leading=leading,
            textColor=HexColor(color),
            wordWrap=wrap,
            alignment=TA_LEFT,
            spaceBefore=before,
            spaceAfter=after,
        )


def _flow(paper: Paper, styles: _Styles) -> Any:
    if paper.mark:
        yield Paragraph(_plain(paper.mark), styles.h3)
    yield Paragraph(_plain(paper.title), styles.h1)
    yield Paragraph(_plain(paper.subtitle), styles.soft)
    for section in paper.sections:
        yield CondPageBreak(ROOM)
        yield Paragraph(_plain(section.title), styles.h2)
        for block in section.shown:
            yield from _block(block, styles)


def _block(block: Block, styles: _Styles) -> Any:
    if isinstance(block, Words):
        yield Paragraph(_plain(block.text), styles.soft)
    elif isinstance(block, Items):
        if block.title:
            yield Paragraph(_plain(block.title), styles.h3)
        for line in block.lines:
            yield Paragraph(f"· {_plain(line)}", styles.body)
    elif isinstance(block, Pairs):
        yield _grid([[title, value] for title, value in block.rows], (25, 75), styles, first=styles.head)
    else:
        yield _grid(block.rows, block.widths, styles, head=block)
        yield Spacer(1, 4)


def _grid(rows: Any, widths: Any, styles: _Styles, head: Table | None = None, first: Any = None) -> Flowable:
    """A table over the width of the page; its head is repeated on every page, and a row may go on over a page's end."""
    cells = [
        [Paragraph(_plain(cell), first if first and not at else styles.cell) for at, cell in enumerate(row)]
        for row in rows
    ]
    if head is not None:
        cells.insert(0, [Paragraph(_plain(cell), styles.head) for cell in head.head])
    looks: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if head is not None:
        looks.append(("BACKGROUND", (0, 0), (-1, 0), HexColor(BAND)))
    columns = [WIDTH * part / sum(widths) for part in widths]
    return Grid(cells, columns, repeatRows=1 if head else 0, style=looks, splitInRow=1)


def _marked(paper: Paper) -> Any:
    """What every page bears: the mark across it, at its head that it is an exercise, at its foot whose copy it is and the page's number."""

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(VIOLET), alpha=0.09)
        canvas.setFont(FONT, 62)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(52)
        for offset in (-190, 0, 190):
            canvas.drawCentredString(0, offset, paper.mark)
        canvas.restoreState()
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor(HexColor(VIOLET))
        canvas.drawString(MARGIN, A4[1] - 13 * mm, paper.headline[:90])
        canvas.setFillColor(HexColor(SOFT))
        canvas.drawString(MARGIN, 11 * mm, paper.line[:120])
        canvas.drawRightString(A4[0] - MARGIN, 11 * mm, str(document.page))
        canvas.restoreState()

    return draw


def _plain(text: str) -> str:
    """Text for a paragraph: no markup but line ends, nothing a font cannot draw."""
    kept = "".join(char for char in text if char == "\n" or (char.isprintable() and ord(char) <= 0xFFFF))
    return escape(kept).replace("\n", "<br/>")
