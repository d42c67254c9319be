"""The text of a page: the caller's template with the ways to answer that the gateways leave open. Pure."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifiers.base import Capabilities

_CLAUSE = re.compile(r"\[([^\[\]]*\{(?:code|link)\}[^\[\]]*)\]")
_COLON = re.compile("：|: ")
_MARK = re.compile(r"\{\{|\}\}|\{code\}|\{link\}")


@dataclass(frozen=True, slots=True)
class Ways:
    """How a page may be answered: by replying with its code, by opening its link."""

    code: bool
    link: bool


def ways(gateways: Sequence[Capabilities]) -> Ways:
    """What a page may offer, given the gateways it may take: no code where no reply comes back, no link where links are stripped.

    Pages prefer gateways where replies come back, so those decide about links where there are any."""
    two_way = [each for each in gateways if each.two_way]
    return Ways(code=bool(two_way), link=all(each.url for each in two_way or gateways))


def fill(template: str, code: str | None, link: str | None) -> str:
    """Put code and link into a template; None means that this way is closed.

    A clause in [ ] that holds {code} or {link} is left out when that way is closed. Every other bracket and brace stays as it is, for
    names may hold them; doubled braces stand for one."""
    values = {"{code}": code or "", "{link}": link or "", "{{": "{", "}}": "}"}
    closed = [mark for mark, value in (("{code}", code), ("{link}", link)) if value is None]

    def clause(found: re.Match[str]) -> str:
        return "" if any(mark in found[1] for mark in closed) else found[1]

    return _MARK.sub(lambda found: values[found[0]], _CLAUSE.sub(clause, template))


def told(template: str) -> str:
    """What a page says, without the sentence on how to answer it: for whoever has it open already."""
    first = _CLAUSE.search(template)
    before = template[: first.start()] if first else template
    end = max(before.rfind("。") + 1, before.rfind(". ") + 1)
    return fill(before[:end] if first and end else before, None, None).strip() or fill(template, None, None)


@dataclass(frozen=True, slots=True)
class Call:
    """One page among several: what it says, and the code or the address by which it alone can be answered."""

    told: str
    code: str | None
    link: str | None


def together(calls: Sequence[Call], language: str) -> str:
    """One text for several pages: what all begin with once, then a line for each with its own way to be answered."""
    begin = _common([call.told for call in calls])
    colon = _COLON.search(begin)
    mark = colon.end() if colon else 0
    lines = [" ".join(filter(None, (call.code, call.told[mark:].strip(), call.link))) for call in calls]
    said = _TOGETHER["zh" if language == "zh" else "en"]
    head = begin[:mark].strip() + said[0] % len(calls)
    return "\n".join([head, *lines, *([said[1]] if any(call.code for call in calls) else [])])


def _common(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    alike = itertools.takewhile(lambda chars: len(set(chars)) == 1, zip(*texts, strict=False))
    return "".join(chars[0] for chars in alike)


_TOGETHER = {
    "zh": ("共%d个", "应答：回复代码；全部应答：回复“全部收到”。"),
    "en": (" %d pages", "To acknowledge: reply the codes, or ACK ALL."),
}
"""How many there are, and how they are answered by reply."""
