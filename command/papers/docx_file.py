"""A paper as DOCX, to be edited: headings, lists and tables of the word processor's own, the mark behind the text of every page."""

import io
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from command.papers.paper import Block, Items, Pairs, Paper, Table, Words

LATIN, HAN = "Calibri", "SimSun"
VIOLET = RGBColor(0x5A, 0x2B, 0xC0)
_MARK = """<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="mark" type="#_x0000_t136" style="position:absolute;width:440pt;height:96pt;rotation:315;z-index:-251658752;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin" fillcolor="#d9cef5" stroked="f"><v:fill opacity=".5"/>
<v:textpath style="font-family:&quot;SimSun&quot;;font-size:1pt" string="{mark}"/></v:shape></w:pict></w:r>"""


def written(paper: Paper) -> bytes:
    """The file."""
    document = Document()
    _fonts(document)
    _edges(document, paper)
    document.add_heading(_plain(paper.title), 0)
    document.add_paragraph(_plain(" · ".join(filter(None, (paper.mark, paper.subtitle)))))
    for section in paper.sections:
        document.add_heading(_plain(section.title), 1)
        for block in section.shown:
            _block(document, block)
    document.core_properties.title = _plain(paper.title)
    document.core_properties.author = "Tocsin"
    document.core_properties.subject = paper.mark
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _fonts(document: Any) -> None:
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), HAN)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        if name != "Normal":
            style.font.color.rgb = VIOLET
    document.styles["Normal"].font.size = Pt(10)


def _edges(document: Any, paper: Paper) -> None:
    """The head of every page with the mark behind its text, and the foot that says whose copy it is."""
    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.text = _plain(paper.headline)
    if paper.mark:
        head._p.append(parse_xml(_MARK.format(mark=paper.mark)))
    section.footer.paragraphs[0].text = _plain(paper.line)


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Words):
        document.add_paragraph(_plain(block.text))
    elif isinstance(block, Items):
        if block.title:
            document.add_heading(_plain(block.title), 2)
        for line in block.lines:
            document.add_paragraph(_plain(line), style="List Bullet")
    elif isinstance(block, Pairs):
        _grid(document, [list(row) for row in block.rows], (25, 75))
    else:
        _grid(document, block.rows, block.widths, block)


def _grid(document: Any, rows: Any, widths: Any, head: Table | None = None) -> None:
    lines = [*([list(head.head)] if head else []), *rows]
    table = document.add_table(rows=0, cols=len(lines[0]))
    table.style = "Table Grid"
    whole = document.sections[0].page_width - document.sections[0].left_margin - document.sections[0].right_margin
    for number, line in enumerate(lines):
        row = table.add_row()
        for cell, text, part in zip(row.cells, line, widths, strict=True):
            cell.width = int(whole * part / sum(widths))
            cell.text = _plain(text)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9)
                run.bold = bool(head) and number == 0
    document.add_paragraph()


def _plain(text: str) -> str:
    """Text that XML can hold."""
    return "".join(
        char for char in text if char in "\n\t" or (char.isprintable() and not 0xD800 <= ord(char) <= 0xDFFF)
    )
