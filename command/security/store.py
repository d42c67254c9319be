"""Where files of evidence lie: `evidence/` in the data folder, each encrypted with AES-256-GCM under a key of its own purpose, named by
the piece of evidence and never by what somebody called it."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from command.core.keys import KEY_ID, NONCE, Key, Keyring, KeyringError
from command.core.settings import Settings

PURPOSE = "evidence"


class Spoiled(Exception):
    """What is kept cannot be read as it was kept: altered, cut short, gone, or its key is missing."""


def keep(settings: Settings, keyring: Keyring, evidence_id: int, body: bytes) -> None:
    """Keep a file, encrypted and tied to its piece of evidence, whole or not at all."""
    nonce = os.urandom(NONCE)
    sealed = _cipher(keyring.newest).encrypt(nonce, body, _tie(evidence_id))
    path = _path(settings, evidence_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(keyring.newest.id + nonce + sealed)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def read(settings: Settings, keyring: Keyring, evidence_id: int) -> bytes:
    """The file of a piece of evidence as it was given; raise Spoiled."""
    try:
        data = _path(settings, evidence_id).read_bytes()
        key = keyring.by_id(data[:KEY_ID])
        nonce, sealed = data[KEY_ID : KEY_ID + NONCE], data[KEY_ID + NONCE :]
        return _cipher(key).decrypt(nonce, sealed, _tie(evidence_id))
    except (OSError, ValueError, InvalidTag, KeyringError) as error:
        raise Spoiled(str(error)) from error


def destroy(settings: Settings, evidence_id: int) -> None:
    """Delete the file of a piece of evidence; one that is gone already stays gone."""
    _path(settings, evidence_id).unlink(missing_ok=True)


def digest(body: bytes) -> str:
    """The SHA-256 of a file's content, in hex."""
    return hashlib.sha256(body).hexdigest()


def _cipher(key: Key) -> AESGCM:
    return AESGCM(key.derive(PURPOSE))


def _tie(evidence_id: int) -> bytes:
    """A file put in the place of another is not taken for it."""
    return f"evidence {evidence_id}".encode()


def _path(settings: Settings, evidence_id: int) -> Path:
    return settings.data / "evidence" / f"{evidence_id}.sealed"
