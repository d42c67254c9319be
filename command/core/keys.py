"""Encryption keys: AES-256-GCM for numbers, a blind index to look them up, Ed25519 to sign journal heads, secrets to sign links.

Losing the keys loses the numbers: back them up apart from the database."""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY_ID = 4
INDEX = 16


class KeyringError(Exception):
    """A key is missing or malformed; the message says which and what to do."""


@dataclass(frozen=True)
class Key:
    """One 256-bit key; its id is derived from it, so that a ciphertext names the key it needs."""

    material: bytes

    def derive(self, purpose: str, length: int = 32) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(self.material)

    @cached_property
    def id(self) -> bytes:
        return hashlib.sha256(b"tocsin key id" + self.material).digest()[:KEY_ID]

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.derive("numbers"))

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive("journal heads"))


class Keyring:
    """Keys, newest first: the first encrypts, any decrypts, the last makes the blind index (so it outlives rotation)."""

    def __init__(self, keys: list[Key]) -> None:
        if not keys:
            raise KeyringError("no key: set TOCSIN_KEYS (make one with `tocsin keys new`)")
        self.keys = keys
        self._by_id = {key.id: key for key in keys}
        self._index_key = keys[-1].derive("blind index")

    @property
    def newest(self) -> Key:
        return self.keys[0]

    def by_id(self, key_id: bytes) -> Key:
        try:
            return self._by_id[key_id]
        except KeyError:
            raise KeyringError(f"key {key_id.hex()} is missing: add it to the end of TOCSIN_KEYS") from None

    def encrypt(self, text: str) -> bytes:
        """AES-256-GCM: key id (4 bytes), nonce (12), ciphertext with tag."""
        nonce = os.urandom(NONCE)
        return self.newest.id + nonce + self.newest.cipher.encrypt(nonce, text.encode(), None)

    def decrypt(self, data: bytes) -> str:
        key = self.by_id(data[:KEY_ID])
        try:
            return key.cipher.decrypt(data[KEY_ID : KEY_ID + NONCE], data[KEY_ID + NONCE :], None).decode()
        except InvalidTag:
            raise KeyringError(
                "a stored value does not match its key: the row was altered or the key is wrong"
            ) from None

    def index(self, number: str) -> bytes:
        """The blind index of a number in E.164: keyed, 16 bytes, the same for the same number."""
        return hmac.digest(self._index_key, number.encode(), "sha256")[:INDEX]

    def secret(self, purpose: str) -> bytes:
        """A secret for signing links and sessions; it changes with the newest key."""
        return self.newest.derive("secret " + purpose)


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def parse(text: str) -> Keyring:
    keys = []
    for position, part in enumerate((p for p in text.replace("\n", ",").split(",") if p.strip()), 1):
        try:
            material = base64.urlsafe_b64decode(part.strip())
        except ValueError:
            material = b""
        if len(material) != 32:
            raise KeyringError(
                f"TOCSIN_KEYS: key {position} is not 32 bytes in base64; make one with `tocsin keys new`"
            )
        keys.append(Key(material))
    return Keyring(keys)


def open_keyring(keys: str, file: Path, *, may_create: bool) -> Keyring:
    """From the setting, else from the key file beside the data; created at first start where `may_create` (never in production)."""
    if keys:
        return parse(keys)
    if not file.exists():
        if not may_create:
            raise KeyringError(f"no key: set TOCSIN_KEYS or put one in {file} (make one with `tocsin keys new`)")
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(new_key() + "\n")
    return parse(file.read_text())
