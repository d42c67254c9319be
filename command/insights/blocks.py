"""What settled incidents add to the figures, as columns in bytes: one block holds the incidents reported in a month. Pure.

A block is four tables: the incidents with what `Counted` knows of them, the areas and the services of each, and what the notices of each
came to. Every column is written in the narrowest type that holds it; rows have one order, so that equal blocks are equal bytes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from command.incidents.models import KINDS
from command.insights import funnel, ledger
from command.insights.ledger import COLUMNS, Ints, Ledger, Mask
from command.insights.told import Told
from command.messages.models import State

Table = Mapping[str, NDArray[Any]]
Block = Mapping[str, Table]

Pairs = Iterable[tuple[int, int]]
"""The ids of incidents, each with that of something it has."""

STATES = tuple(str(state) for state in State)
TABLES: Mapping[str, tuple[str, ...]] = {
    "incidents": (*COLUMNS, "kind"),
    "areas": ("id", "area"),
    "services": ("id", "service"),
    "notices": ("id", "kind", "notices", "audience", *STATES),
}
"""Columns of each table. `id` is the incident's; kinds are places in `KINDS` of incidents and of notices."""
_FIRST = ("reported", "id")
"""Rows of incidents stand in this order, those of other tables in that of their columns."""


def made(
    incidents: Ledger, kinds: Iterable[str], areas: Pairs, services: Pairs, told: Mapping[tuple[int, str], Told]
) -> Block:
    """A block of some incidents: their kinds in the same order, their areas and services, and their notices by id and kind."""
    rows = [
        [of, funnel.KINDS.index(kind), one.notices, one.audience, *(one.counts[State(state)] for state in STATES)]
        for (of, kind), one in told.items()
    ]
    notices = np.array(rows, dtype=np.int64).reshape(len(rows), len(TABLES["notices"]))
    return _ordered(
        {
            "incidents": {name: getattr(incidents, name) for name in COLUMNS}
            | {"kind": ledger.ints(map(KINDS.index, kinds))},
            "areas": _pairs("areas", areas),
            "services": _pairs("services", services),
            "notices": dict(zip(TABLES["notices"], notices.T, strict=True)),
        }
    )


def _pairs(table: str, pairs: Pairs) -> Table:
    rows = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    return dict(zip(TABLES[table], rows.T, strict=True))


def without(block: Block, ids: Ints) -> Block:
    """A block without some incidents."""
    return {name: _where(table, ~np.isin(table["id"], ids)) for name, table in block.items()}


def joined(one: Block, other: Block) -> Block:
    """Two blocks without an incident in common as one."""
    return _ordered(stacked([one, other]))


def stacked(parts: Sequence[Block], tables: Iterable[str] = TABLES) -> Block:
    """Some tables of blocks without an incident in common one after the other: as good as one block for reading, but its rows are in no
    order."""
    parts = parts or [empty()]
    return {
        name: {column: np.concatenate([part[name][column] for part in parts]) for column in TABLES[name]}
        for name in tables
    }


def _ordered(block: Block) -> Block:
    orders = {
        name: np.lexsort([table[column] for column in reversed(_FIRST if name == "incidents" else TABLES[name])])
        for name, table in block.items()
    }
    return {name: _where(table, orders[name]) for name, table in block.items()}


def _where(table: Table, which: Mask | NDArray[np.intp]) -> Table:
    return {column: values[which] for column, values in table.items()}


def packed(block: Block) -> bytes:
    """A block as bytes: the length of its head, its head (what each column is) and its columns."""
    narrow = [(name, column, _narrow(values)) for name, table in block.items() for column, values in table.items()]
    head = orjson.dumps([(name, column, values.dtype.str, len(values)) for name, column, values in narrow])
    return b"".join([len(head).to_bytes(4, "big"), head, *(values.tobytes() for _, _, values in narrow)])


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "S":
        return np.array(values.tolist() or [b""], dtype=np.bytes_)[: len(values)]
    if not len(values):
        return values.astype(np.uint8)
    bounds = np.min_scalar_type(int(values.min())), np.min_scalar_type(int(values.max()))
    return values.astype(np.result_type(*bounds))


def unpacked(data: bytes) -> Block:
    """The block that bytes hold. Columns keep their narrow types: pick rows before widening them."""
    start = 4 + int.from_bytes(data[:4], "big")
    block: dict[str, dict[str, NDArray[Any]]] = {name: {} for name in TABLES}
    for name, column, kind, length in orjson.loads(data[4:start]):
        dtype = np.dtype(kind)
        block[name][column] = np.frombuffer(data, dtype, length, start)
        start += length * dtype.itemsize
    return block


def empty() -> Block:
    """A block of no incident."""
    return made(ledger.together(()), (), (), (), {})


def incidents(block: Block, which: Mask) -> Ledger:
    """Some incidents of a block as a ledger."""
    rows = block["incidents"]
    numbers = {name: rows[name][which].astype(np.int64) for name in COLUMNS if name != "number"}
    return Ledger(number=rows["number"][which], **numbers)


def having(block: Block, table: str, wanted: Iterable[int]) -> Mask:
    """Which incidents of a block have one of some areas, or services."""
    rows = block[table]
    named = rows["id"][np.isin(rows[TABLES[table][1]].astype(np.int64), ledger.ints(wanted))]
    return np.isin(block["incidents"]["id"], named)


def told(block: Block, which: Mask) -> dict[str, Told]:
    """What the notices of some incidents of a block came to, by kind."""
    rows = block["notices"]
    places = np.flatnonzero(np.isin(rows["id"], block["incidents"]["id"][which]))
    kinds = rows["kind"][places]

    def sums(column: str) -> list[int]:
        """By kind. Sums are exact: they stay below 2 ** 53, which is what a float counts to."""
        return [int(each) for each in np.bincount(kinds, rows[column][places], len(funnel.KINDS)).tolist()]

    whole = {column: sums(column) for column in TABLES["notices"][2:]}
    return {
        kind: Told(
            whole["notices"][at],
            whole["audience"][at],
            Counter({State(state): whole[state][at] for state in STATES if whole[state][at]}),
        )
        for at, kind in enumerate(funnel.KINDS)
        if whole["notices"][at]
    }


def differing(one: Block, other: Block) -> set[int]:
    """The ids of the incidents of which two blocks do not hold the same."""
    found: set[int] = set()
    for name, columns in TABLES.items():
        rows = [set(zip(*(each[name][column].tolist() for column in columns), strict=True)) for each in (one, other)]
        found |= {int(row[columns.index("id")]) for row in rows[0] ^ rows[1]}
    return found
