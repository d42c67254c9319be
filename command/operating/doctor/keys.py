"""Whether the keys are here, can read what is kept, and which of them nothing needs any more. Keys are told by their ids alone."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from command.core.keys import Keyring, KeyringError, open_keyring
from command.core.problems import N_
from command.core.settings import Settings
from command.operating import belongings, rows, sealed
from command.operating.doctor.lines import AS_SAID, Line, fault, ok, warning


def opened(given: Settings) -> tuple[Keyring | None, list[Line]]:
    """The keys of this installation; none is ever made here."""
    file = given.data / "keys"
    try:
        keyring = open_keyring(given.keys, file, may_create=False)
    except (KeyringError, OSError) as error:
        remedy = N_(
            "Put the keys of this installation back from where they are kept; a new key reads nothing that is there."
        )
        return None, [fault("keys", AS_SAID, remedy, error=str(error))]
    found = [
        ok(
            "keys",
            N_("%(count)s keys; new numbers are encrypted with %(newest)s"),
            count=len(keyring.keys),
            newest=keyring.newest.id.hex(),
        )
    ]
    if not given.keys and file.stat().st_mode & 0o077:
        found.append(
            warning("keys", N_("others than their owner may read %(path)s"), N_("Set its mode to 600."), path=file)
        )
    return keyring, found


def kept(session: Session, given: Settings, keyring: Keyring) -> Iterator[Line]:
    """What is kept against the keys: the oldest and newest thousand values of each column are looked at, and every signed head."""
    connection = session.connection()
    tables = rows.tables(connection)
    evidence = [each.source for each in belongings.files(given) if each.path.startswith("files/evidence/")]
    needs = sealed.needed(connection, tables, evidence, sample=1000)
    for key in sealed.missing(needs, keyring):
        remedy = N_("Add it to the end of TOCSIN_KEYS, before the last key, in every process.")
        yield fault(
            f"key {key}",
            N_("key %(key)s is missing; it is needed by %(uses)s"),
            remedy,
            key=key,
            uses=", ".join(needs[key]),
        )
    wrong = sealed.tried(connection, tables, keyring)
    for each in wrong:
        yield fault("keys", AS_SAID, N_("Put the right keys in their right order into TOCSIN_KEYS."), error=each)
    if not wrong:
        yield ok("keys", N_("what is kept can be decrypted, and found by number"))
    for key_ in keyring.keys[1:-1]:
        if key_.id.hex() not in needs:
            words = N_("nothing that was looked at needs key %(key)s")
            yield ok(f"key {key_.id.hex()}", words, key=key_.id.hex())
