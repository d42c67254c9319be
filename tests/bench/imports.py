"""`import`: 2,000,000 subscribers from CSV, against encryption, index hash and a plain insert of the same rows alone."""

import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.network.subscriber_import import subscribers
from tests.bench.ground import DIALECTS, figure, ground, growth, stopwatch

SUBSCRIBERS, ELEMENTS = 2_000_000, 2_500
GOAL = 2.0
_BATCH = 20_000
_INSERT = (
    "INSERT INTO subscriber (number, number_index, language, element_id, services, tariff_plan, critical) "
    "VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0})"
)


def run() -> Iterator[dict[str, Any]]:
    for dialect in DIALECTS:
        with ground(dialect) as base:
            base.fill(ELEMENTS, 0, cut_off=False)
            small = _ours(base.copy(), SUBSCRIBERS // 10)
            raw = _alone(base.copy(), SUBSCRIBERS)
            took = _ours(base.copy(), SUBSCRIBERS)
        yield figure(f"import {dialect}", took, "s", raw, GOAL)
        yield growth(f"import growth {dialect}", took, small)


def _number(serial: int) -> str:
    return f"+86138{serial:08d}"


def _ours(installation: Installation, count: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", dir=installation.settings.data) as file:
        file.write("number,language,element,services,tariff_plan,critical\n")
        for n in range(count):
            file.write(f"{_number(n)},zh,E{1 + n % ELEMENTS},S1;S2;S3,mobile-59,\n")
        file.flush()
        with stopwatch() as took:
            outcome = subscribers(installation.database, installation.keyring, Path(file.name))
    assert (outcome.kept, outcome.bad) == (count, 0)
    installation.database.close()
    return took[0]


def _alone(installation: Installation, count: int) -> float:
    keyring, database = installation.keyring, installation.database
    statement = _INSERT.format("?" if database.sqlite else "%s")

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            number = _number(n)
            yield keyring.encrypt(number), keyring.index(number), "zh", 1 + n % ELEMENTS, 7, "mobile-59", ""

    made = rows()
    with stopwatch() as took:
        while batch := list(islice(made, _BATCH)):
            database.write(partial(_insert, statement=statement, batch=batch))
    database.close()
    return took[0]


def _insert(session: Session, statement: str, batch: list[tuple[Any, ...]]) -> None:
    session.connection().exec_driver_sql(statement, batch)
