"""What the repository is made of: its top level, and the parts it is built with."""

import ast
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"command", "playbooks", "notifiers", "static", "templates", "tests", "config", "docs"}
FILES = {"pyproject.toml", "README.md", "LICENSE", "Makefile", "requirements.txt", "package.json", "package-lock.json"}
BUILT_WITH = ("flask", "flask_socketio", "apscheduler", "sqlalchemy", "twilio", "plotly", "pytest")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return listed.stdout.splitlines()


@pytest.mark.proves("D8")
def test_the_top_level_is_as_designed() -> None:
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} == FOLDERS | FILES


@pytest.mark.proves("D9")
@pytest.mark.parametrize("package", BUILT_WITH)
def test_each_part_is_declared_and_used(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert any(line.split(">")[0].split("=")[0].replace("-", "_") == package for line in declared)
    paths = [p for p in tracked() if p.endswith(".py")]
    assert any(
        package in imported(ROOT / path) for path in paths if not path.startswith("tests/") or package == "pytest"
    )


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_lock_file_names_a_registry() -> None:
    for name in ("requirements.txt", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text or all("registry" not in line and "pypi" not in line for line in text.splitlines())


def test_the_lock_pins_every_extra_that_a_package_asks_for() -> None:
    """A pin of `pydantic` does not pin `pydantic[email]`: the day a newer pydantic is released, a hash-checked install fails."""
    pins = dict(re.findall(r"^([\w.-]+)(\[[^\]]+\])?==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    loose = {
        f"{name}[{extra}] (for {package})"
        for package in pins
        for line in _required_by(package)
        if ";" not in line and (found := re.match(r"([\w.-]+)\[([^\]]+)\]", line))
        for name, extras in [found.groups()]
        for extra in extras.split(",")
        if extra not in pins.get(name.lower(), "")
    }
    assert not loose


def _required_by(package: str) -> list[str]:
    try:
        return metadata.requires(package) or []
    except metadata.PackageNotFoundError:  # locked for another platform
        return []
