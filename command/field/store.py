"""Where photos lie: `photos/` in the data folder, named by the hash of what is in them, never by what somebody called them."""

import hashlib
import os
import secrets
from pathlib import Path

from command.core.settings import Settings
from command.field.pictures import Picture

FULL, THUMB = ".jpg", ".thumb.jpg"


def keep(settings: Settings, picture: Picture) -> str:
    """Keep a photo and its thumbnail; return the SHA-256 (hex) it is found by. Keeping it twice changes nothing."""
    digest = hashlib.sha256(picture.full).hexdigest()
    for ending, data in ((FULL, picture.full), (THUMB, picture.thumb)):
        path = _path(settings, digest, ending)
        if not path.exists():
            _write(path, data)
    return digest


def read(settings: Settings, digest: str, *, thumb: bool = False) -> bytes | None:
    """A kept photo or its thumbnail; None where this host does not have it."""
    try:
        return _path(settings, digest, THUMB if thumb else FULL).read_bytes()
    except FileNotFoundError:
        return None


def _path(settings: Settings, digest: str, ending: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("a photo is found by its SHA-256")
    return settings.data / "photos" / digest[:2] / f"{digest}{ending}"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, whatever else writes the same photo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with fresh.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
