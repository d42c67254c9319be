"""The table at the command line: checked without a database, shown, put in force on record."""

from pathlib import Path

from click.testing import CliRunner

from command.authority.commands import authority
from command.core.paths import CONFIG
from command.core.settings import Settings
from tests.authority.conftest import API, SQLITE, Rule


@SQLITE
def test_a_file_is_checked_put_in_force_and_shown(rule: Rule, settings: Settings, tmp_path: Path) -> None:
    run, file = CliRunner(), tmp_path / "mine.yaml"
    text = (CONFIG / "authority.yaml").read_text("utf-8")
    file.write_text(text.replace("  - act: settle\n", "  - act: setle\n"), "utf-8")
    broken = run.invoke(authority, ["check", str(file)], obj=settings)
    assert (broken.exit_code, "settle" in broken.output) == (1, True), broken.output
    file.write_text(text.replace("after_minutes: 1440", "after_minutes: 720"), "utf-8")
    assert "no holes" in run.invoke(authority, ["check", str(file)], obj=settings).output
    rule.draft()
    loaded = run.invoke(authority, ["load", str(file), "--reason", "closing was too slow"], obj=settings)
    assert (loaded.exit_code, "Version 2 is in force: 1 groups" in loaded.output) == (0, True), loaded.output
    assert "after_minutes: 720" in run.invoke(authority, ["show"], obj=settings).output
    assert "after_minutes: 1440" in run.invoke(authority, ["show", "--version", "0"], obj=settings).output
    assert run.invoke(authority, ["show", "--version", "9"], obj=settings).exit_code == 1
    rule.settled()
    seen = rule.get("aud", API).json
    assert (seen["version"], seen["about"]["published_by"], seen["about"]["reason"]) == (
        2,
        None,
        "closing was too slow",
    )
