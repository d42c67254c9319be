"""Importing the operator's records: good rows kept, bad ones set aside with line and reason, the same file twice changes nothing."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

from command.core.database import Database
from command.core.installation import Installation
from command.core.paths import CONFIG
from command.core.problems import Invalid
from command.demo import subscribers as demo
from command.network import area_import, imports, numbers, service
from command.network.imports import Outcome
from command.network.models import Area, Element, Link, Service, Subscriber, TariffPlan
from command.network.revision import revision
from command.network.subscriber_import import subscribers

AREAS = "code,parent,level,name_zh,name_en\n8001,80,prefecture,梅川市,Meichuan\n80,,country,全国,Nationwide\n"
SERVICES = "code,bit,name_zh,name_en,critical\nvoice,0,语音,Voice,0\ndata,1,数据,Data,0\n110,2,紧急,Emergency,1\n"
ELEMENTS = "name,kind,area,uplinks,services,core\nBTS-1,access,8001,CORE-1,voice;data,0\nCORE-1,core,80,,voice,1\n"
HEADER = "number,language,element,services,tariff_plan,critical\n"


class Files:
    """Writes a CSV file and imports it."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation, self.folder = installation, folder

    def write(self, text: str | bytes, name: str = "in.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def network(self) -> None:
        area_import.areas(self.installation.database, self.write(AREAS))
        imports.services(self.installation.database, self.write(SERVICES))
        imports.elements(self.installation.database, self.write(ELEMENTS))

    def people(self, text: str | bytes) -> Outcome:
        return subscribers(self.installation.database, self.installation.keyring, self.write(text))


@pytest.fixture
def files(installation: Installation, tmp_path: Path) -> Files:
    return Files(installation, tmp_path)


def errors(outcome: Outcome) -> list[tuple[int, str]]:
    """(line, field) of each row set aside."""
    if outcome.errors is None:
        return []
    with outcome.errors.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason"] and row["remedy"] for row in rows)
    return [(int(row["line"]), row["field"]) for row in rows]


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_areas_services_and_elements_stand_wherever_they_are_in_their_file(files: Files, database: Database) -> None:
    files.network()
    with database.read() as session:
        parent = select(Area.code).where(Area.id == select(Area.parent_id).where(Area.code == "8001").scalar_subquery())
        assert session.scalar(parent) == "80"
        assert session.scalar(select(Element.services).where(Element.name == "BTS-1")) == 0b011
    assert (count(database, Service), count(database, Link)) == (3, 1)


def test_the_same_files_again_change_nothing(files: Files, database: Database) -> None:
    files.network()
    people = HEADER + "13800138000,zh,BTS-1,voice,p,\n"
    files.people(people)
    with database.read() as session:
        before = session.execute(select(Subscriber.id, Subscriber.number)).tuples().all()
    files.network()
    assert files.people(people).kept == 1
    with database.read() as session:
        assert session.execute(select(Subscriber.id, Subscriber.number)).tuples().all() == before
    assert [count(database, model) for model in (Area, Service, Element, Link)] == [2, 3, 2, 1]


def test_the_tariff_plans_of_all_imports_can_be_chosen_from(files: Files, database: Database) -> None:
    files.network()
    files.people(HEADER + "13800138000,zh,BTS-1,voice,mobile-59,\n13800138001,zh,BTS-1,voice,企业专线,\n")
    files.people(
        HEADER + "13800138002,zh,BTS-1,voice,mobile-59,\n13800138003,zh,BTS-1,voice,,\n13800138004,zh,X,voice,no,\n"
    )
    files.people(HEADER + "13800138005,zh,BTS-1,voice,+86 138 0013 8006,\n")
    with database.read() as session:
        assert set(session.scalars(select(TariffPlan.name))) == {"mobile-59", "企业专线"}


def test_a_corrected_file_mends_what_it_names(files: Files, database: Database) -> None:
    files.network()
    moved = ELEMENTS.replace("BTS-1,access,8001,CORE-1,", "BTS-1,access,80,,")
    imports.elements(database, files.write(moved))
    with database.read() as session:
        area = select(Area.code).join(Element, Element.area_id == Area.id).where(Element.name == "BTS-1")
        assert session.scalar(area) == "80"
    assert count(database, Link) == 0, "a link the file no longer names is gone"


APP = "number,language,element,services,app\n"


def test_who_has_the_app_is_known_by_the_apps_own_name_stored_encrypted(files: Files, database: Database) -> None:
    files.network()
    keyring = files.installation.keyring
    assert files.people(APP + "13800138000,zh,BTS-1,voice,user-7f\n13800138001,zh,BTS-1,voice,\n").errors is None
    first, none = _people(database)
    assert first.app is not None and keyring.decrypt(first.app) == "user-7f" and b"user-7f" not in first.app
    assert first.app_index == keyring.index("user-7f") and (none.app, none.app_index) == (None, None)
    files.people(APP + "13800138000,zh,BTS-1,voice,user-7f\n")
    assert _people(database)[0].app == first.app, "the same again writes nothing"
    files.people(APP + "13800138000,zh,BTS-1,voice,user-8a\n13800138001,zh,BTS-1,voice,user-9\n")
    assert [keyring.decrypt(person.app or b"") for person in _people(database)] == ["user-8a", "user-9"]
    files.people(HEADER + "13800138000,zh,BTS-1,voice,,\n")
    assert _people(database)[0].app is None, "who is in a file without it has no app any more"


def _people(database: Database) -> list[Subscriber]:
    with database.read() as session:
        found = list(session.scalars(select(Subscriber).order_by(Subscriber.id)))
        session.expunge_all()
        return found


@pytest.mark.proves("I10")
@pytest.mark.parametrize("app", ["13800138000", "+86 138 0013 8000", "user 7", "x" * 201, "用户"])
def test_a_phone_number_is_no_name_of_the_apps_user(files: Files, database: Database, app: str) -> None:
    files.network()
    outcome = files.people(APP + f"13800138000,zh,BTS-1,voice,{app}\n")
    assert errors(outcome) == [(2, "app")] and count(database, Subscriber) == 0


def test_each_bad_subscriber_row_is_set_aside_and_the_good_ones_are_kept(files: Files, database: Database) -> None:
    files.network()
    rows = [
        "13800138000,zh,BTS-1,voice;data,plan,",
        "+8612000000001,en,BTS-1,voice,plan,hospital",
        "8613800138001,zh,BTS-1,data,,",
        "hello,zh,BTS-1,voice,,",
        "13800138002,zh,BTS-9,voice,,",
        "13800138003,fr,BTS-1,voice,,",
        "13800138004,zh,BTS-1,fax,,",
        "13800138005,zh,BTS-1,,,",
        "13800138006,zh",
        '13800138007,zh,BTS-1,voice,"two\nlines",',
        ",zh,BTS-1,voice,,",
    ]
    outcome = files.people(HEADER + "\r\n".join(rows) + "\r\n")
    assert errors(outcome) == [
        (5, "number"), (6, "element"), (7, "language"), (8, "services"), (9, "services"), (10, "row"), (13, "number"),
    ]  # fmt: skip
    assert (outcome.kept, outcome.bad, outcome.doubtful) == (4, 7, 1)
    assert count(database, Subscriber) == 4


@pytest.mark.proves("I10")
def test_the_file_of_errors_repeats_no_phone_number(files: Files) -> None:
    files.network()
    outcome = files.people(
        HEADER
        + "13800138002,zh,BTS-9,voice,,\n+861380013800299999,zh,BTS-1,voice,,\n13800138003,zh,13800138003,voice,,\n"
    )
    assert outcome.errors is not None and "1380013" not in outcome.errors.read_text("utf-8-sig")


def test_an_errors_file_of_before_is_gone_when_the_rows_are_mended(files: Files) -> None:
    files.network()
    bad = files.people(HEADER + "13800138002,zh,BTS-9,voice,,\n")
    assert bad.errors is not None and bad.errors.exists()
    assert files.people(HEADER + "13800138002,zh,BTS-1,voice,,\n").errors is None
    assert not bad.errors.exists()


def test_of_a_number_given_twice_the_last_row_stands(files: Files, database: Database) -> None:
    files.network()
    files.people(HEADER + "13800138000,zh,BTS-1,voice,,\n+86 138 0013 8000,en,BTS-1,data,,\n")
    with database.read() as session:
        found = session.execute(select(Subscriber.language, Subscriber.services)).tuples().all()
    assert found == [("en", 0b010)]


@pytest.mark.proves("R19")
def test_numbers_are_encrypted_at_rest_and_found_by_their_blind_index(files: Files, installation: Installation) -> None:
    files.network()
    files.people(HEADER + "13800138000,zh,BTS-1,voice,,\n")
    with installation.database.read() as session:
        number, index = session.execute(select(Subscriber.number, Subscriber.number_index)).tuples().one()
    assert b"138" not in number and installation.keyring.decrypt(number) == "+8613800138000"
    assert index == installation.keyring.index("+8613800138000")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ((HEADER + "13800138000,zh,基站,voice,,\n").encode("gb18030"), "line 2.*iconv -f GB18030"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"number,element,services\n1\0,2,3\n", "not UTF-8 text at line 2"),
        (b"number,element\n", "header lacks services"),
        (b"", "header lacks number, element, services"),
        (b"number,element,services,colour\n", "colour is unknown"),
        (b"number,number,element,services\n", "given twice"),
    ],
)
def test_a_file_of_the_wrong_form_is_refused_before_anything_is_used(
    files: Files, database: Database, content: bytes, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        files.people(content)
    assert count(database, Subscriber) == 0


def test_a_byte_order_mark_and_capital_headings_are_understood(files: Files, database: Database) -> None:
    files.network()
    assert files.people(b"\xef\xbb\xbfNumber,Element,Services\n13800138000,BTS-1,voice\n").kept == 1


def test_a_quotation_mark_left_open_costs_its_rows_and_not_the_import(files: Files) -> None:
    files.network()
    outcome = files.people(HEADER + '13800138000,zh,BTS-1,voice,,\n13800138001,zh,"BTS-1,voice,,\n')
    assert outcome.kept == 1 and errors(outcome) == [(3, "row")]


def test_bad_areas_services_and_elements_are_named(files: Files, database: Database) -> None:
    areas = area_import.areas(
        database, files.write(AREAS + "9,8001,province,a,b\n7,66,county,a,b\n8,,county,a,b\n80,,country,a,b\n")
    )
    assert sorted(errors(areas)) == [(4, "parent"), (5, "parent"), (6, "parent"), (7, "code")]
    services = imports.services(database, files.write(SERVICES + "fax,63,a,b,0\niptv,1,a,b,0\nvpn,9,a,b,maybe\n"))
    assert errors(services) == [(5, "bit"), (6, "bit"), (7, "critical")]
    elements = imports.elements(database, files.write(ELEMENTS + "X,a,99,,voice,0\nY,a,80,Z,voice,0\nY,a,80,,,0\n"))
    assert sorted(errors(elements)) == [(4, "area"), (5, "uplinks"), (6, "name")]
    assert elements.kept == 3, "an element is kept without the link that leads nowhere"


def test_a_service_keeps_its_bit(files: Files, database: Database) -> None:
    files.network()
    outcome = imports.services(database, files.write("code,bit,name_zh,name_en\nvoice,5,语音,Voice\n"))
    assert errors(outcome) == [(2, "bit")]


def test_an_import_makes_a_new_revision_so_that_the_topology_is_built_again(files: Files, database: Database) -> None:
    files.network()
    with database.read() as session:
        before, known = revision(session), service.topology(session)
        assert service.topology(session) is known
    imports.elements(database, files.write("name,kind,area,uplinks,services\nBTS-2,access,80,CORE-1,voice\n"))
    with database.read() as session:
        assert revision(session) > before and service.topology(session) is not known


def test_the_demo_operator_loads_without_an_error(
    installation: Installation, database: Database, tmp_path: Path
) -> None:
    for name, importer in (
        ("areas", area_import.areas),
        ("services", imports.services),
        ("elements", imports.elements),
    ):
        outcome = importer(database, CONFIG / "demo" / f"{name}.csv")
        assert outcome.bad == 0 and outcome.kept > 5, name
    site = demo.Site("MW-0110", "microwave", ("voice",))
    row = next(demo.generate(demo.Parameters.read(_small()), [site]))
    file = tmp_path / "people.csv"
    file.write_text(HEADER + f"{row.number},{row.language},{row.element},{';'.join(row.services)},{row.tariff_plan},\n")
    outcome = subscribers(database, installation.keyring, file)
    assert (outcome.kept, outcome.bad, outcome.doubtful) == (1, 0, 1)


def _small() -> dict[str, object]:
    plan = {"share": 1, "services": ["voice"]}
    return {
        "total": 1, "seed": 1, "weights": {"microwave": 1}, "spread": 0.0, "languages": {"zh": 1},
        "plans": {"microwave": {"mobile": plan}}, "critical": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "e164", "valid"),
    [
        ("13800138000", "+8613800138000", True),
        ("8613800138000", "+8613800138000", True),
        ("+86 138-0013-8000", "+8613800138000", True),
        ("008613800138000", "+8613800138000", True),
        ("+8612012345678", "+8612012345678", False),
        ("010 6552 9988", "+861065529988", True),
        ("+1 202-555-0123", "+12025550123", True),
    ],
)
def test_numbers_are_understood_as_people_write_them(written: str, e164: str, valid: bool) -> None:
    assert numbers.read(written) == numbers.Number(e164, valid)


@pytest.mark.parametrize("written", ["", "hello", "12", "+999123", "1380013800013800138000"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(numbers.NotANumber):
        numbers.read(written)


def test_an_area_takes_the_zone_of_the_area_it_lies_in(files: Files, database: Database) -> None:
    head = "code,parent,level,name_zh,name_en,zone\n"
    rows = head + "81,,country,西部,West,Asia/Urumqi\n8101,81,province,a,b,\n8102,81,province,c,d,Asia/Tokyo\n"
    assert area_import.areas(database, files.write(rows)).bad == 0
    bad = area_import.areas(database, files.write(rows.replace("Asia/Tokyo", "Mars/Base")))
    assert errors(bad) == [(4, "zone")]
    with database.read() as session:
        found = dict(session.execute(select(Area.code, Area.zone)).tuples().all())
    assert found == {"81": "Asia/Urumqi", "8101": "Asia/Urumqi", "8102": "Asia/Tokyo"}
