"""Which keys what is kept needs: every sealed value begins with the id of its key."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from command.core.keys import KEY_ID, Keyring, KeyringError
from command.operating.rows import Table

SEALED = {
    "person": ("number",),
    "person_contact": ("address",),
    "subscriber": ("number", "app"),
    "delivery": ("number",),
    "inbound": ("sender",),
    "site": ("contact_number",),
    "customer_case": ("number",),
    "bulletin_copy": ("address",),
    "resource_contact": ("number",),
}
"""Columns that hold what a Keyring encrypted, by table."""
INDEXED = (("subscriber", "number", "number_index"), ("person", "number", "number_index"))
"""Tables in which a sealed number stands beside its blind index: where the last key can be tried."""


def needed(
    connection: Connection, tables: Iterable[Table], evidence: Iterable[Path] = (), *, sample: int | None = None
) -> dict[str, list[str]]:
    """By the id of a key, in hex: what needs it (columns, journal heads, evidence). With `sample` only so many of the oldest and of the
    newest values of each column are looked at."""
    known = {table.name: table for table in tables}
    has = {name: table.columns for name, table in known.items()}
    found: dict[str, list[str]] = {}
    for name, columns in SEALED.items():
        for column in columns:
            if column in has.get(name, ()):
                for key in _ids(connection, f'substr("{column}", 1, {KEY_ID})', _some(known[name], column, sample)):
                    found.setdefault(key, []).append(f"{name}.{column}")
    if "signed_heads" in has:
        for key in _ids(connection, "key_id", '"signed_heads"'):
            found.setdefault(key, []).append("journal heads")
    for file in evidence:
        with file.open("rb") as body:
            key = body.read(KEY_ID).hex()
        if "evidence" not in found.setdefault(key, []):
            found[key].append("evidence")
    return found


def _some(table: Table, column: str, sample: int | None) -> str:
    """What to select from: the table, or its ends by id, whose index both engines walk."""
    if sample is None or table.count is None:
        return f'"{table.name}"'
    ends = [
        f'SELECT * FROM (SELECT "{column}" FROM "{table.name}" ORDER BY "{table.count}" {way} LIMIT {sample}) AS {way}_end'
        for way in ("ASC", "DESC")
    ]
    return f"({' UNION ALL '.join(ends)}) AS ends"


def _ids(connection: Connection, column: str, source: str) -> list[str]:
    read = connection.exec_driver_sql(f"SELECT DISTINCT {column} FROM {source}")
    return sorted(bytes(key).hex() for (key,) in read if key is not None and len(key) == KEY_ID)


def missing(needs: Iterable[str], keyring: Keyring | None) -> list[str]:
    """Those ids of keys that are not here."""
    here = {key.id.hex() for key in keyring.keys} if keyring else set()
    return sorted(set(needs) - here)


def tried(connection: Connection, tables: Iterable[Table], keyring: Keyring, sample: int = 20) -> list[str]:
    """Decrypt a few of what is kept in each sealed column, and look whether the last key still makes the index: what fails, in words."""
    has = {table.name: table.columns for table in tables}
    faults = []
    for name, columns in SEALED.items():
        for column in columns:
            if column in has.get(name, ()):
                faults += _unread(connection, name, column, keyring, sample)
    for name, number, index in INDEXED:
        if name in has and _foreign_index(connection, name, number, index, keyring):
            faults.append(
                f"{name}: the blind index was made with another last key; nobody is found by number. Put that key last in TOCSIN_KEYS"
            )
            break
    return faults


def _unread(connection: Connection, table: str, column: str, keyring: Keyring, sample: int) -> list[str]:
    read = connection.exec_driver_sql(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL LIMIT {sample}')
    try:
        for (value,) in read.fetchall():
            keyring.decrypt(bytes(value))
    except (KeyringError, UnicodeDecodeError) as error:
        return [f"{table}.{column}: {error}"]
    return []


def _foreign_index(connection: Connection, table: str, number: str, index: str, keyring: Keyring) -> bool:
    query = f'SELECT "{number}", "{index}" FROM "{table}" WHERE "{number}" IS NOT NULL LIMIT 1'
    row = connection.exec_driver_sql(query).first()
    if row is None:
        return False
    try:
        return keyring.index(keyring.decrypt(bytes(row[0]))) != bytes(row[1])
    except KeyringError:
        return False  # said already: the number itself cannot be read
