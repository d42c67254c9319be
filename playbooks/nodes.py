"""YAML text as a tree of plain values that remember their lines.

Only mappings, lists, text, numbers, true/false and null are built. Tags never construct objects, and anchors and merge
keys are refused, so a small file cannot grow into a large one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from playbooks.faults import Fault, Place, SourceError, dotted

MAX_BYTES = 1_048_576
MAX_DEPTH = 40
Scalar = str | int | float | bool | None
Plain = Scalar | dict[str, "Plain"] | list["Plain"]

_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]*|0[xob][0-9a-fA-F]+)")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line (from 1) of its key in a mapping, or of itself elsewhere."""

    value: "Scalar | dict[str, Node] | list[Node]"
    line: int

    def plain(self) -> Plain:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def find(self, place: Place) -> tuple["Node", Place]:
        """The deepest node on the way to `place`, and the way to it.

        Steps which the text does not hold (pydantic names the branch of a union among them) are passed over.
        """
        node, way = self, list[str | int]()
        for step in place:
            child = node.child(step)
            if child is not None:
                node = child
                way.append(step)
        return node, tuple(way)

    def child(self, step: str | int) -> "Node | None":
        """The value under a key or at an index, if it is there."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None


def read(text: str, name: str) -> Node:
    """Parse one YAML document. Raises SourceError with every fault of the text and its line."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SourceError(Fault(name, 1, "", "the file is larger than 1 MiB", "Split it into smaller files."))
    try:
        return _tree(_compose(text, name), name)
    except RecursionError:
        fault = Fault(name, 1, "", "the values are nested too deeply", "Write fewer levels.")
        raise SourceError(fault) from None


def _compose(text: str, name: str) -> Any:
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, OverflowError) as error:
        raise SourceError(_syntax_fault(error, text, name)) from None
    if root is None:
        raise SourceError(Fault(name, 1, "", "the file is empty", "Write the fields as 'name: value' lines."))
    return root


def _syntax_fault(error: Exception, text: str, name: str) -> Fault:
    line = text.count("\n", 0, error.position) + 1 if isinstance(error, ReaderError) else 1
    message = "not YAML"
    if isinstance(error, ReaderError):
        message = "a character that YAML does not allow"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        parts = (str(part).strip().splitlines()[0] for part in (error.context, error.problem) if part)
        message = ", ".join(parts)
    return Fault(name, line, "", message, _syntax_remedy(message, _line_of(text, line)))


def _line_of(text: str, line: int) -> str:
    lines = text.splitlines()
    return lines[line - 1] if line <= len(lines) else ""


def _syntax_remedy(message: str, source: str) -> str:
    if "\t" in source:
        return "Indent with spaces, never with tabs."
    if "character" in message and "allow" in message:
        return "Remove the control character and save the file as UTF-8."
    if "single document" in message:
        return "Keep one document in a file: remove the '---' in the middle."
    if "undefined alias" in message or "scanning an alias" in message:
        return "Put text that begins with '*' or '&' in quotes."
    return "Check indentation, colons and closing quotes or brackets; put text with ': ' or '#' in quotes."


def _tree(root: Any, name: str) -> Node:
    faults: list[Fault] = []
    tree = _Builder(name, faults).build(root, (), root.start_mark.line + 1)
    if faults:
        raise SourceError(*faults)
    return tree


class _Builder:
    """Turns ruamel's nodes into ours and notes what must not be there."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = faults

    def build(self, node: Any, place: Place, line: int) -> Node:
        if node.anchor is not None:
            self.note(line, place, f"anchor '&{node.anchor}'", "Write the value out where it is needed.")
        elif len(place) > MAX_DEPTH:
            self.note(line, place[:1], "the values are nested too deeply", "Write fewer levels.")
        elif isinstance(node, MappingNode) and self.tagged(node, "map", place, line):
            return Node(dict(self.pairs(node, place)), line)
        elif isinstance(node, SequenceNode) and self.tagged(node, "seq", place, line):
            items = enumerate(node.value)
            return Node([self.build(item, (*place, i), item.start_mark.line + 1) for i, item in items], line)
        elif isinstance(node, ScalarNode):
            return Node(self.scalar(node, place, line), line)
        return Node(None, line)

    def pairs(self, node: Any, place: Place) -> Iterator[tuple[str, Node]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode) or str(key_node.tag) == _TAG + "merge":
                self.note(line, place, "a key that is not plain text", "Use a simple name as the key.")
                continue
            key = str(key_node.value)
            if key in first:
                message = f"'{key}' is written twice, first in line {first[key]}"
                self.note(line, (*place, key), message, "Keep one of the two.")
                continue
            first[key] = line
            yield key, self.build(value_node, (*place, key), line)

    def scalar(self, node: Any, place: Place, line: int) -> Scalar:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind in ("str", "timestamp"):
            return self.text(text, place, line)
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in _TRUTH:
            return _TRUTH[text.lower()]
        if kind == "int" and len(text) < 20 and _PLAIN_INT.fullmatch(text):
            return int(text, 0)
        if kind == "float" and re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]{1,2})?", text):
            return float(text)
        self.refuse(node, place, line, kind, text)
        return None

    def text(self, text: str, place: Place, line: int) -> str:
        if any("\ud800" <= char <= "\udfff" for char in text):
            self.note(line, place, "half of a character (a lone surrogate)", "Write the character itself.")
        return text

    def refuse(self, node: Any, place: Place, line: int, kind: str, text: str) -> None:
        if kind in ("int", "float", "bool", "value"):
            self.note(line, place, f"'{text[:40]}' can be read in two ways", "Put it in quotes if it is text.")
        else:
            self.tagged(node, "str", place, line)

    def tagged(self, node: Any, kind: str, place: Place, line: int) -> bool:
        if str(node.tag) == _TAG + kind:
            return True
        self.note(line, place, f"tag '{node.tag}' is not allowed", "Remove the tag; only plain values are read.")
        return False

    def note(self, line: int, place: Place, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.name, line, dotted(place), message, remedy))
