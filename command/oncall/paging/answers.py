"""What an SMS reply means: pure reading of what tired people type."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

CODE_DIGITS = 4
_CODES = 9000
_STEP = 7919


class Word(StrEnum):
    """What a reply says. Each is a verb of the page (see responding), but for update, which is a note in the journal."""

    ACKNOWLEDGE = "acknowledge"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    HELP = "help"
    DECLINE = "decline"
    DONE = "done"
    UPDATE = "update"


WORDS: dict[Word, tuple[str, ...]] = {
    Word.EN_ROUTE: (
        *("en route", "enroute", "on the way", "on my way", "omw", "otw"),
        *("在路上", "在途", "已出发", "出发", "在赶来", "正在赶来", "正在路上"),
    ),
    Word.ON_SCENE: (
        *("on scene", "onscene", "on site", "onsite", "arrived"),
        *("已到场", "到场", "已到达", "到达", "已到现场", "到现场", "到了", "已到"),
    ),
    Word.HELP: ("need help", "help", "求助", "需要支援", "请求支援", "需要帮助"),
    Word.DONE: (
        "done",
        "finished",
        "completed",
        "完成",
        "已完成",
        "处理完毕",
        "处理完成",
        "已处理完毕",
        "完毕",
        "搞定",
    ),
    Word.UPDATE: ("update", "note", "progress", "进展", "进度", "更新", "备注"),
    Word.DECLINE: (
        *("no", "cannot come", "can't come", "cant come", "can't", "cant", "unable to come", "unable", "nack"),
        *("无法到场", "不能到场", "来不了", "去不了", "到不了", "无法前往", "无法赶到", "不能来", "不来了"),
    ),
    Word.ACKNOWLEDGE: ("ack", "ok", "okay", "yes", "y", "roger", "收到", "应答", "好的"),
}
"""What begins a reply. Chinese words stand at the beginning of what is written together, English ones are words of their own."""

_REFUSING = frozenset({"no", "not", "cannot", "can't", "cant", "unable", "nack", "don't", "dont"})
_REFUSING_ZH = ("无法", "不能", "不行", "不了", "没收到", "未收到")
_UNDONE = re.compile(r"\W*(?:[不没未否]|\d+\s*[%成]|一半|大半|部分|一部分|half\b|not\b)")
"""After a word it takes the word back, or leaves it half said: 完成不了, 完成80%."""
_POLITE = frozenset({"problem", "prob", "worries", "need"})
"""After "no" they make no refusal."""
_FILLERS = frozenset(
    {"i", "i'm", "im", "am", "we", "we're", "are", "already", "now", "我", "我们", "我已", "已经", "我已经"}
)
_ALL_ZH = ("全部收到", "收到全部", "都收到", "全部应答")
_TOKEN = re.compile(r"[0-9]+|[a-z]+(?:'[a-z]+)?|[^\W\d_a-z]+")
_SPACED = re.compile(rf"(?<![0-9])(?:[0-9]\s*){{{CODE_DIGITS}}}(?![0-9])")
_LEADING = re.compile(r"^[\s\W_]+")
_MINUTES = re.compile(r"^\W*(?:大?约|about|in)?\s*([1-9][0-9]{0,2})(?:\s*(?:分钟?|min\w*|m\b)|\W*$)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply says (None: not understood) and the codes of the pages it names, if any. `every` asks for all open pages.

    `said` is the text that comes with it, as it was typed; `minutes` how long the way takes."""

    word: Word | None
    codes: tuple[str, ...] = ()
    said: str = ""
    minutes: int | None = None
    every: bool = False


def code_of(page_id: int) -> str:
    """The four digits that answer a page: different for any 9,000 pages in a row, without asking which are taken.

    It is no secret: an answer counts only from the number that was paged. (7919 is prime, so multiples do not meet modulo 9,000.)"""
    return str(page_id * _STEP % _CODES + 1000)


def read(text: str) -> Answer:
    """Full-width letters and digits, case, spaces and punctuation are tolerated; bare codes acknowledge.

    Codes stand before the word or right after it, so that figures in what is reported are none; only an acknowledgement may have them
    anywhere. A word that is denied (not ok, 没收到, 完成不了) is not understood instead of guessed."""
    typed = _Typed(text)
    codes, at = typed.codes(0)
    word, after = _first_word(typed, at)
    if word == Word.ACKNOWLEDGE:
        word, codes, after = _acknowledged(typed, after, codes)
    elif word is None:
        return _without_word(typed, codes)
    if word is None or (word != Word.ACKNOWLEDGE and _taken_back(typed, word, after)):
        return Answer(None, typed.all_codes())
    if word == Word.ACKNOWLEDGE:
        return Answer(word, typed.all_codes(), every=_every(typed.plain))
    more, rest = typed.codes(after)
    minutes = _MINUTES.match(typed.plain[rest:]) if word == Word.EN_ROUTE else None
    return Answer(word, (*codes, *more), typed.rest(rest), int(minutes[1]) if minutes else None)


def _acknowledged(typed: "_Typed", after: int, codes: tuple[str, ...]) -> tuple[Word | None, tuple[str, ...], int]:
    """An acknowledgement and what follows it: another word says more (收到，已出发), a refusal takes it back."""
    more, at = typed.codes(after)
    word, beyond = _first_word(typed, at)
    if word not in (None, Word.ACKNOWLEDGE):
        return word, (*codes, *more), beyond
    rest = typed.plain[after:]
    for phrase in WORDS[Word.DECLINE]:
        if not phrase.isascii() and phrase in rest:
            return Word.DECLINE, (*codes, *more), after + rest.index(phrase) + len(phrase)
    return (None if _refused(rest) else Word.ACKNOWLEDGE), codes, after


def _without_word(typed: "_Typed", codes: tuple[str, ...]) -> Answer:
    """Nothing begins it: bare codes acknowledge, and so does an acknowledgement further on, unless something refuses."""
    pieces, every = _pieces(typed.plain), _every(typed.plain)
    agrees = every or any(_starts(piece, Word.ACKNOWLEDGE) for piece in pieces) or bool(codes and not pieces)
    agreed = agrees and not _refused(typed.plain)
    return Answer(Word.ACKNOWLEDGE if agreed else None, typed.all_codes(), every=agreed and every)


def _every(plain: str) -> bool:
    """Whether an acknowledgement is meant for all open pages: ack all, 全部收到."""
    pieces = _pieces(plain)
    others = [piece for piece in pieces if piece not in WORDS[Word.ACKNOWLEDGE]]
    return (others == ["all"] and len(pieces) > 1) or any(each in piece for piece in pieces for each in _ALL_ZH)


def _starts(piece: str, word: Word) -> bool:
    return piece in WORDS[word] or any(piece.startswith(each) for each in WORDS[word] if not each.isascii())


def _first_word(typed: "_Typed", at: int) -> tuple[Word | None, int]:
    """The word that stands at a place of the text, after fillers, and the place behind it."""
    at = _past_fillers(typed.plain, typed.begin(at))
    rest = typed.plain[at:]
    found: tuple[Word | None, int] = (None, at)
    longest = 0
    for word, phrases in WORDS.items():
        for phrase in phrases:
            match = _phrase(phrase).match(rest)
            if match and len(phrase) > longest:
                found, longest = (word, at + match.end()), len(phrase)
    return found


def _past_fillers(plain: str, at: int) -> int:
    while (token := _TOKEN.match(plain, at)) and token[0] in _FILLERS:
        at = token.end() + len((_LEADING.match(plain[token.end() :]) or [""])[0])
    return at


def _phrase(phrase: str) -> re.Pattern[str]:
    """A phrase at the beginning of a text; its words may be apart or joined by anything that is no letter."""
    if not phrase.isascii():
        return re.compile(re.escape(phrase))
    return re.compile(r"[\s\-_.]*".join(map(re.escape, phrase.split(" "))) + r"(?![a-z'])")


def _taken_back(typed: "_Typed", word: Word, after: int) -> bool:
    """Whether what follows a word takes it back. What follows a report or a call for help is its text."""
    rest = typed.plain[after:]
    if word in (Word.UPDATE, Word.HELP):
        return False
    if word == Word.DECLINE:
        return bool(_POLITE & set(_pieces(rest)[:1]))
    return bool(_UNDONE.match(rest))


def _refused(plain: str) -> bool:
    return any(piece in _REFUSING or any(part in piece for part in _REFUSING_ZH) for piece in _pieces(plain))


def _pieces(plain: str) -> list[str]:
    return [token for token in _TOKEN.findall(plain) if not token.isdigit()]


class _Typed:
    """A text and its plain form: one width, no case, ASCII digits. Places are those of the plain form."""

    def __init__(self, text: str) -> None:
        self.text = text
        made = [(char, at) for at, original in enumerate(text) for char in _plain(original)]
        self.plain = "".join(char for char, _ in made)
        self._places = [at for _, at in made]

    def begin(self, at: int) -> int:
        """The next place that is no space or punctuation."""
        return at + len((_LEADING.match(self.plain[at:]) or [""])[0])

    def codes(self, at: int) -> tuple[tuple[str, ...], int]:
        """The codes that stand at a place, one after another, and the place behind them."""
        found: list[str] = []
        while match := _SPACED.match(self.plain, self.begin(at)):
            found.append(_joined(match[0]))
            at = match.start() + len(match[0].rstrip())
        return tuple(dict.fromkeys(found)), at

    def all_codes(self) -> tuple[str, ...]:
        """Every code anywhere in it."""
        return tuple(dict.fromkeys(_joined(each) for each in _SPACED.findall(self.plain)))

    def rest(self, at: int) -> str:
        """What was typed from a place on, without the punctuation that led to it."""
        if at >= len(self._places):
            return ""
        return self.text[self._places[at] :].lstrip(" \t\r\n,.:;，。：；、-—!！").rstrip()


def _plain(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).casefold().replace("’", "'")
    return "".join(str(unicodedata.decimal(each, each)) for each in folded)


def _joined(code: str) -> str:
    return "".join(code.split())
