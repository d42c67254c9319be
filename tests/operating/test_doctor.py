"""The doctor sees what is wrong, says what to do, and looks on when half of it is broken."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from command.core import clock, schema
from command.core.beats import EngineBeat
from command.core.keys import new_key
from command.core.paths import CONFIG
from command.messages import breakers, quota
from command.operating.doctor import files
from command.operating.doctor.lines import Level
from command.people.models import Person, PersonPost
from tests.messages.house import TOKEN
from tests.notifiers.mailserver import MailServer, by_mail
from tests.operating.conftest import SECRET_KEY, Kept

Lines = list[dict[str, str]]


def looked(kept: Kept, language: str = "en", **given: Any) -> tuple[int, Lines]:
    done = kept.run("doctor", "--json", "--language", language, **given)
    return done.exit_code, json.loads(done.stdout)


def of(lines: Lines, what: str) -> list[tuple[str, str]]:
    return [(line["level"], line["text"]) for line in lines if line["what"] == what]


def bad(lines: Lines) -> dict[str, str]:
    assert all(bool(line["remedy"]) == (line["level"] != "ok") for line in lines), lines
    return {line["what"]: line["text"] for line in lines if line["level"] == "fault"}


def configure(kept: Kept, *gateways: str) -> None:
    (kept.folder / "tocsin.toml").write_text('zone = "Asia/Shanghai"\n' + "\n".join(gateways))


def beat(kept: Kept, **given: Any) -> None:
    def work(session: Any) -> None:
        at = clock.instant(session)
        session.merge(EngineBeat(engine="host:1", started_at=at, seen_at=at, **given))

    kept.database.write(work)


TWILIO = """[[gateways]]
name = "main"
transport = "twilio"
account_sid = "AC00000000000000000000000000000000"
auth_token = "{token}"
sender = "10690000"
base_url = "{url}"
"""


@contextmanager
def closed_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_an_installation_that_is_well_has_no_fault(kept: Kept, tmp_path: Path) -> None:
    configure(kept)
    kept.database.write(lambda session: session.execute(text("UPDATE clock_offset SET microseconds = 0")))
    beat(kept)
    assert kept.run("backup", str(tmp_path)).exit_code == 0
    code, lines = looked(kept)
    assert (code, bad(lines)) == (0, {})
    assert of(lines, "engines") == [("ok", "1 engines go round: host:1")]
    assert of(lines, "backups") == [("ok", "the newest backup is 0 hours old")]
    assert of(lines, "keys")[0][0] == of(lines, "clock")[0][0] == of(lines, "migrations")[0][0] == "ok"
    assert of(lines, "authority")[0][0] == "ok"
    table = kept.run("doctor", "--language", "zh")
    assert table.exit_code == 0 and "数据库结构与本版本一致" in table.output and "故障 0" in table.output
    assert SECRET_KEY not in table.output


def test_it_looks_on_when_the_settings_are_broken(kept: Kept) -> None:
    (kept.folder / "tocsin.toml").write_text("port = 99999999\n")
    code, lines = looked(kept)
    assert code == 1
    assert "TOCSIN_PORT" in bad(lines)["settings"]
    assert of(lines, "configuration")[0][0] == "ok"
    (kept.folder / "tocsin.toml").write_text("no toml")
    assert "not valid TOML" in bad(looked(kept)[1])["settings"]


def test_it_looks_on_when_the_database_is_away(kept: Kept, tmp_path: Path) -> None:
    with closed_port() as port:
        code, lines = looked(kept, url=f"postgresql://u:geheim@127.0.0.1:{port}/x")
    assert code == 1 and "does not answer" in bad(lines)["database"]
    assert "geheim" not in json.dumps(lines)
    assert of(lines, "not looked at")[0][0] == "warning"
    assert of(lines, "keys")[0][0] == "ok"
    none = tmp_path / "none.db"
    assert "there is no database" in bad(looked(kept, url=f"sqlite:///{none}")[1])["database"]
    assert not none.exists()


def test_a_schema_of_another_version_is_told_from_one_that_is_newer(kept: Kept) -> None:
    schema.downgrade(kept.settings.url, "0051")
    lines = looked(kept)[1]
    assert "the database is at 0051" in bad(lines)["migrations"]
    assert "tocsin db upgrade" in next(line["remedy"] for line in lines if line["what"] == "migrations")
    kept.database.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert "newer Tocsin" in next(line["remedy"] for line in looked(kept)[1] if line["what"] == "migrations")
    kept.database.write(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'unfinished 0051'"))
    )
    assert "was cut" in bad(looked(kept)[1])["migrations"]


def test_keys_that_are_missing_wrong_or_in_the_wrong_order_are_named(kept: Kept) -> None:
    needed = kept.keyring.newest.id.hex()
    foreign = looked(kept, keys=new_key())[1]
    assert "person.number" in bad(foreign)[f"key {needed}"] and "evidence" in bad(foreign)[f"key {needed}"]
    swapped = looked(kept, keys=f"{SECRET_KEY},{new_key()}")[1]
    assert "blind index" in bad(swapped)["keys"]
    broken = looked(kept, keys="abc")[1]
    assert "not 32 bytes" in bad(broken)["keys"] and "abc" not in bad(broken)["keys"]
    spare = looked(kept, keys=f"{new_key()},{new_key()},{SECRET_KEY}")[1]
    assert not [what for what in bad(spare) if "key" in what]
    assert [line for line in spare if line["text"].startswith("nothing that was looked at needs key")]


def test_a_gateway_whose_day_is_spent_is_a_warning(kept: Kept) -> None:
    configure(kept, '[[gateways]]\nname = "main"\ntransport = "console"\ndaily_cap = 3')
    kept.database.write(
        lambda session: quota.lease(session, "main", 3, rate=9, pages=False, pages_share=0, daily_cap=3)
    )
    lines = looked(kept)[1]
    assert ("warning", "main has carried all it may today: 3") in of(lines, "gateway main")


@pytest.mark.proves("I3")
def test_gateways_are_tried_without_sending_anything_and_the_one_for_exercises_apart(
    kept: Kept, simulator: str
) -> None:
    configure(
        kept,
        TWILIO.format(token=TOKEN, url=simulator),
        TWILIO.format(token="wrong", url=simulator).replace('"main"', '"exercise"'),
    )
    lines = looked(kept)[1]
    assert of(lines, "gateway main") == [("ok", "main answers and takes the account")]
    assert bad(lines)["exercise gateway"] == "exercise refuses the account (401)"
    with closed_port() as port:
        configure(kept, TWILIO.format(token="x", url=f"http://127.0.0.1:{port}"))
        lines = looked(kept)[1]
    assert "main cannot be reached" in bad(lines)["gateway main"]
    assert "main" in of(lines, "exercise gateway")[0][1]


def test_a_mail_server_is_signed_in_to_and_an_smsc_only_reached(kept: Kept, tmp_path: Path) -> None:
    mail = MailServer(tmp_path)
    try:
        with closed_port() as port:
            given = "".join(f"{name} = {json.dumps(value)}\n" for name, value in by_mail(mail).items())
            smtp = f"[[gateways]]\n{given}"
            smpp = f'[[gateways]]\nname = "smsc"\ntransport = "smpp"\nhost = "127.0.0.1"\nport = {port}\nusername = "u"\nsender = "1"\n'
            configure(kept, smtp, smpp)
            lines = looked(kept)[1]
        assert of(lines, f"gateway {by_mail(mail)['name']}")[0][0] == "ok"
        assert "smsc cannot be reached" in bad(lines)["gateway smsc"]
        assert mail.box.mails == []
    finally:
        mail.stop()


def test_a_gateway_that_engines_stopped_is_named(kept: Kept) -> None:
    configure(kept)
    kept.database.write(lambda session: breakers.stop(session, "console", "account refused"))
    lines = looked(kept)[1]
    assert [line["text"] for line in lines if line["level"] == "fault" and line["what"] == "gateway console"] == [
        "console is stopped: account refused"
    ]


def test_an_act_that_nobody_may_do_and_a_post_that_nobody_holds_are_named(kept: Kept) -> None:
    kept.database.write(
        lambda session: session.execute(delete(PersonPost).where(PersonPost.post.in_(("administrator", "commander"))))
    )
    lines = looked(kept)[1]
    assert "manage_people" in bad(lines)["authority"]
    assert [text for level, text in of(lines, "posts") if level == "fault"] == [
        "nobody holds the post commander",
        "nobody holds the post administrator",
    ]
    kept.database.write(lambda session: session.execute(update(Person).values(active=False)))
    assert bad(looked(kept)[1])["people"] == "there is nobody"


def test_engines_that_stand_still_fail_or_are_slow_are_told(kept: Kept) -> None:
    assert "no engine" in bad(looked(kept)[1])["engines"]
    beat(kept, slowest="fan_out", slowest_ms=12_000, cycles={"deliver": {"failed": 3}, "sweep": {"failed": 0}})
    said = of(looked(kept)[1], "engines")
    assert [level for level, _ in said] == ["ok", "warning", "warning"]
    assert "deliver" in said[1][1] and "sweep" not in said[1][1] and "12 s" in said[2][1]


def test_a_clock_that_was_moved_in_production_is_a_fault(kept: Kept) -> None:
    """The clock of the night was moved by hours; without that both clocks agree, for they are one machine's."""
    kept.database.write(lambda session: clock.move(session, timedelta(hours=3), allowed=True))
    lines = looked(kept)[1]
    assert [level for level, _ in of(lines, "clock")] == ["ok", "fault"]


def test_every_file_of_the_configuration_is_looked_at_and_a_fault_has_its_line(tmp_path: Path) -> None:
    assert set(files.FILES) == {file.name for file in CONFIG.glob("*.yaml")}
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("demo"))
    assert [line.level for line in files.configuration(folder)] == [Level.OK]
    (folder / "tiers.yaml").write_text("rules: 7\n")
    (folder / "words.yaml").unlink()
    found = list(files.configuration(folder))
    assert {line.what for line in found} == {"config/tiers.yaml", "config/words.yaml"}
    assert "tiers.yaml:1" in found[0].said(str)[0]
    assert all(line.level is Level.FAULT and line.remedy for line in found)


def test_plans_that_no_gateway_can_carry_are_a_fault_in_production(kept: Kept) -> None:
    """Pages with reply codes need a road on which replies come back."""
    configure(kept, '[[gateways]]\nname = "printed"\ntransport = "console"\ntwo_way = false')
    lines = looked(kept)[1]
    assert "no gateway can bring a reply code back" in bad(lines)["plans"]


def test_files_that_the_settings_name_are_read(kept: Kept) -> None:
    configure(kept, 'notices = "/nowhere/notices.yaml"', 'holidays = "/nowhere/holidays.csv"')
    lines = looked(kept)[1]
    assert {"notices", "holidays"} <= set(bad(lines))
