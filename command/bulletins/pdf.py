"""A bulletin as PDF, A4. Chinese is set in a font that every reader of PDF has by agreement (Adobe's STSong-Light), so that neither this
machine nor a file beside it has to bring one."""

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

FONT = "STSong-Light"
MARGIN = 20 * mm
INK, SOFT, LINE, VIOLET = "#14202c", "#4e5c6c", "#c4ccd6", "#5a2bc0"


@cache
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


def written(text: str, language: str, facts: Sequence[tuple[str, str]], foot: str, mark: str = "") -> bytes:
    """The file: the text's first line as its title, `facts` as a table below, then the text; `foot` on every page, and `mark` across it
    where it is an exercise's or not approved."""
    title, _, body = text.partition("\n")
    made = BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="Tocsin",
        subject=mark,
        lang="zh-CN" if language == "zh" else "en",
        invariant=True,
    )
    styles = _styles(language)
    draw = _frame(foot, mark)
    document.build(list(_flow(title, body, facts, styles)), onFirstPage=draw, onLaterPages=draw)
    return made.getvalue()


def _styles(language: str) -> Mapping[str, ParagraphStyle]:
    """Chinese breaks between any two characters, English between words."""
    wrap = "CJK" if language == "zh" else None
    sizes = {"title": (16, 22, INK), "body": (10.5, 16, INK), "head": (11.5, 18, VIOLET), "cell": (9, 13, SOFT)}
    return {
        name: ParagraphStyle(
            name, fontName=_font(), fontSize=size, leading=leading, textColor=HexColor(color), wordWrap=wrap
        )
        for name, (size, leading, color) in sizes.items()
    }


def _flow(
    title: str, body: str, facts: Sequence[tuple[str, str]], styles: Mapping[str, ParagraphStyle]
) -> Sequence[Flowable]:
    found: list[Flowable] = [Paragraph(_plain(title), styles["title"]), Spacer(1, 4)]
    if facts:
        cells = [[Paragraph(_plain(each), styles["cell"]) for each in pair] for pair in facts]
        look = [("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        found += [Table(cells, [42 * mm, A4[0] - 2 * MARGIN - 42 * mm], style=look), Spacer(1, 8)]
    for block in body.strip().split("\n\n"):
        head, *rest = block.split("\n")
        listed = bool(rest) and all(line.startswith("- ") for line in rest)
        found.append(Paragraph(_plain(head), styles["head" if listed else "body"]))
        found += [Paragraph(_plain(line.replace("- ", "· ", 1)), styles["body"]) for line in rest]
        found.append(Spacer(1, 6))
    return found


def _frame(foot: str, mark: str) -> Any:
    """What every page bears: the mark across it, at its foot what it is and the page's number."""

    def draw(canvas: Any, document: Any) -> None:
        font = _font()
        if mark:
            canvas.saveState()
            canvas.setFillColor(HexColor(VIOLET), alpha=0.12)
            canvas.setFont(font, 60)
            canvas.translate(A4[0] / 2, A4[1] / 2)
            canvas.rotate(50)
            canvas.drawCentredString(0, 0, mark)
            canvas.restoreState()
        canvas.saveState()
        canvas.setFont(font, 8)
        canvas.setFillColor(HexColor(SOFT))
        canvas.drawString(MARGIN, 11 * mm, foot[:110])
        canvas.drawRightString(A4[0] - MARGIN, 11 * mm, str(document.page))
        canvas.restoreState()

    return draw


def _plain(text: str) -> str:
    """Text for a paragraph: no markup, nothing the font cannot draw."""
    return escape("".join(char for char in text if char.isprintable() and ord(char) <= 0xFFFF))
