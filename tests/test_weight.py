"""How much the first look at a page weighs on the wire, everything compressed as it is served."""

import gzip
import importlib.machinery
import importlib.util
import re
import zlib
from pathlib import Path
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from command.core import assets
from command.core.installation import Installation
from tests.people.conftest import Office

ROOT = Path(__file__).resolve().parent.parent
MOST = 300_000
"""Bytes of the first view of the command board without charts."""
ACCEPTS = {"Accept-Encoding": "gzip"}


def front_end() -> ModuleType:
    path = str(ROOT / ".ci" / "front_end")
    loader = importlib.machinery.SourceFileLoader("front_end", path)
    found = importlib.util.module_from_spec(importlib.util.spec_from_loader("front_end", loader))  # type: ignore[arg-type]
    loader.exec_module(found)
    return found


@pytest.fixture
def pressed() -> None:
    """The compressed files that `make setup` leaves under static/."""
    front_end().press()


def first_view(browser: FlaskClient, address: str) -> dict[str, int]:
    """The bytes of a page and of each stylesheet, script and picture it loads, as they travel."""
    page = browser.get(address, headers=ACCEPTS)
    assert page.status_code == 200 and page.headers["Content-Encoding"] == "gzip"
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(page.data).decode()))
    assert any("tabler" in part for part in parts)
    loaded = {part: browser.get(part, headers=ACCEPTS) for part in parts}
    assert all(answer.status_code == 200 for answer in loaded.values())
    return {address: len(page.data)} | {part.split("?")[0]: len(answer.data) for part, answer in loaded.items()}


def test_the_first_view_of_the_command_board_is_light(installation: Installation, pressed: None) -> None:
    office = Office(installation)
    browser = office.browser("ada")
    weights = first_view(browser.client, "/board")
    assert not any("plotly" in part for part in weights)
    assert sum(weights.values()) < MOST, weights


def test_a_compressed_file_is_served_only_while_it_is_of_the_present_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    file = tmp_path / "some.css"
    file.write_bytes(b"a { color: red } " * 100)
    (tmp_path / "some.css.gz").write_bytes(gzip.compress(file.read_bytes()))

    def served() -> tuple[str | None, bytes]:
        environ = {"PATH_INFO": "/static/some.css", "REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip"}
        told: dict[str, str] = {}
        body = assets.Assets(None, autorefresh=False)(environ, lambda status, headers: told.update(headers))  # type: ignore[arg-type]
        return told.get("Content-Encoding"), b"".join(body)

    encoding, data = served()
    assert encoding == "gzip" and zlib.decompress(data, wbits=31) == file.read_bytes()
    file.write_bytes(b"a { color: blue } " * 100)
    assert served() == (None, file.read_bytes())
