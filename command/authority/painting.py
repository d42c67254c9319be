"""The table as cells, one for each act, tier and level: a rule is put on some of them, and the rows are made anew from what is there. So
no edit leaves a case open or ruled twice. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from command.people.authority import LEVELS, TIERS, Act, Level, Row, Tier, holes

T = TypeVar("T")
Case = tuple[Tier, Level]
CASES: tuple[Case, ...] = tuple(product(TIERS, LEVELS))


@dataclass(frozen=True, slots=True)
class Block:
    """Cases that are ruled alike."""

    tiers: tuple[Tier, ...]
    levels: tuple[Level, ...]
    rule: Row


@dataclass(frozen=True, slots=True)
class Change:
    """What a version does to some cases of an act. `before` is None for an act that had no rule, `after` for one that has none now."""

    act: Act
    tiers: tuple[Tier, ...]
    levels: tuple[Level, ...]
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Line:
    """Tiers of an act that are drawn as one line, and along it the levels that are ruled alike."""

    tiers: tuple[Tier, ...]
    cells: tuple[Block, ...]


def bare(row: Row) -> Row:
    """A rule without the cases that it covers, to compare."""
    return row.model_copy(update={"tiers": TIERS, "levels": LEVELS})


def cells(rows: Iterable[Row], act: str) -> dict[Case, Row]:
    """The rule of each case of an act."""
    mine = [row for row in rows if row.act == act]
    return {case: bare(row) for case in CASES for row in mine if row.covers(act, *case)}


def paint(rows: Sequence[Row], rule: Row) -> tuple[Row, ...]:
    """The rows with `rule` put on its tiers and levels; its act's other cases stay as they are, other acts' rows untouched."""
    held = cells(rows, rule.act)
    held |= {case: bare(rule) for case in product(rule.tiers, rule.levels)}
    fresh = _rows(held)
    at = next((place for place, row in enumerate(rows) if row.act == rule.act), len(rows))
    others = [row for row in rows if row.act != rule.act]
    before = sum(row.act != rule.act for row in rows[:at])
    return (*others[:before], *fresh, *others[before:])


def _rows(held: Mapping[Case, Row]) -> list[Row]:
    return [
        rule.model_copy(update={"tiers": tiers, "levels": levels}) for tiers, levels, rule in _blocks(held, lambda x: x)
    ]


def _blocks(held: Mapping[Case, T], key: Callable[[T], object]) -> list[tuple[tuple[Tier, ...], tuple[Level, ...], T]]:
    """Cases with the same value, as few rectangles of tiers and levels as a look at whole tiers finds."""
    found: list[tuple[tuple[Tier, ...], tuple[Level, ...], T]] = []
    seen: list[object] = []
    for case in CASES:
        if case not in held or key(held[case]) in seen:
            continue
        value = held[case]
        seen.append(key(value))
        across: dict[tuple[Level, ...], list[Tier]] = {}
        for tier in TIERS:
            levels = tuple(level for level in LEVELS if (tier, level) in held and key(held[tier, level]) == key(value))
            if levels:
                across.setdefault(levels, []).append(tier)
        found += [(tuple(tiers), levels, value) for levels, tiers in across.items()]
    return found


def drawn(rows: Iterable[Row], act: str) -> list[Line]:
    """An act as lines of tiers and cells of levels; neighbours that are ruled alike are one."""
    held = cells(rows, act)
    lines: list[Line] = []
    for tier in TIERS:
        along: list[Block] = []
        for level in LEVELS:
            rule = held[tier, level]
            if along and along[-1].rule == rule:
                along[-1] = Block((tier,), (*along[-1].levels, level), rule)
            else:
                along.append(Block((tier,), (level,), rule))
        last = lines[-1] if lines else None
        if last and [(each.levels, each.rule) for each in last.cells] == [(each.levels, each.rule) for each in along]:
            tiers = (*last.tiers, tier)
            lines[-1] = Line(tiers, tuple(Block(tiers, each.levels, each.rule) for each in along))
        else:
            lines.append(Line((tier,), tuple(along)))
    return lines


def changes(before: Sequence[Row], after: Sequence[Row]) -> list[Change]:
    """What differs between two tables, act by act, cases that change alike together."""
    found: list[Change] = []
    for act in Act:
        old, new = cells(before, act), cells(after, act)
        pairs = {case: (old.get(case), new.get(case)) for case in CASES if old.get(case) != new.get(case)}
        found += [Change(act, tiers, levels, *pair) for tiers, levels, pair in _blocks(pairs, lambda pair: pair)]
    return found


def dead_ends(rows: Sequence[Row]) -> list[str]:
    """The cases in which no one person could act, that no row rules, or that two rule: by act, tier and level, as a table is refused."""
    return [str(hole) for hole in holes(tuple(rows))]
