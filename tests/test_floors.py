"""Imports go down the floors."""

import shutil
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.proves("I12")
def test_imports_go_down_the_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True) == 0


@pytest.mark.proves("I12")
def test_an_import_that_goes_up_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("command", "notifiers", "playbooks"):
        shutil.copytree(ROOT / name, tmp_path / f"copy_{name}", ignore=shutil.ignore_patterns("__pycache__"))
    _rename(tmp_path)
    (tmp_path / "copy_command" / "core" / "upward.py").write_text("import copy_command.incidents.service\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lint_imports(config_filename=str(tmp_path / ".importlinter"), no_cache=True) == 1


def _rename(folder: Path) -> None:
    text = (ROOT / ".importlinter").read_text("utf-8")
    for name in ("command", "notifiers", "playbooks"):
        text = text.replace(f"    {name}\n", f"    copy_{name}\n").replace(f"{name}.", f"copy_{name}.")
    (folder / ".importlinter").write_text(text, "utf-8")
    for path in folder.rglob("*.py"):
        source = path.read_text("utf-8")
        for name in ("command", "notifiers", "playbooks"):
            source = source.replace(f"from {name}", f"from copy_{name}").replace(
                f"import {name}.", f"import copy_{name}."
            )
        path.write_text(source, "utf-8")
