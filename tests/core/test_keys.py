"""Numbers stay readable and findable through every rotation of keys, and nothing else reads them."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.keys import Keyring, KeyringError, new_key, open_keyring, parse

OLD, NEW = new_key(), new_key()
before, after = parse(OLD), parse(f"{NEW},{OLD}")


@pytest.mark.proves("R19")
@given(st.text(max_size=40))
def test_what_was_encrypted_before_a_rotation_is_read_after_it(text: str) -> None:
    assert after.decrypt(before.encrypt(text)) == text
    assert after.decrypt(after.encrypt(text)) == text


@pytest.mark.proves("R19")
def test_after_a_rotation_the_new_key_encrypts() -> None:
    with pytest.raises(KeyringError, match="add it to the end of TOCSIN_KEYS"):
        before.decrypt(after.encrypt("+8612012345678"))


def test_the_index_of_a_number_outlives_a_rotation() -> None:
    assert after.index("+8612012345678") == before.index("+8612012345678")
    assert parse(NEW).index("+8612012345678") != before.index("+8612012345678")


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_index_is_the_same_for_the_same_number_only(one: str, other: str) -> None:
    assert (after.index(one) == after.index(other)) == (one == other)


@pytest.mark.proves("R19")
def test_the_same_number_is_never_encrypted_to_the_same_bytes_and_never_shows() -> None:
    found = {before.encrypt("+8612012345678") for _ in range(50)}
    assert len(found) == 50
    assert not any(b"12012345678" in each for each in found)


@pytest.mark.proves("R19")
@given(st.integers(0, 45), st.integers(1, 255))
def test_tampering_with_any_byte_is_noticed(position: int, by: int) -> None:
    data = bytearray(before.encrypt("+8612012345678"))
    data[position % len(data)] ^= by
    with pytest.raises(KeyringError):
        before.decrypt(bytes(data))


def test_secrets_differ_by_purpose_and_change_with_the_newest_key() -> None:
    assert before.secret("session") != before.secret("page link")
    assert before.secret("session") != after.secret("session")


@pytest.mark.parametrize(
    "text", ["short", "!!!", OLD + "," + "x" * 44, OLD[:-2]], ids=["short", "odd", "second", "cut"]
)
def test_a_key_that_is_none_is_named_by_its_place(text: str) -> None:
    place = text.count(",") + 1
    with pytest.raises(KeyringError, match=f"TOCSIN_KEYS: key {place} is not 32 bytes in base64"):
        parse(text)


@pytest.mark.parametrize("text", ["", " , ,\n"])
def test_no_key_at_all_says_how_to_make_one(text: str) -> None:
    with pytest.raises(KeyringError, match="tocsin keys new"):
        parse(text)


def test_a_ring_needs_a_key() -> None:
    with pytest.raises(KeyringError):
        Keyring([])


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "data" / "keys"
    made = open_keyring("", file, may_create=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_keyring("", file, may_create=True).newest.id == made.newest.id


def test_production_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="set TOCSIN_KEYS or put one in"):
        open_keyring("", tmp_path / "keys", may_create=False)
    assert not (tmp_path / "keys").exists()


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(OLD)
    assert open_keyring(NEW, tmp_path / "keys", may_create=True).newest.id == parse(NEW).newest.id
