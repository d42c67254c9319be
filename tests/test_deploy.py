"""What `config/deploy/` holds names commands, settings and files that exist, and nginx and systemd can read it."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from command.cli import main
from command.core.settings import Settings
from tests.faults.hosts.city import NGINX

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "config" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
PAGE = (ROOT / "docs" / "operate" / "deploy.md").read_text()


def unit(path: Path) -> configparser.RawConfigParser:
    """A unit file; a key given twice is a fault here, though systemd would take the last."""
    read = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(path)
    return read


def resolves(words: list[str]) -> bool:
    """Whether these words lead to a command of `tocsin`."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word not in command.commands:
            return False
        command = command.commands[word]
    return not isinstance(command, click.Group)


def settings_of(text: str) -> set[str]:
    return {name.partition("__")[0].lower() for name in re.findall(r"TOCSIN_([A-Z_]+)", text)}


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_each_service_starts_a_command_that_exists_as_a_user_without_rights(path: Path) -> None:
    service = unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/tocsin/current/bin/tocsin" and resolves(words)
    assert service["User"] == "tocsin" and service["NoNewPrivileges"] == "yes" and service["ProtectSystem"] == "strict"
    assert service["EnvironmentFile"] == "/etc/tocsin/tocsin.env" and "/etc/tocsin/tocsin.env" in PAGE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_reads_every_unit(tmp_path: Path) -> None:
    for path in UNITS:
        text = (
            path.read_text().replace("/opt/tocsin/current/bin/tocsin", "/bin/true").replace("User=tocsin", "User=root")
        )
        (tmp_path / path.name.replace("@", "@8001")).write_text(text.replace("Group=tocsin", "Group=root"))
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    said = subprocess.run(
        ["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False, timeout=60
    )
    ours = [line for line in said.stderr.splitlines() if "tocsin" in line and "Failed to prepare" not in line]
    assert not ours


def test_the_image_and_compose_name_what_exists() -> None:
    services = COMPOSE["services"]
    assert sorted(services) == sorted(
        ["database", "upgrade", "front", *(f"{kind}{n}" for kind in ("web", "engine") for n in (1, 2, 3))]
    )
    for name, service in services.items():
        if name not in ("database", "front"):
            assert resolves(service["command"]), name
        for file in service.get("volumes", []):
            source = file.split(":")[0]
            known = source.strip("./") in ("tls",) or (DEPLOY / "container" / source).exists()
            assert known if source.startswith(".") else source in COMPOSE["volumes"], file
        for needed in service.get("depends_on", []):
            assert needed in services
    front = (DEPLOY / "container" / "front.conf").read_text()
    assert 2 * [f"{name}:8000" for name in ("web1", "web2", "web3")] == re.findall(r"server (\w+:\d+)", front)
    image = (DEPLOY / "container" / "Containerfile").read_text()
    assert re.search(r"^USER tocsin$", image, re.M) and 'ENTRYPOINT ["tocsin"]' in image


@pytest.mark.parametrize(
    "path",
    [DEPLOY / "tocsin.env.example", *sorted((DEPLOY / "container").iterdir())],
    ids=lambda path: path.name,
)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    assert settings_of(path.read_text()) <= {*Settings.model_fields, "config"}


@pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not installed")
def test_nginx_reads_its_file(tmp_path: Path) -> None:
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tocsin.example.net"]
    subprocess.run(
        ["openssl", "req", *made, "-keyout", tmp_path / "key", "-out", tmp_path / "crt"],
        check=True,
        capture_output=True,
    )
    text = (DEPLOY / "nginx" / "tocsin.conf").read_text()
    for said, here in (
        ("/etc/nginx/tocsin.crt", tmp_path / "crt"),
        ("/etc/nginx/tocsin.key", tmp_path / "key"),
        ("/etc/nginx/snippets", DEPLOY / "nginx"),
        ("/var/cache/tocsin", tmp_path / "cache"),
    ):
        assert said in text
        text = text.replace(said, str(here))
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {text} }}")
    command = [NGINX or "nginx", "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(file)]
    said_of_it = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert said_of_it.returncode == 0, said_of_it.stderr


def test_the_page_copies_files_that_exist() -> None:
    for name in re.findall(r"config/deploy/[\w./@-]*\w", PAGE):
        assert name.endswith("/.env") or list(ROOT.glob(name)) or list(ROOT.glob(name + "*")), name
    ports = set(re.findall(r"server 127\.0\.0\.1:(\d+)", (DEPLOY / "nginx" / "tocsin.conf").read_text()))
    assert ports == set(re.findall(r"tocsin-web@(\d+) ", PAGE))
