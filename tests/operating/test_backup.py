"""A backup holds all of an installation, is proved without touching it, and comes back as what it was."""

import os
import re
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, LargeBinary, create_engine, func, select

from command.core import clock, heads, journal, schema
from command.core.database import Database
from command.core.journal import Entry, Note
from command.core.keys import new_key
from command.models import metadata
from command.operating import archive, belongings, entries, rows, sealed
from command.operating import backup as backup_of
from command.people.models import Person
from command.security import store as evidence
from tests.operating.conftest import SECRET_KEY, SETTINGS, Kept


def everything(url: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and their digest."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {t.name: rows.tally(connection, t) for t in rows.tables(connection)}
    engine.dispose()
    return {name: (each.rows, each.digest) for name, each in found.items()}


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Path:
    target = tmp_path / "night.zip"
    done = kept.run("backup", str(target))
    assert done.exit_code == 0, done.output
    return target


@pytest.mark.proves("I9")
def test_a_backup_is_proved_and_names_the_keys_it_needs(night: Kept, tmp_path: Path) -> None:
    before, target = everything(night.settings.url), tmp_path / "proved.zip"
    assert night.run("backup", str(target)).exit_code == 0
    done = night.run("restore", "--check", str(target))
    assert done.exit_code == 0, done.output
    assert "The backup is good." in done.output
    assert night.keyring.newest.id.hex() in done.output
    assert "the journal holds" in done.output and "numbers can be read" in done.output
    after = everything(night.settings.url)
    assert {name for name in before if before[name] != after[name]} <= {"entry", "stream"}


def test_a_byte_that_changed_anywhere_is_found_and_so_is_a_cut(kept: Kept, backup: Path) -> None:
    whole = backup.read_bytes()
    for place in (0.0, 0.2, 0.5, 0.8, 0.95, 0.999999):
        body = bytearray(whole)
        body[int(place * len(body))] ^= 0x10
        backup.write_bytes(body)
        done = kept.run("restore", "--check", str(backup))
        assert done.exit_code == 1, place
        assert "is not whole, or a byte of it changed" in done.output and "use another backup" in done.output
    for cut in (whole[:-1000], whole[: len(whole) // 2], b"", b"no archive at all"):
        backup.write_bytes(cut)
        assert kept.run("restore", "--check", str(backup)).exit_code == 1


def test_what_somebody_put_together_anew_is_not_ours(
    kept: Kept, backup: Path, elsewhere: Callable[..., str], tmp_path: Path
) -> None:
    """Whoever can write files but has no key makes an archive whose hash is right; its rows and its manifest are not."""
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(backup) as old, archive.writing(made) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "tables/person.jsonl":
                body = body.replace(b"Ada", b"Eve")
            new.text(name, body)
    done = kept.run("restore", "--check", str(made))
    assert done.exit_code == 1
    assert "person: the rows are not those that were copied" in done.output
    with zipfile.ZipFile(backup) as old, archive.writing(made.with_name("again.zip")) as new:
        for name in old.namelist():
            body = old.read(name)
            new.text(name, body.replace(b'"left_out": []', b'"left_out": ["x"]') if name == archive.MANIFEST else body)
    done = kept.run("restore", "--check", str(made.with_name("again.zip")))
    assert done.exit_code == 1 and "was not written by who has the keys" in done.output
    url = elsewhere(kept.database.dialect)
    for options in ((), ("--lost-keys",)):
        refused = kept.run("restore", *options, str(made.with_name("again.zip")), url=url)
        assert refused.exit_code == 1 and "was not written by who has the keys" in refused.output


def test_a_key_that_is_missing_is_named(kept: Kept, backup: Path) -> None:
    needed = kept.keyring.newest.id.hex()
    done = kept.run("restore", "--check", str(backup), keys=new_key())
    assert done.exit_code == 1
    assert f"key {needed} is missing here" in done.output and "TOCSIN_KEYS" in done.output
    moved = kept.run("restore", "--check", str(backup), keys=f"{SECRET_KEY},{new_key()}")
    assert moved.exit_code == 1
    assert f"key {needed} has to be the last of TOCSIN_KEYS" in moved.output
    rotated = kept.run("restore", "--check", str(backup), keys=f"{new_key()},{SECRET_KEY}")
    assert rotated.exit_code == 0, rotated.output


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_it_comes_back_into_either_kind_of_database_and_into_an_empty_one_only(
    night: Kept, elsewhere: Callable[..., str], to: str, tmp_path: Path
) -> None:
    before, backup = everything(night.settings.url), tmp_path / "back.zip"
    assert night.run("backup", str(backup)).exit_code == 0
    url, data = elsewhere(to, bare=True), tmp_path / "again"
    done = night.run("restore", str(backup), url=url, data=data)
    assert done.exit_code == 0, done.output
    after = everything(url)
    grown = {name for name in before if before[name] != after[name]}
    assert grown <= {"entry", "stream"}  # the journal says that it was restored
    with Database(url, pool=5).read() as session:
        assert heads.verify(session, night.keyring).faults == ()
        assert session.scalar(select(Entry.kind).where(Entry.kind == "operating.restored")) is not None
        person = session.scalars(select(Person).where(Person.username == "ada")).one()
        assert night.keyring.decrypt(person.number).startswith("+86120")
    fresh = night.settings.model_copy(update={"data": data})
    assert evidence.read(fresh, night.keyring, 1) == b"the log of the attacker"
    assert [file.read_bytes() for file in (data / "photos").rglob("*.jpg") if "thumb" not in file.name] == [
        b"a photo of the cut"
    ]
    again = night.run("restore", str(backup), url=url, data=data)
    assert again.exit_code == 1 and "is not empty" in again.output and "name an empty database" in again.output
    assert everything(url) == after


def test_when_a_key_is_lost_for_good_the_rest_comes_back(
    kept: Kept, backup: Path, elsewhere: Callable[..., str], tmp_path: Path
) -> None:
    url, data, other = elsewhere(kept.database.dialect), tmp_path / "again", new_key()
    refused = kept.run("restore", str(backup), url=url, data=data, keys=other)
    assert refused.exit_code == 1 and "is missing here" in refused.output and "--lost-keys" in refused.output
    done = kept.run("restore", "--lost-keys", str(backup), url=url, data=data, keys=other)
    assert done.exit_code == 1 and "restored into" in done.output  # it says what cannot be read
    assert "person.number: key" in done.output
    with Database(url, pool=5).read() as session:
        assert session.scalar(select(Person.username).where(Person.username == "ada"))


def test_new_rows_go_on_after_the_last_id(
    kept: Kept, backup: Path, elsewhere: Callable[..., str], tmp_path: Path
) -> None:
    url = elsewhere("postgresql")
    assert kept.run("restore", str(backup), url=url, data=tmp_path / "again").exit_code == 0
    database = Database(url, pool=5)
    made = database.write(lambda session: journal.add_note(session, "later", "system")[0])
    with database.read() as session:
        assert made == session.scalar(select(func.max(Note.id)))
    database.close()


def test_a_restore_that_was_cut_is_not_taken_for_whole_and_can_be_begun_again(
    kept: Kept, backup: Path, elsewhere: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, data = elsewhere(kept.database.dialect), tmp_path / "again"
    real = rows.fill

    def cut(connection: Connection, table: rows.Table, given: Iterable[bytes]) -> None:
        if table.name == "notice":
            raise KeyboardInterrupt
        real(connection, table, given)

    with monkeypatch.context() as patch:
        patch.setattr(rows, "fill", cut)
        assert kept.run("restore", str(backup), url=url, data=data).exit_code == 1
    for command in (["engine"], ["db", "upgrade"], ["journal", "verify"], ["backup", str(tmp_path / "x.zip")]):
        refused = kept.run(*command, url=url, data=data)
        assert refused.exit_code == 1, command
        assert "cut" in refused.output, (command, refused.output)
    assert not (tmp_path / "x.zip").exists()
    assert kept.run("restore", str(backup), url=url, data=data).exit_code == 0
    assert kept.run("journal", "verify", url=url, data=data).exit_code == 0


def test_a_backup_that_was_killed_leaves_nothing_at_its_place(kept: Kept, tmp_path: Path) -> None:
    """The process is killed in the middle of a table, as a power cut would do."""
    target = tmp_path / "killed.zip"
    program = (
        "import os, signal, sys\n"
        "from command.operating import rows\n"
        "real = rows.lines\n"
        "def lines(connection, table):\n"
        "    for line in real(connection, table):\n"
        "        if table.name == 'subscriber': os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield line\n"
        "rows.lines = lines\n"
        "from command.cli import main\n"
        "main()\n"
    )
    environment = {**os.environ, **kept.environment()}
    done = subprocess.run([sys.executable, "-c", program, "backup", str(target)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not target.exists()
    left = list(tmp_path.glob(".killed.zip.*.part"))
    assert len(left) == 1
    assert kept.run("restore", "--check", str(left[0])).exit_code == 1
    assert kept.run("backup", str(target)).exit_code == 0


def test_it_is_of_one_moment_whatever_is_written_meanwhile(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that come while the tables before theirs are read are in no table: neither the note nor the entry that cites it."""
    writer, real = Database(kept.settings.url), rows.lines

    def lines(connection: Connection, table: rows.Table) -> Iterator[bytes]:
        writer.write(
            lambda session: entries.record(
                session, entries.BackedUp(manifest="", moment=clock.now(session), rows=0, size=0)
            )
        )
        return real(connection, table)

    monkeypatch.setattr(rows, "lines", lines)
    made = tmp_path / "meanwhile.zip"
    assert kept.run("backup", str(made)).exit_code == 0
    monkeypatch.undo()
    writer.close()
    done = kept.run("restore", "--check", str(made))
    assert done.exit_code == 0, done.output


@pytest.mark.proves("I10")
def test_no_key_no_password_and_no_number_lies_open_in_it(kept: Kept, tmp_path: Path) -> None:
    (kept.folder / "tocsin.toml").write_text(SETTINGS.format(keys=new_key()))
    backup = tmp_path / "closed.zip"
    assert kept.run("backup", str(backup)).exit_code == 0
    assert backup.stat().st_mode & 0o077 == 0
    configured = tomllib.loads((kept.folder / "tocsin.toml").read_text())
    with zipfile.ZipFile(backup) as opened:
        names = opened.namelist()
        assert {"configuration/settings.toml", "configuration/config/authority.yaml"} <= set(names)
        assert "10086" in opened.read("configuration/settings.toml").decode()
        for name in names:
            body = opened.read(name)
            for secret in (SECRET_KEY, configured["keys"], "not-for-others-to-see", "+8612000000001"):
                assert secret.encode() not in body, (name, secret)
        assert not [name for name in names if name.endswith(("/keys", "-token"))]


def test_what_cannot_be_done_is_one_line_with_its_remedy(kept: Kept, backup: Path, tmp_path: Path) -> None:
    assert "exists: nothing is written over" in kept.run("backup", str(backup)).output
    assert "there is no folder" in kept.run("backup", str(tmp_path / "no" / "where.zip")).output
    assert "there is no database" in kept.run("backup", str(tmp_path), url=f"sqlite:///{tmp_path}/none.db").output
    named = kept.run("backup", str(tmp_path))
    assert named.exit_code == 0
    assert len(list(tmp_path.glob("tocsin-*Z.zip"))) == 1


def test_an_older_schema_comes_back_and_is_brought_up_to_date(
    kept: Kept, elsewhere: Callable[..., str], tmp_path: Path
) -> None:
    """A backup that was made before the upgrade is what one needs after a bad one."""
    schema.downgrade(kept.settings.url, "0051")
    old = tmp_path / "old.zip"
    made = backup_of.make(kept.settings, kept.keyring, old)
    assert made.manifest.revision == "0051"
    assert kept.run("restore", "--check", str(old)).exit_code == 0
    done = kept.run("restore", str(old), url=elsewhere(kept.database.dialect), data=tmp_path / "again")
    assert done.exit_code == 0, done.output


def test_every_sealed_column_and_every_folder_of_data_is_known() -> None:
    """A column that is encrypted, or a folder that code writes to, is either in a backup or named here as what can be made anew."""
    sealed_columns = {(table, column) for table, columns in sealed.SEALED.items() for column in columns}
    likely = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and column.name in ("number", "app", "sender", "address", "contact_number")
    }
    assert sealed_columns == likely
    written = set()
    for file in (Path(belongings.__file__).parents[1]).rglob("*.py"):
        written |= set(re.findall(r'\.data(?:\.resolve\(\))? / f?"([\w.-]+)', file.read_text("utf-8")))
    assert written <= {
        *belongings.KEPT,
        "keys",
        "translations",
        "tocsin.db",
        "demo-token",
        "demo.log",
        "configuration-restored-",
    }


@pytest.mark.parametrize("path", ["files/../../etc/passwd", "/etc/passwd", "files//x", ""])
def test_a_manifest_names_no_place_outside(path: str) -> None:
    with pytest.raises(ValidationError):
        archive.FilePart(path=path, size=1, sha256="0" * 64)
    with pytest.raises(ValidationError):
        fields = {"kinds": (), "count": None, "given": None, "rows": 0, "digest": "0" * 64}
        archive.TablePart(name='x"; DROP TABLE entry; --', columns=(), **fields)


def test_a_settings_file_whose_secrets_cannot_be_told_apart_stays_out() -> None:
    given = 'hotline = "10086"\nkeys = """\nAAAA,\nBBBB"""\n[[gateways]]\nname = "x"\npassword = "s3cret"\n'
    kept = belongings.without_secrets(given)
    assert kept is not None and "10086" in kept
    assert not any(word in kept for word in ("AAAA", "BBBB", "s3cret"))
    assert belongings.without_secrets('hotline = "1"\npassword = "\\u0061bc"\n') is None
    assert belongings.without_secrets("no toml") is None
