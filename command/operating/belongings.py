"""What an installation keeps outside of its database: files people gave it, and its configuration, never with a key or password."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from command.core.paths import CONFIG
from command.core.settings import Settings

KEPT = ("photos", "evidence")
"""Folders of the data folder that cannot be made anew. What else lies there can (compiled translations), belongs to the database itself, or
has to be kept apart from it (the keys)."""
SECRET = ("keys", "secret", "database_url", "auth_token", "password")
"""Settings that are left out, at any depth."""
BLANK = "left out of the backup"


@dataclass(frozen=True, slots=True)
class Belonging:
    """A file and where it lies in an archive."""

    path: str
    source: Path


def files(settings: Settings) -> Iterator[Belonging]:
    """Files of the data folder, those still being written left out."""
    for folder in KEPT:
        for file in sorted((settings.data / folder).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                yield Belonging(f"files/{file.relative_to(settings.data).as_posix()}", file)


def configuration(settings: Settings) -> Iterator[Belonging]:
    """What the operator may have changed beside the settings file."""
    for file in sorted((*CONFIG.glob("*.yaml"), *CONFIG.glob("*.py"))):
        yield Belonging(f"configuration/config/{file.name}", file)
    named = {"holidays": settings.holidays, "recipients": settings.recipients, "notices": settings.notices}
    named |= {f"gateway-{one.name}-ca": one.ca_file for one in settings.gateways}
    for what, file_ in named.items():
        if file_ is not None and file_.is_file():
            yield Belonging(f"configuration/{what}/{file_.name}", file_)
    if settings.playbooks is not None and settings.playbooks.is_dir():
        for file in sorted(settings.playbooks.rglob("*.y*ml")):
            yield Belonging(f"configuration/playbooks/{file.relative_to(settings.playbooks).as_posix()}", file)


def settings_file() -> Path:
    """The file the settings are read from."""
    return Path(os.environ.get("TOCSIN_CONFIG", CONFIG / "tocsin.toml"))


def without_secrets(text: str) -> str | None:
    """A settings file with what is secret blanked; None where that cannot be done for certain, and the file is better left out."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    for value in sorted(_secrets(given), key=len, reverse=True):
        text = text.replace(value, BLANK)
    try:
        left = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    return text if all(set(_parts(value)) <= {BLANK} for value in _secrets(left, whole=True)) else None


def _secrets(value: object, *, whole: bool = False) -> set[str]:
    found: set[str] = set()
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in SECRET and isinstance(inner, str):
                found |= {inner} if whole else set(_parts(inner))
            else:
                found |= _secrets(inner, whole=whole)
    elif isinstance(value, list):
        for inner in value:
            found |= _secrets(inner, whole=whole)
    return found - {""}


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.replace("\n", ",").split(",") if part.strip()]
