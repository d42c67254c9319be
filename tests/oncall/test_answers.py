"""What tired people type is read as they meant it, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.paging.answers import WORDS, Answer, Word, code_of, read

codes = st.integers(1000, 9999).map(str)
words = st.sampled_from([(word, phrase) for word, phrases in WORDS.items() for phrase in phrases])
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(codes, st.sampled_from(["", " ", "\t", "\n", "  ", "\u3000"]), st.sampled_from([{}, FULL_WIDTH, ARABIC]))
def test_a_bare_code_acknowledges_however_it_is_typed(code: str, space: str, digits: dict[int, int]) -> None:
    assert read(space + code.translate(digits) + space) == Answer(Word.ACKNOWLEDGE, (code,))
    assert read(f"{code[:2]}{space}{code[2:]}") == Answer(Word.ACKNOWLEDGE, (code,))


def wide(text: str) -> str:
    """The same in full-width letters, digits and spaces."""
    return "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else "\u3000" if char == " " else char for char in text
    )


@given(
    words,
    codes,
    st.sampled_from(["", " ", ",", "，", ": ", "：", "-", "\n", "！"]),
    st.sampled_from([str.upper, str.title, wide]),
)
def test_every_word_is_read_with_and_without_a_code_in_any_case_and_width(
    given: tuple[Word, str], code: str, between: str, typed: object
) -> None:
    word, phrase = given
    for text in (phrase + between + code, code + between + phrase):
        for form in (text, typed(text)):  # type: ignore[operator]
            assert (read(form).word, read(form).codes, read(form).said) == (word, (code,), "")
    assert read(f"  {phrase} . ").word == word


@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    answer = read(text)
    assert all(len(code) == 4 and code.isascii() and code.isdigit() for code in answer.codes)


@pytest.mark.parametrize(
    "text", ["ACK", "Ａｃｋ", "收到！", "收到，马上到", "OK", "收到，不到10分钟赶到", "y", "您好，收到", "Roger."]
)
def test_these_words_acknowledge(text: str) -> None:
    assert read(text) == Answer(Word.ACKNOWLEDGE)


@pytest.mark.parametrize("text", ["ACK ALL", "全部收到", "收到全部。", "都收到了"])
def test_these_words_acknowledge_everything(text: str) -> None:
    assert read(text) == Answer(Word.ACKNOWLEDGE, every=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "not ok", "没收到", "ETA 1430", "who is this", "12345", "no problem", "无法识别"),
        *("完成不了", "未完成", "完成80%", "完成一半", "done not yet", "还没到场", "noted", "helpful", "好像断了"),
    ],
)
def test_what_is_denied_or_half_said_is_not_guessed(text: str) -> None:
    assert read(text).word is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("收到，已出发", Answer(Word.EN_ROUTE)),
        ("EN ROUTE 1234 30 min", Answer(Word.EN_ROUTE, ("1234",), "30 min", 30)),
        ("在路上，约20分钟", Answer(Word.EN_ROUTE, (), "约20分钟", 20)),
        ("I'm on scene", Answer(Word.ON_SCENE)),
        ("收到但无法到场", Answer(Word.DECLINE)),
        ("NO 1234 on leave", Answer(Word.DECLINE, ("1234",), "on leave")),
        ("求助：再来两人", Answer(Word.HELP, (), "再来两人")),
        ("完成 已熔接1288芯", Answer(Word.DONE, (), "已熔接1288芯")),
        ("进展1234已接通，预计1430恢复", Answer(Word.UPDATE, ("1234",), "已接通，预计1430恢复")),
        ("UPDATE Half of it, 90 %", Answer(Word.UPDATE, (), "Half of it, 90 %")),
        ("进展：无法修复，没收到备件", Answer(Word.UPDATE, (), "无法修复，没收到备件")),
    ],
)
def test_what_is_said_with_a_word_is_kept_as_it_was_typed(text: str, answer: Answer) -> None:
    assert read(text) == answer


def test_several_codes_are_all_read() -> None:
    assert read("1234 5678 ok").codes == ("1234", "5678")
    assert read("已到场 1234，5678").codes == ("1234", "5678")


@given(st.integers(1, 10**9))
def test_the_codes_of_nine_thousand_pages_in_a_row_differ(first: int) -> None:
    assert len({code_of(first + n) for n in range(0, 9000, 7)}) == len(range(0, 9000, 7))
    assert all(len(code_of(first + n)) == 4 for n in range(50))
