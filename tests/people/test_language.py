"""Both languages everywhere: whose it is, and how times and figures read in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import read_mo
from markupsafe import Markup

from command.app import create_app
from command.core.installation import Installation
from command.people.access import here
from command.people.language import between, compile_catalogues, language, offset, users, when
from tests.people.conftest import Office

AT = datetime(2026, 11, 21, 16, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "accepts", "found"),
    [
        ("/?lang=en", "zh-CN", "en"),
        ("/?lang=zh_Hans_CN", "en", "zh"),
        ("/?lang=fr", "en-GB", "en"),
        ("/", "fr, zh-TW;q=0.5", "zh"),
        ("/", "fr", "zh"),
        ("/", "", "zh"),
    ],
)
def test_the_address_decides_then_the_browser_then_the_operator(
    office: Office, address: str, accepts: str, found: str
) -> None:
    with office.app.test_request_context(address, headers={"Accept-Language": accepts}):
        assert here().settings.language == "zh"
        assert language() == found


def test_a_signed_in_person_reads_their_own_language_until_they_choose_another(office: Office) -> None:
    browser = office.browser("ada")
    chinese = {"Accept-Language": "zh-CN"}
    assert '<html lang="en"' in browser.open("/me", headers=chinese).text
    browser.send("/me/language", "/me", language="zh", back="/people")
    assert '<html lang="zh-CN"' in browser.open("/me").text
    assert browser.send("/me/language", "/me", language="xx").status_code == 422


def test_times_are_in_the_readers_zone_and_name_it(office: Office) -> None:
    with office.app.test_request_context("/?lang=en"):
        shown = when(AT, seconds=True)
    assert "2026-11-22 00:30:05" in shown and "UTC+8" in shown
    assert 'datetime="2026-11-21T16:30:05+00:00"' in shown and "China Standard Time" in shown
    with office.app.test_request_context("/?lang=zh"):
        assert "中国标准时间" in when(AT)


def test_a_time_from_one_instant_to_another_names_the_zone_once_and_the_day_where_it_changes(office: Office) -> None:
    with office.app.test_request_context("/?lang=en"):
        night = str(Markup(between(AT, AT + timedelta(hours=9))).striptags())
        week = str(Markup(between(AT, AT + timedelta(days=7))).striptags())
    assert night == "2026-11-22 00:30 – 09:30 UTC+8"
    assert week == "2026-11-22 00:30 – 2026-11-29 00:30 UTC+8"


def test_a_time_over_a_change_of_clocks_names_both_distances(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    autumn = datetime(2026, 10, 24, 10, tzinfo=UTC)
    with office.app.test_request_context("/?lang=en"):
        monkeypatch.setattr("command.people.language.zone", lambda: ZoneInfo("Europe/Berlin"))
        shown = str(Markup(between(autumn, autumn + timedelta(days=1))).striptags())
    assert shown == "2026-10-24 12:00 UTC+2 – 2026-10-25 11:00 UTC+1"


@pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Shanghai", "UTC+8"), ("America/St_Johns", "UTC−3:30"), ("UTC", "UTC+0")]
)
def test_a_zone_is_named_by_its_distance(zone: str, shown: str) -> None:
    assert offset(AT.astimezone(ZoneInfo(zone))) == shown


def test_figures_are_grouped(office: Office) -> None:
    with office.app.test_request_context("/?lang=en"):
        assert users(1234567) == "1,234,567"


def test_catalogues_are_compiled_at_start_into_the_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "translations" / "zh_Hans_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "People"\nmsgstr "人员"\n', "utf-8"
    )
    made = compile_catalogues(tmp_path / "translations", tmp_path / "data")
    with (made / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo").open("rb") as compiled:
        assert read_mo(compiled)["People"].string == "人员"
    assert [path.name for path in made.rglob("*") if path.is_file()] == ["messages.mo"]


def test_pages_are_chinese_when_the_data_folder_is_given_from_where_one_stands(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`TOCSIN_DATA=./var`, as `make run` has it: Flask-Babel would look beside the code."""
    monkeypatch.chdir(tmp_path)
    given = installation.settings.model_copy(update={"data": Path("var")})
    app = create_app(Installation(given, installation.database, installation.keyring))
    assert "登录" in app.test_client().get("/sign-in?lang=zh").text
