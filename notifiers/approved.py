"""Texts a provider has approved beforehand: it takes no others. One a line; `{…}` stands for what changes, one character or more.

A line that begins with # is a remark. Texts are compared as they are sent."""

import re
from functools import cache
from pathlib import Path

_CHANGES = re.compile(r"\{[^{}]*\}")


class BadTexts(ValueError):
    """The file of approved texts cannot be used; the text names the line and the remedy."""


@cache
def read(path: Path) -> tuple[str, ...]:
    """The approved texts of a file, read once. Raises BadTexts."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadTexts(f"{path}: cannot be read ({error}); name a UTF-8 file of approved texts, one a line") from error
    found = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if set("{}") & set(_CHANGES.sub("", text)):
            raise BadTexts(f"{path}: line {number}: a brace without its other one; write {{…}} for what changes")
        if not _CHANGES.sub("", text):
            raise BadTexts(f"{path}: line {number}: any text would fit; write what was approved")
        found.append(text)
    if not found:
        raise BadTexts(f"{path}: holds no text; write the approved ones, one a line")
    return tuple(found)


def fits(text: str, approved: tuple[str, ...]) -> bool:
    """Whether a text is one of the approved ones."""
    return any(_pattern(each).fullmatch(text) for each in approved)


@cache
def _pattern(approved: str) -> re.Pattern[str]:
    said = map(re.escape, _CHANGES.split(approved))
    return re.compile(".+?".join(said))
