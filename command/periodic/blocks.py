"""What a chapter says, as JSON keeps it: words, pairs and tables, whose rows may lead to a page. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from command.papers.paper import Block as OfPaper
from command.papers.paper import Pairs, Table, Words

Block = Mapping[str, Any]


def words(text: str) -> Block:
    """A paragraph."""
    return {"sort": "words", "text": text}


def pairs(rows: Sequence[tuple[str, str]]) -> Block:
    """What is called how, line by line."""
    return {"sort": "pairs", "rows": [list(row) for row in rows]}


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    figures: Sequence[int] = (),
    links: Sequence[str] = (),
) -> Block:
    """A table; `figures` are the columns that hold figures, `links` the pages behind the rows (empty: none)."""
    return {
        "sort": "table",
        "head": list(head),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "figures": list(figures),
        "links": list(links),
    }


def on_paper(block: Block) -> OfPaper:
    """The same for a paper, where nothing leads anywhere."""
    if block["sort"] == "words":
        return Words(block["text"])
    if block["sort"] == "pairs":
        return Pairs([(name, value) for name, value in block["rows"]])
    return Table(block["head"], block["rows"], block["widths"], block["figures"])
