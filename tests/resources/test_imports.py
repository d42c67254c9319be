"""Pools come in from a CSV file and go out into one: the same file twice changes nothing, and a bad row says why and harms no other."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from command.cli import main
from command.core.database import Database
from command.core.paths import CONFIG
from command.network import area_import as network
from command.network.imports import Outcome
from command.resources import allocation, export, imports, reading
from command.resources.allocation import Taking
from command.resources.models import ResourceMovement, ResourcePool, ResourceStock, ResourceUnit
from command.resources.reading import Wanted
from command.resources.states import Kind
from tests.resources.conftest import Store

HEAD = (
    "pool,pool_zh,pool_en,area,place,department,resource,kind,resource_zh,resource_en,type,state,quantity,minimum,"
    "serial,certificate,expires"
)
GOOD = f"""{HEAD}
north,北库,North,8001,1 Road,operations,sat,material,卫星电话,Satellite phone,2,available,,2,SAT-1,licence,2030-01-31
north,,,,,,sat,,,,2,out_of_service,,2,SAT-2,,
north,,,,,,fuel,material,柴油,Diesel,3,available,500,100,,,
north,,,,,,fuel,,,,3,in_reserve,200,100,,,
"""


class Files:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    def load(self, text: str) -> Outcome:
        path = self.folder / "pools.csv"
        path.write_text(text, encoding="utf-8")
        return imports.resources(self.database, path)

    def stock(self, code: str) -> ResourceStock:
        with self.database.read() as session:
            return reading.stocks(session, Wanted(resource=code))[0][0]

    def moves(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(ResourceMovement)) or 0

    def exported(self) -> str:
        with self.database.read() as session:
            out = io.StringIO()
            export.write(session, out)
            return out.getvalue()


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    return Files(store.database, tmp_path)


def errors(outcome: Outcome) -> list[tuple[int, str]]:
    assert outcome.errors is not None
    with outcome.errors.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert all(row["reason"] and row["remedy"] for row in found)
    return [(int(row["line"]), row["field"]) for row in found]


@pytest.mark.proves("D4", "R11")
def test_pools_units_and_counts_come_in_and_the_same_file_changes_nothing(files: Files) -> None:
    assert files.load(GOOD).bad == 0
    phones, fuel = files.stock("sat"), files.stock("fuel")
    assert (phones.available, phones.out_of_service, phones.minimum) == (1, 1, 2)
    assert (fuel.available, fuel.in_reserve, fuel.received) == (500, 200, 700)
    before = files.moves()
    assert (files.load(GOOD).kept, files.moves()) == (4, before)
    assert files.load(GOOD.replace("available,500", "available,450")).bad == 0
    assert (files.stock("fuel").available, files.stock("fuel").lost) == (450, 50)


@pytest.mark.proves("D4")
def test_what_is_exported_comes_in_again_unchanged_while_units_are_out(files: Files) -> None:
    files.load(GOOD.replace("1 Road", "=HYPERLINK(1)"))
    with files.database.read() as session:
        unit = session.scalars(select(ResourceUnit).where(ResourceUnit.serial == "SAT-1")).one()
    files.database.write(lambda s: allocation.take(s, [Taking(unit.stock_id, 1, unit.id)]), actor="system:test")
    text, before = files.exported(), files.moves()
    assert ",out," in text and "'=HYPERLINK" in text and ",=HYPERLINK" not in text
    assert files.load(text).bad == 0
    assert (files.exported(), files.moves()) == (text, before)
    with files.database.read() as session:
        assert session.scalar(select(ResourcePool.place).where(ResourcePool.code == "north")) == "=HYPERLINK(1)"


@pytest.mark.proves("D4")
def test_every_bad_row_names_its_line_field_reason_and_remedy(files: Files) -> None:
    files.load(GOOD)
    rows: list[tuple[str, str]] = [
        ("south,南库,South,9999,1 Road,operations,sat,,,,2,available,,,S-1,,", "area"),
        ("south,,,,,,sat,,,,2,available,,,S-1,,", "pool_zh"),
        ("north,,,,,,sat,,,,5,available,,,S-1,,", "type"),
        ("north,,,,,,sat,,,,2,available,,,,,", "serial"),
        ("north,,,,,,sat,,,,1,available,,,SAT-1,,", "serial"),
        ("north,,,,,,sat,,,,2,available,3,,S-1,,", "quantity"),
        ("north,,,,,,fuel,,,,3,available,-5,,,,", "quantity"),
        ("north,,,,,,fuel,,,,3,available,1.5,,,,", "quantity"),
        ("north,,,,,,fuel,,,,3,sold,5,,,,", "state"),
        ("north,,,,,,sat,,,,2,available,,,S-1,licence,soon", "expires"),
        ("north,,,,,,tent,,,,2,available,5,,,,", "kind"),
        ("north,,,,,,tent,magic,帐篷,Tent,2,available,5,,,,", "kind"),
        ("north,,,,,,sat,,,,2,available,,,+8613800001234,,", "serial"),
    ]
    before = files.moves()
    outcome = files.load("\n".join([HEAD, *(row for row, _ in rows), "north,,,,,,fuel,,,,3,available,501,,,,"]))
    assert errors(outcome) == [(line, field) for line, (_, field) in enumerate(rows, 2)]
    assert (outcome.kept, files.moves(), files.stock("fuel").available) == (1, before + 1, 501)


@pytest.mark.proves("D4", "R11")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_demo_has_pools_of_all_four_kinds_in_each_of_the_six_prefectures(
    database: Database, tmp_path: Path
) -> None:
    for name, importer in (("areas.csv", network.areas), ("resources.csv", imports.resources)):
        copy = tmp_path / name
        copy.write_bytes((CONFIG / "demo" / name).read_bytes())
        made: Any = importer
        assert made(database, copy).bad == 0
    with database.read() as session:
        for prefecture in range(8001, 8007):
            kinds = {resource.kind for _, resource, _ in reading.stocks(session, Wanted(area=str(prefecture)))}
            assert kinds == set(Kind)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands_import_and_export(files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", files.database.url)
    monkeypatch.setenv("TOCSIN_DATA", str(tmp_path))
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(GOOD, encoding="utf-8")
    done = CliRunner().invoke(main, ["import", "resources", str(source)])
    assert (done.exit_code, done.output.strip().splitlines()[-1]) == (0, "4 rows kept"), done.output
    done = CliRunner().invoke(main, ["resources", "export", str(target)])
    assert done.exit_code == 0 and "SAT-2" in target.read_text("utf-8-sig"), done.output


@pytest.mark.proves("R11")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lines_of_playbooks_that_a_resource_serves_come_in_and_go_out(files: Files) -> None:
    head = "pool,pool_zh,pool_en,area,place,department,resource,kind,resource_zh,resource_en,plan_lines,type,quantity"
    first = "north,北库,North,8001,1 Road,operations,fuel,material,柴油,Diesel,generator_fuel spare_boards,3,500"
    assert files.load(f"{head}\n{first}\nnorth,,,,,,fuel,,,,,2,10").bad == 0
    rows = list(csv.DictReader(io.StringIO(files.exported())))
    assert {row["plan_lines"] for row in rows} == {"generator_fuel spare_boards"}, "empty leaves them as they are"
    before = files.moves()
    assert files.load(files.exported()).bad == 0 and files.moves() == before
    assert errors(files.load(f"{head}\nnorth,,,,,,fuel,,,,Spare-Boards,3,500")) == [(2, "plan_lines")]
