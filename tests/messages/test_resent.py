"""The mark of a message that is sent again in doubt."""

import pytest

from command.messages import segments
from command.messages.resent import as_sent, marked
from notifiers.exercise import marked as as_drill


@pytest.mark.parametrize(
    ("language", "text", "sent"),
    [
        ("zh", "【示例通信】呼叫：INC-1", "【示例通信】（重发）呼叫：INC-1"),
        ("zh", "【演练】【示例通信】呼叫", "【演练】【示例通信】（重发）呼叫"),
        ("en", "Example Telecom page: INC-1", "(sent again) Example Telecom page: INC-1"),
        ("en", "[DRILL] Example Telecom page", "[DRILL] (sent again) Example Telecom page"),
        ("zh", "Example Telecom page: INC-1", "(sent again) Example Telecom page: INC-1"),
    ],
)
def test_the_mark_is_in_the_readers_language_after_what_must_stand_first(language: str, text: str, sent: str) -> None:
    assert marked(text, language) == sent
    assert as_drill(as_drill(text)) == as_drill(text)


def test_what_is_not_sent_again_stays_as_it_is() -> None:
    assert as_sent("【示例通信】呼叫", "zh", False) == "【示例通信】呼叫"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_english_text_stays_in_the_narrow_alphabet(language: str) -> None:
    assert segments.count(marked("Example Telecom page: INC-1, reply 1234", language)).encoding == "GSM-7"


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "网" * 60), ("zh", "网" * 66), ("en", "n" * 150), ("en", "n" * 160)]
)
def test_the_mark_costs_one_segment_at_most(language: str, text: str) -> None:
    assert segments.count(marked(text, language)).segments <= segments.count(text).segments + 1
