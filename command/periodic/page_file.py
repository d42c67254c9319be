"""A report as one HTML file that needs nothing beside it, for a mailbox or an archive of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from command.papers.paper import Paper
from command.people.language import HTML

STYLE = """body{font:15px/1.5 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;color:#14202c;max-width:70rem;margin:2rem auto;
padding:0 1rem}h2{border-bottom:1px solid #c4ccd6;margin-top:2rem}table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{border:1px solid #c4ccd6;padding:.25rem .5rem;text-align:left;vertical-align:top}th{background:#eef1f5}
.num{text-align:right;font-variant-numeric:tabular-nums}.mark{color:#8a1c1c;font-weight:700}.soft{color:#4e5c6c}"""


def written(paper: Paper, sections: Sequence[Mapping[str, Any]]) -> bytes:
    """The file, in UTF-8."""
    body = [Markup("<h1>{}</h1>").format(paper.title), Markup('<p class="soft">{}</p>').format(paper.subtitle)]
    if paper.mark:
        body.insert(0, Markup('<p class="mark">{}</p>').format(paper.mark))
    for section in sections:
        body.append(Markup("<h2>{}</h2>").format(section["title"]))
        shown = [_block(block) for block in section["blocks"]]
        body += shown or [Markup("<p>{}</p>").format(section["none"])]
    body.append(Markup('<p class="soft">{}</p>').format(paper.line))
    page = (
        f'<!doctype html>\n<html lang="{HTML[paper.language]}"><head><meta charset="utf-8">'
        f"<title>{escape(paper.title)}</title><style>{STYLE}</style></head>\n<body>\n"
    )
    return (page + "\n".join(body) + "\n</body></html>\n").encode()


def _block(block: Mapping[str, Any]) -> Markup:
    if block["sort"] == "words":
        return Markup("<p>{}</p>").format(block["text"])
    if block["sort"] == "pairs":
        rows = (Markup("<tr><th>{}</th><td>{}</td></tr>").format(name, value) for name, value in block["rows"])
        return Markup("<table>{}</table>").format(Markup("").join(rows))
    figures = set(block["figures"])
    head = Markup("").join(_cell("th", place in figures, text) for place, text in enumerate(block["head"]))
    lines = [Markup("<tr>{}</tr>").format(head)]
    for row in block["rows"]:
        cells = Markup("").join(_cell("td", place in figures, text) for place, text in enumerate(row))
        lines.append(Markup("<tr>{}</tr>").format(cells))
    return Markup("<table>{}</table>").format(Markup("\n").join(lines))


def _cell(tag: str, figure: bool, text: str) -> Markup:
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), Markup(' class="num"') if figure else "", text)
