"""The command `tocsin doctor`."""

import sys
from collections.abc import Callable

import click
import orjson
from rich.cells import cell_len

from command.operating.doctor import look
from command.operating.doctor.lines import WORDS, Level, Line
from command.people.language import catalogue


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: one object a finding.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the operator's.")
def doctor(as_json: bool, language: str | None) -> None:
    """Look at everything this installation stands on; say what is wrong and what to do. Code 1 if there is a fault."""
    given, found = look.settings_and_files()
    if given is not None:
        found += look.all_else(given)
    translate = catalogue(language or (given.language if given else "en"))
    if as_json:
        click.echo(orjson.dumps([_object(line, translate) for line in found], option=orjson.OPT_INDENT_2))
    else:
        _table(found, translate)
    sys.exit(1 if any(line.level is Level.FAULT for line in found) else 0)


def _object(line: Line, translate: Callable[[str], str]) -> dict[str, str]:
    text, remedy = line.said(translate)
    return {"level": line.level.value, "what": line.what, "text": text, "remedy": remedy}


def _table(found: list[Line], translate: Callable[[str], str]) -> None:
    """Columns of level, what and finding; below a finding what to do about it. Chinese characters take two places."""
    levels = {level: translate(word) for level, word in WORDS.items()}
    first = max(cell_len(word) for word in levels.values()) + 2
    second = max(cell_len(line.what) for line in found) + 2
    for line in found:
        text, remedy = line.said(translate)
        click.echo(_padded(levels[line.level], first) + _padded(line.what, second) + text)
        if remedy:
            click.echo(" " * (first + second) + "→ " + remedy)
    counts = {level: sum(line.level is level for line in found) for level in Level}
    click.echo(", ".join(f"{levels[level]} {count}" for level, count in counts.items()))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
