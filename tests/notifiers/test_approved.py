"""Texts a provider approved beforehand: read from a file, and found again in what is to be sent."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers import approved

TEXTS = """# of the provider's portal
【示例通信】{area}部分用户自{time}起无法上网，正在抢修。

Example Telecom: service in {1} is back (since {2}). Call +86 10000?
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "approved.txt"
    path.write_text(TEXTS, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("【示例通信】梅江区部分用户自14:05起无法上网，正在抢修。", True),
        ("Example Telecom: service in Meijiang is back (since 14:05). Call +86 10000?", True),
        ("【示例通信】部分用户自14:05起无法上网，正在抢修。", False),
        ("【示例通信】梅江区部分用户自14:05起无法上网，正在抢修。退订回T", False),
        ("Example Telecom: service in\nMeijiang is back (since 14:05). Call +86 10000?", False),
        ("# of the provider's portal", False),
        ("", False),
    ],
)
def test_what_changes_is_one_character_or_more_and_the_rest_is_as_approved(file: Path, text: str, fits: bool) -> None:
    assert approved.fits(text, approved.read(file)) is fits


PLAIN = st.text(st.characters(exclude_characters="{}", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1)


@given(st.lists(PLAIN, min_size=1, max_size=5), st.lists(PLAIN, min_size=4, max_size=4))
def test_a_text_made_of_an_approved_one_fits_whatever_is_put_in(said: list[str], put: list[str]) -> None:
    places = iter(put)
    made = re.sub(r"\{\}", lambda _: next(places), "{}".join(said))
    assert approved.fits(made, ("{}".join(said),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no text"),
        ("ok\n{area", "line 2: a brace"),
        ("{all}", "line 1: any text"),
        ("\n# x", "holds no text"),
    ],
)
def test_a_file_that_is_wrong_names_the_line_and_the_remedy(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "approved.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(approved.BadTexts, match=said):
        approved.read(path)
    with pytest.raises(approved.BadTexts, match="name a UTF-8 file"):
        approved.read(tmp_path / "nowhere.txt")
