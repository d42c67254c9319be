"""Every text of the product has its Chinese: complete, with its figures in place, in the words of docs/glossary.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "command" / "translations"
ROOMS = {"command", "templates"}
SIGNS_ONLY = {", ", "%(name)s: %(value)s"}
"""Messages whose Chinese is a sign without any character: the separator of a list is 、."""

_PLACE = re.compile(r"%\(\w+\)[ds]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LEVEL = re.compile(r"[一二三四]级(.{0,4})")
_WHOLE_LEVELS = ("（重大）", "（较大）", "（一般）", "（较小）", "响应")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(?!\w)")


def places(text: str) -> list[str]:
    """The places for figures, in no order: Chinese may name them in another one."""
    return sorted(_PLACE.findall(text))


def faults(zh: str) -> list[str]:
    """What a Chinese text says against the glossary."""
    found = []
    if "升级" in zh.replace("升级呼叫", ""):
        found.append("升级 stands alone: say 提级, 升级呼叫 or 上报上级")
    if any(not after.startswith(_WHOLE_LEVELS) for after in _LEVEL.findall(zh)):
        found.append("一级 stands alone: say 一级（重大） or 一级响应")
    if _HALF_WIDTH.search(zh):
        found.append("a half-width sign follows a Chinese character")
    return found


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """Every message in code and templates, as pybabel finds it with the recipe of babel.cfg."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as recipe:
        methods, options = parse_mapping_cfg(recipe)  # type: ignore[no-untyped-call]

    def ours(folder: str) -> bool:
        return Path(folder).relative_to(ROOT).parts[0] in ROOMS

    found = extract_from_dir(ROOT, methods, options, {**DEFAULT_KEYWORDS, "N_": None}, directory_filter=ours)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    folder = FOLDER / "zh_Hans_CN" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as written:
        return read_po(written, locale="zh_Hans_CN", abort_invalid=True)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def glossary() -> dict[str, str]:
    """English word, in lower case, to its Chinese one; rows that list several words at once are left out.

    What 处置预案 adds in brackets there explains it and is not said each time."""
    rows = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    pairs = [[cell.strip() for cell in row.split("|")[1:3]] for row in rows if row.startswith("| ")]
    return {
        en.lower(): zh.removesuffix("（可执行）")
        for en, zh in pairs
        if _CHINESE.search(zh) and not {"/", ","} & {*en, *zh}
    }


def test_the_catalogue_holds_exactly_the_texts_of_the_product(texts: set[str], catalogue: Catalog) -> None:
    held = {str(message.id) for message in messages(catalogue)}
    assert len(texts) > 400, "the extraction found too little to mean anything"
    assert sorted(texts - held) == [], "extract again and translate these"
    assert sorted(held - texts) == [], "no code or template says these any more"
    assert not catalogue.obsolete


def test_every_text_has_a_chinese_one_that_somebody_vouches_for(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if not message.string or message.fuzzy] == []
    plain = [message.id for message in messages(catalogue) if not _CHINESE.search(str(message.string))]
    assert set(plain) == SIGNS_ONLY


def test_every_figure_keeps_its_place(catalogue: Catalog) -> None:
    wrong = [m.id for m in messages(catalogue) if places(str(m.id)) != places(str(m.string))]
    assert wrong == []
    for message in messages(catalogue):
        text = str(message.string)
        if places(text):
            assert text % dict.fromkeys(re.findall(r"%\((\w+)\)", text), 1)


def test_the_chinese_speaks_the_words_of_the_glossary(catalogue: Catalog) -> None:
    against = {m.id: faults(str(m.string)) for m in messages(catalogue) if faults(str(m.string))}
    assert against == {}
    words = glossary()
    other = {m.id: m.string for m in messages(catalogue) if words.get(str(m.id).lower(), m.string) != m.string}
    assert other == {}


@pytest.mark.parametrize(
    ("zh", "count"),
    [
        ("升级呼叫", 0),
        ("提级为一级（重大）", 0),
        ("一级响应（全国）", 0),
        ("请查看 /api/v1/openapi.json。", 0),
        ("事件已升级", 1),
        ("事件等级为一级", 1),
        ("由二级（较大）升级为一级", 2),
        ("请重试, 或联系管理员.", 1),
    ],
)
def test_a_text_against_the_glossary_is_found(zh: str, count: int) -> None:
    assert len(faults(zh)) == count


def test_no_compiled_catalogue_is_kept() -> None:
    assert list(FOLDER.rglob("*.mo")) == []
