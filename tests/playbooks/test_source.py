"""YAML sources: every mistake a person can make comes back with its line and its remedy, and never as a traceback."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, model_validator

from playbooks.source import Fault, Misfit, SourceError, Unfit, load, load_text


class Engine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    power: Annotated[int, Field(ge=1)]
    fuel: Literal["diesel", "petrol"] = "diesel"


class Truck(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    built: date
    engines: tuple[Engine, ...] = ()
    ready: bool = True
    notes: dict[int, str] = {}

    @model_validator(mode="after")
    def _names_differ(self) -> "Truck":
        if self.name == "wreck":
            raise Unfit(Misfit("a wreck has no engine", "Remove it.", ("engines", 0)))
        if self.name == "ghost":
            raise ValueError("ghosts cannot be driven")
        return self


GOOD = "name: 油机\nbuilt: 2026-01-02\nengines:\n  - power: 5\n    fuel: petrol\nnotes:\n  1: a\n"


def only(text: str) -> Fault:
    with pytest.raises(SourceError) as caught:
        load_text(text, "truck.yaml", Truck)
    assert len(caught.value.faults) == 1, str(caught.value)
    return caught.value.faults[0]


def test_a_sound_file_becomes_a_frozen_value(tmp_path: Path) -> None:
    path = tmp_path / "truck.yaml"
    path.write_bytes("\ufeff".encode() + GOOD.encode())
    truck = load(path, Truck)
    assert truck == Truck(
        name="油机", built=date(2026, 1, 2), engines=(Engine(power=5, fuel="petrol"),), notes={1: "a"}
    )


BROKEN = [
    # (text, line, field, part of the message, part of the remedy)
    ("", 1, "", "empty", "name: value"),
    ("# nothing\n", 1, "", "empty", "name: value"),
    ("- a\n", 1, "", "object", "name: value"),
    ("name: a\n\tbuilt: 2026-01-02\n", 2, "", "", "spaces, never with tabs"),
    ("name: 'a\nbuilt: 2026-01-02\n", 3, "", "quoted scalar", "closing quotes"),
    ("name: a: b\n", 1, "", "mapping values", "quotes"),
    ("name: a\nbuilt: [1\n", 3, "", "flow sequence", "brackets"),
    ("name: a\n---\nname: b\n", 2, "", "single document", "one document"),
    ("name: *truck\n", 1, "", "undefined alias", "quotes"),
    ("name: a\nbuilt: \x07\n", 2, "", "character", "control character"),
    ('name: a\nbuilt: "\\ud800"\n', 2, "built", "half of a character", "character itself"),
    ("name: a\nbuilt: 2026-01-02\nname: b\n", 3, "name", "twice, first in line 1", "Keep one"),
    ("name: &n a\nbuilt: 2026-01-02\n", 1, "name", "anchor", "Write the value out"),
    ("name: a\nbuilt: !!python/object/apply:os.getcwd []\n", 2, "built", "tag", "Remove the tag"),
    ("name: a\nbuilt: !secret x\n", 2, "built", "tag", "Remove the tag"),
    ("name: a\nbuilt: 2026-01-02\n<<: {ready: true}\n", 3, "", "not plain text", "simple name"),
    ("name: 0123\nbuilt: 2026-01-02\n", 1, "name", "two ways", "quotes"),
    ("name: .inf\nbuilt: 2026-01-02\n", 1, "name", "two ways", "quotes"),
    ("name: a\n", 1, "built", "missing", "Add it"),
    (GOOD + "engine: 1\n", 8, "engine", "unknown field", "'engines'"),
    (GOOD + "zzz: 1\n", 8, "zzz", "unknown field", "Use one of: built, engines"),
    (
        "name: a\nbuilt: 2026-01-02\nengines:\n  - power: 1\n    fule: diesel\n",
        5,
        "engines[0].fule",
        "unknown",
        "'fuel'",
    ),
    ("name: 5\nbuilt: 2026-01-02\n", 1, "name", "valid string", "in quotes"),
    ("name: a\nbuilt: 2026-01-02\nready: 'yes'\n", 3, "ready", "boolean", "true or false"),
    ("name: a\nbuilt: 2026-13-02\n", 2, "built", "date", "2026-11-21"),
    ("name: a\nbuilt: 2026-01-02\nengines: 5\n", 3, "engines", "array", "one item a line"),
    ("name: a\nbuilt: 2026-01-02\nengines:\n  - power: '5'\n", 4, "engines[0].power", "integer", "without quotes"),
    ("name: a\nbuilt: 2026-01-02\nengines:\n  - power: true\n", 4, "engines[0].power", "integer", "whole number"),
    ("name: a\nbuilt: 2026-01-02\nengines:\n  - power: 0\n", 4, "engines[0].power", "greater", "larger"),
    (
        "name: a\nbuilt: 2026-01-02\nengines:\n  -\n    power: 1\n    fuel: disel\n",
        6,
        "engines[0].fuel",
        "",
        "'diesel'",
    ),
    ("name: a\nbuilt: 2026-01-02\nnotes:\n  x: a\n", 4, "notes.x", "integer", "Correct"),
    ("name: wreck\nbuilt: 2026-01-02\nengines:\n  - power: 1\n", 4, "engines[0]", "a wreck has", "Remove it"),
    ("name: ghost\nbuilt: 2026-01-02\n", 1, "", "ghosts cannot", "Correct"),
]


@pytest.mark.parametrize(("text", "line", "field", "message", "remedy"), BROKEN)
def test_a_mistake_is_named_with_its_line_field_and_remedy(
    text: str, line: int, field: str, message: str, remedy: str
) -> None:
    fault = only(text)
    assert (fault.file, fault.line, fault.field) == ("truck.yaml", line, field)
    assert message in fault.message
    assert remedy in fault.remedy


def test_all_mistakes_are_told_at_once_one_a_line_in_order() -> None:
    with pytest.raises(SourceError) as caught:
        load_text("nam: a\nbuilt: x\nengines:\n  - power: x\n", "truck.yaml", Truck)
    lines = str(caught.value).splitlines()
    assert [fault.line for fault in caught.value.faults] == [1, 1, 2, 4]
    assert lines[0].startswith("truck.yaml:1: name: required but missing. Add it.") or "nam" in lines[0]
    assert all(line.startswith("truck.yaml:") for line in lines)


def test_bad_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "truck.yaml"
    path.write_bytes(b"name: a\nbuilt: \xff\xfe\n")
    with pytest.raises(SourceError, match=r"truck.yaml:2: not UTF-8 text. Save the file as UTF-8"):
        load(path, Truck)


@pytest.mark.parametrize("content", [b"# " + b"x" * 1_048_576, b"# " + b"\xff" * 1_048_576])
def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="larger than 1 MiB"):
        load(path, Truck)


def test_a_huge_text_is_refused() -> None:
    assert "larger than 1 MiB" in only("中" * 400_000).message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none.yaml:1: the file cannot be read .*Check the path"):
        load(tmp_path / "none.yaml", Truck)
    with pytest.raises(SourceError, match="cannot be read"):
        load(tmp_path, Truck)


@pytest.mark.parametrize("text", ["[" * 500, "{a: " * 50_000, "- " * 50_000, "name: " + "[" * 60 + "]" * 60])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "too deeply" in only(text).message


def test_a_billion_laughs_are_not_laughed() -> None:
    text = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    with pytest.raises(SourceError) as caught:
        load_text(text, "laugh.yaml", Truck)
    assert all("anchor" in fault.message for fault in caught.value.faults)


@given(
    st.text(alphabet=st.characters(codec=None), max_size=60) | st.text("[]{}:,-&*!|>'\"%@`?# \n\tab01.~", max_size=60)
)
def test_whatever_the_text_only_a_source_error_comes_out(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        load_text(text, "any.yaml", Truck)
    for fault in caught.value.faults:
        assert 1 <= fault.line <= text.count("\n") + text.count("\r") + text.count("\x85") + 3
        assert fault.message and fault.remedy


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("aé中 0:#'\"-\n", max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text("abc", min_size=1), below, max_size=3),
    max_leaves=10,
)


class Anything(BaseModel):
    value: object


@given(plain)
def test_plain_values_survive_the_journey(value: object) -> None:
    assert load_text(json.dumps({"value": value}, ensure_ascii=False), "v.yaml", Anything).value == value
