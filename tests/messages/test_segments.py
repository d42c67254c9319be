"""A text is counted as the air counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.messages import costs, segments
from command.messages.segments import Segments, count, parts
from notifiers import smpp_text

pytestmark = pytest.mark.proves("D5")

EXTENSION = "^{}[]~\\|€"


def units(text: str) -> int:
    """16-bit units of a text, by Python's own encoder."""
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, Segments("GSM-7", 160, 1, 160)),
        ("a" * 161, Segments("GSM-7", 161, 2, 153)),
        ("a" * 306, Segments("GSM-7", 306, 2, 153)),
        ("a" * 307, Segments("GSM-7", 307, 3, 153)),
        ("断" * 70, Segments("UCS-2", 70, 1, 70)),
        ("断" * 71, Segments("UCS-2", 71, 2, 67)),
        ("断" * 134, Segments("UCS-2", 134, 2, 67)),
        ("断" * 135, Segments("UCS-2", 135, 3, 67)),
        ("😀" * 35, Segments("UCS-2", 70, 1, 70)),
        ("", Segments("GSM-7", 0, 0, 160)),
    ],
)
def test_one_segment_is_longer_than_a_segment_of_several(text: str, expected: Segments) -> None:
    assert count(text) == expected


@pytest.mark.parametrize("character", EXTENSION)
def test_an_escaped_character_takes_two_septets(character: str) -> None:
    assert count(character * 80) == Segments("GSM-7", 160, 1, 160)
    assert count(character * 80 + "a").segments == 2


def test_one_character_outside_gsm_7_switches_the_whole_text() -> None:
    assert count("a" * 100).segments == 1
    assert count("a" * 100 + "断") == Segments("UCS-2", 101, 2, 67)


def test_the_signature_counts() -> None:
    body = "梅江区网络已于16:42恢复，如仍异常请重启设备或致电10000。"
    assert count("【示例通信】" + body).characters == count(body).characters + 6


def test_an_escaped_character_at_the_seam_goes_whole_into_the_next_part() -> None:
    text = "a" * 152 + "€" + "b" * 20
    assert parts(text) == ("a" * 152, "€" + "b" * 20)


def test_a_surrogate_pair_at_the_seam_goes_whole_into_the_next_part() -> None:
    text = "断" * 66 + "😀" + "网" * 20
    assert parts(text) == ("断" * 66, "😀" + "网" * 20)


@given(st.text(min_size=1, max_size=400))
def test_the_parts_join_to_the_text_and_each_fits(text: str) -> None:
    size = count(text)
    pieces = parts(text)
    assert "".join(pieces) == text
    assert len(pieces) == size.segments
    if size.encoding == "UCS-2":
        assert size.characters == units(text)
        assert all(units(piece) <= size.per_segment for piece in pieces)


BEYOND = "😀🚑🇨🇳👨‍👩‍👧𠮷𝄞断a"
"""Faces, flags and families of several characters, rare ideographs: most are two units of UCS-2."""


@given(st.text(alphabet=BEYOND, min_size=1, max_size=300))
def test_no_pair_is_torn_and_what_smpp_sends_is_what_was_counted(text: str) -> None:
    size, pieces = count(text), parts(text)
    assert size.characters == (units(text) if size.encoding == "UCS-2" else len(text))
    for piece in pieces:
        piece.encode("utf-16-be")  # a torn pair cannot be written
        assert units(piece) <= size.per_segment
    gsm, sent = smpp_text.parts(text, "00ff" * 8)
    assert (len(sent), gsm) == (size.segments, size.encoding == "GSM-7")
    header = 6 if len(sent) > 1 else 0
    assert all(len(piece) <= 140 or gsm for piece in sent)
    assert tuple(smpp_text.decoded(piece[header:], 0 if gsm else 8) for piece in sent) == pieces


@given(st.integers(0, 70), st.integers(1, 3))
def test_a_pair_that_would_straddle_a_seam_costs_the_unit_it_leaves_free(before: int, pairs: int) -> None:
    """Wherever it falls, a text of pairs takes as many segments as an independent packing of whole characters does."""
    text = "断" * before + "😀" * pairs + "网" * 66
    free, needed = 67, 1
    for char in text:
        size = units(char)
        if size > free:
            free, needed = 67, needed + 1
        free -= size
    assert count(text).segments == (1 if units(text) <= 70 else needed)


@given(st.text(alphabet="abc ÄΩ@\n" + EXTENSION, min_size=1, max_size=400))
def test_a_text_of_the_gsm_alphabet_stays_gsm_7(text: str) -> None:
    size = count(text)
    assert size.encoding == "GSM-7"
    assert size.characters == len(text) + sum(text.count(each) for each in EXTENSION)
    assert all(count(piece).characters <= size.per_segment for piece in parts(text))


@pytest.mark.parametrize(
    ("text", "forcing", "plain"),
    [
        ("Back by 17:00.", (), None),
        ("We’re on it – “soon”…", ("’", "–", "“", "”", "…"), 'We\'re on it - "soon"...'),
        ("Café at €5", (), None),
        ("你好 – hi", ("你", "好", "–"), None),
    ],
)
def test_the_characters_that_switch_a_text_to_ucs2_and_what_says_the_same(
    text: str, forcing: tuple[str, ...], plain: str | None
) -> None:
    assert segments.forcing(text) == forcing
    assert segments.plain(text) == plain


def test_what_a_text_costs_and_would_cost() -> None:
    long = "It’s back. " * 9
    cost = costs.of(long, "en", 1)
    assert (cost.encoding, cost.segments, cost.forcing, cost.plain_segments, cost.dear) == ("UCS-2", 2, ("’",), 1, True)
    assert costs.of("梅江区网络已恢复。", "zh", 1).forcing == ()
