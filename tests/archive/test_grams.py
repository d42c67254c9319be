"""A word is found wherever its characters stand in a row, and shown where it stands in what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.archive.grams import asked, grams
from command.core import finding
from command.core.finding import Piece

LETTERS = "光缆中断abC1 Ａß ﬁ,%"
texts = st.text(st.sampled_from(LETTERS), max_size=40)


@given(texts, st.data())
def test_the_grams_of_a_part_are_among_those_of_the_whole(text: str, data: st.DataObject) -> None:
    flat = finding.folded(text)
    start = data.draw(st.integers(0, len(flat)))
    part = flat[start : data.draw(st.integers(start, len(flat)))]
    for word in part.split():
        assert set(asked(word)) <= grams(word) <= grams(flat)


@given(texts, texts)
def test_pieces_put_together_are_the_text_and_hits_are_the_words(text: str, search: str) -> None:
    words = finding.words(search)
    pieces = finding.pieces(text, words)
    assert "".join(piece.text for piece in pieces) == text
    found = any(finding.holds(text, word) for word in words)
    assert any(piece.hit for piece in pieces) == found
    for piece in pieces:
        assert not (piece.hit and not any(finding.holds(piece.text, word) for word in words))


@pytest.mark.parametrize(
    ("text", "search", "shown"),
    [
        ("梅江区光缆中断", "光缆", (("梅江区", False), ("光缆", True), ("中断", False))),
        ("ＤＤｏＳ attack", "ddos", (("ＤＤｏＳ", True), (" attack", False))),
        ("a" * 60 + "断", "断", (("…", False), ("a" * 24, False), ("断", True))),
        ("nothing", "断", ()),
    ],
)
def test_an_excerpt_shows_the_hit_in_its_context(text: str, search: str, shown: tuple[tuple[str, bool], ...]) -> None:
    assert finding.excerpt(text, finding.words(search)) == tuple(Piece(*piece) for piece in shown)


def test_a_word_of_one_character_has_no_gram_and_is_compared_only() -> None:
    assert asked("断") == () and asked("ab") == ()
    assert len(asked("光缆中断已经抢修完毕")) == 3
