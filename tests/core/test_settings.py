"""A setting that cannot be used names itself and says what to do; the environment goes before the file."""

from pathlib import Path

import pytest

from command.core.keys import new_key
from command.core.settings import Settings, SettingsError, read

NAMES = ("PORT", "SIMULATOR_PORT", "TOCSIN_PORT", "TOCSIN_DATA", "TOCSIN_ENV", "TOCSIN_KEYS", "TOCSIN_DATABASE_URL")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tocsin.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOCSIN_ENV", "staging"),
        ("TOCSIN_PORT", "0"),
        ("PORT", "http"),
        ("TOCSIN_ZONE", "Mars/Olympus"),
        ("TOCSIN_LANGUAGE", "fr"),
        ("TOCSIN_MAX_BODY_BYTES", "12"),
        ("TOCSIN_PAGES_SHARE", "1"),
        ("TOCSIN_CORRELATION__MAX_HOPS", "0"),
        ("TOCSIN_CORRELATION__MAX_HOP", "3"),
        ("TOCSIN_GATEWAYS", '[{"name": "x", "transport": "pigeon"}]'),
    ],
)
def test_a_bad_value_names_itself_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name.removeprefix("TOCSIN_")) as raised:
        read(file(tmp_path, ""))
    assert "Correct it in the environment or config/tocsin.toml" in str(raised.value)


def test_every_bad_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_ENV", "staging")
    monkeypatch.setenv("TOCSIN_LANGUAGE", "fr")
    with pytest.raises(SettingsError) as raised:
        read(file(tmp_path, ""))
    assert len(str(raised.value).splitlines()) == 2


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = file(tmp_path, 'port = 9000\nhotline = "95000"\n')
    assert read(path).port == 9000
    monkeypatch.setenv("PORT", "9001")
    assert (read(path).port, read(path).hotline) == (9001, "95000")
    monkeypatch.setenv("TOCSIN_PORT", "9002")
    assert read(path).port == 9002


def test_what_the_command_line_gives_goes_before_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_ENV", "demo")
    monkeypatch.setenv("PORT", "9001")
    found = read(file(tmp_path, 'env = "development"\nport = 9000\n'), env="test", port=9002)
    assert (found.env, found.port) == ("test", 9002)


def test_a_nested_setting_comes_from_the_environment_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_CORRELATION__MAX_HOPS", "3")
    found = read(file(tmp_path, "[correlation]\nmin_alarms = 7\n")).correlation
    assert (found.max_hops, found.min_alarms) == (3, 7)


@pytest.mark.parametrize("text", ["prot = 9000", "[gateway]\nname = 'x'"])
def test_an_unknown_name_in_the_file_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"unknown setting (prot|gateway)"):
        read(file(tmp_path, text))


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"tocsin\.toml: not valid TOML.*line 2"):
        read(file(tmp_path, "port = 9000\nhotline == 1\n"))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read(path)


def test_production_needs_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="production needs TOCSIN_KEYS"):
        read(file(tmp_path, ""), env="production")
    assert not read(file(tmp_path, ""), env="production", keys=new_key()).demo_allowed
    assert read(file(tmp_path, f'env = "production"\nkeys = "{new_key()}"\n')).env == "production"


def test_the_file_that_ships_is_valid() -> None:
    assert isinstance(read(), Settings)
