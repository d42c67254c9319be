"""A table as YAML, in the form of config/authority.yaml, and read from it. Pure."""

from collections.abc import Iterable, Iterator

from command.core.problems import N_, Invalid
from command.people.authority import LEVELS, TIERS, Authority, Post, Row
from playbooks.source import SourceError, load_text

LONGEST = 1024 * 1024
FAULTS = 5
"""Faults that a refusal names; more are counted."""


def written(rows: Iterable[Row]) -> str:
    """The rows as a file that `read` takes."""
    return "\n".join(["rows:", *(line for row in rows for line in _row(row))]) + "\n"


def _row(row: Row) -> Iterator[str]:
    yield f"  - act: {row.act}"
    if row.tiers != TIERS:
        yield f"    tiers: [{', '.join(map(str, row.tiers))}]"
    if row.levels != LEVELS:
        yield f"    levels: [{', '.join(row.levels)}]"
    for name, posts in (("alone", row.alone), ("propose", row.propose), ("approve", row.approve)):
        if posts:
            yield f"    {name}: {_posts(posts)}"
    if row.deputy:
        yield f"    deputy: {{posts: {_posts(row.deputy.posts)}, after_minutes: {row.deputy.after_minutes}}}"
    if row.override:
        yield f"    override: {_posts(row.override)}"
    if row.second_person:
        yield "    second_person: true"


def _posts(posts: Iterable[Post]) -> str:
    return f"[{', '.join(posts)}]"


def read(text: str, name: str = "yaml") -> Authority:
    """The table that a file holds; raise Invalid (field `yaml`) naming lines and holes."""
    try:
        return load_text(text, name, Authority)
    except SourceError as error:
        told = [f"{fault.line}: {fault.message}. {fault.remedy}" for fault in error.faults[:FAULTS]]
        more = f" (+{len(error.faults) - FAULTS})" if len(error.faults) > FAULTS else ""
        raise Invalid(
            N_("This table cannot be used: %(faults)s"),
            field="yaml",
            remedy=N_("Correct the lines named and send it again."),
            faults=" / ".join(told) + more,
        ) from None
