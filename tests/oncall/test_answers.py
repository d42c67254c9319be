"""What tired people type is read as they meant it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.answers import ACKNOWLEDGE, Answer, code_of, read

codes = st.integers(1000, 9999).map(str)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(codes, st.sampled_from(["", " ", "\t", "\n", "  ", "\u3000"]), st.sampled_from([{}, FULL_WIDTH, ARABIC]))
def test_a_bare_code_acknowledges_however_it_is_typed(code: str, space: str, digits: dict[int, int]) -> None:
    assert read(space + code.translate(digits) + space) == Answer(True, (code,))
    assert read(f"{code[:2]}{space}{code[2:]}") == Answer(True, (code,))


@given(st.sampled_from(sorted(ACKNOWLEDGE)), codes, st.sampled_from(["", " ", ",", "，", ": ", "-", "\n"]))
def test_a_word_and_a_code_acknowledge_in_either_order_and_any_case(word: str, code: str, between: str) -> None:
    for text in (word + between + code, code + between + word, word.upper() + between + code):
        assert read(text) == Answer(True, (code,))


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    answer = read(text)
    assert all(len(code) == 4 and code.isascii() and code.isdigit() for code in answer.codes)


@pytest.mark.parametrize(
    "text", ["ACK", "ack", "Ａｃｋ", "收到", "收到！", "收到，马上到", "OK", "收到，不到10分钟赶到", "y"]
)
def test_these_words_acknowledge(text: str) -> None:
    assert read(text) == Answer(True, ())


@pytest.mark.parametrize(
    "text",
    ["", "?", "NO", "not ok", "can't, ok?", "没收到", "收到但无法到场", "来不了", "ETA 1430", "who is this", "12345"],
)
def test_these_do_not(text: str) -> None:
    assert not read(text).acknowledges


def test_several_codes_are_all_read() -> None:
    assert read("1234 5678 ok").codes == ("1234", "5678")


@given(st.integers(1, 10**9))
def test_the_codes_of_nine_thousand_pages_in_a_row_differ(first: int) -> None:
    assert len({code_of(first + n) for n in range(0, 9000, 7)}) == len(range(0, 9000, 7))
    assert all(len(code_of(first + n)) == 4 for n in range(50))
