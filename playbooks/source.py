"""Read a YAML file into a pydantic model; every mistake comes back with its line and its remedy."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from playbooks.faults import Fault, Misfit, Place, SourceError, Unfit, dotted
from playbooks.nodes import MAX_BYTES, Node, read

__all__ = ["Fault", "Misfit", "SourceError", "Unfit", "load", "load_text", "nearest", "read_path", "validate"]

M = TypeVar("M", bound=BaseModel)

_REMEDIES = {
    "missing": "Add it.",
    "string_type": "Write text; put it in quotes if it looks like a number or true/false.",
    "string_pattern_mismatch": "Change the text to the expected form.",
    "string_too_short": "Write the text.",
    "string_too_long": "Shorten the text.",
    "too_short": "Add the missing items.",
    "too_long": "Remove items.",
    "bool_type": "Write true or false, without quotes.",
    "int_type": "Write a whole number, without quotes.",
    "int_from_float": "Write a whole number.",
    "float_type": "Write a number, without quotes.",
    "tuple_type": "Write a list: one item a line, each after '- '.",
    "list_type": "Write a list: one item a line, each after '- '.",
    "set_type": "Write a list: one item a line, each after '- '.",
    "frozen_set_type": "Write a list: one item a line, each after '- '.",
    "dict_type": "Write 'name: value' lines, indented under this one.",
    "model_type": "Write 'name: value' lines, indented under this one.",
    "model_attributes_type": "Write 'name: value' lines, indented under this one.",
    "greater_than": "Use a larger number.",
    "greater_than_equal": "Use a larger number.",
    "less_than": "Use a smaller number.",
    "less_than_equal": "Use a smaller number.",
}


def load(path: Path, model: type[M]) -> M:
    """Read and validate one file. Raises SourceError, never another error, whatever the file holds."""
    return validate(read_path(path), path.as_posix(), model)


def load_text(text: str, name: str, model: type[M]) -> M:
    """Validate YAML text; `name` stands for the file in faults. Raises SourceError."""
    return validate(read(text, name), name, model)


def read_path(path: Path) -> Node:
    """The parsed tree of one UTF-8 file. Raises SourceError."""
    name = path.as_posix()
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        return read(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        if len(data) <= MAX_BYTES:
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(Fault(name, line, "", "not UTF-8 text", "Save the file as UTF-8.")) from None
        raise SourceError(Fault(name, 1, "", "the file is larger than 1 MiB", "Split it into smaller files.")) from None
    except OSError as error:
        message = f"the file cannot be read ({error.strerror})"
        raise SourceError(Fault(name, 1, "", message, "Check the path and its permissions.")) from None


def validate(node: Node, name: str, model: type[M]) -> M:
    """Check a parsed tree against a model. Raises SourceError.

    Strict: a number in quotes is text and `true` is no number; dates and enumerations are written as text.
    """
    try:
        # JSON is pydantic's strict dialect for files: text may be a date and a list a tuple, nothing else is converted.
        return model.model_validate_json(json.dumps(node.plain()), strict=True)
    except ValidationError as error:
        raise SourceError(*_faults(error, node, name, model)) from None


def _faults(error: ValidationError, node: Node, name: str, model: type[BaseModel]) -> list[Fault]:
    faults = []
    for detail in error.errors(include_url=False):
        place: Place = tuple(step for step in detail["loc"] if step != "[key]")
        cause = detail.get("ctx", {}).get("error")
        misfits = cause.misfits if isinstance(cause, Unfit) else (_misfit(dict(detail), node, place, model),)
        for misfit in misfits:
            faults.append(_placed(node, name, (*place, *misfit.at), misfit))
    return faults


def _placed(node: Node, name: str, place: Place, misfit: Misfit) -> Fault:
    found, way = node.find(place)
    last = place[-1:] if place and place[-1:] != way[-1:] else ()
    return Fault(name, found.line, dotted((*way, *last)), misfit.message, misfit.remedy)


def _misfit(detail: dict[str, Any], node: Node, place: Place, model: type[BaseModel]) -> Misfit:
    kind = str(detail["type"])
    message = str(detail["msg"]).removeprefix("Value error, ").replace("Input should", "the value should", 1)
    if kind == "missing":
        return Misfit("required but missing", _REMEDIES[kind])
    if kind == "extra_forbidden":
        return Misfit("unknown field", nearest(str(place[-1]), _allowed(node, place[:-1], model)))
    if kind in ("literal_error", "enum"):
        expected = str(detail["ctx"]["expected"])
        names = [part.strip(" '") for part in expected.replace(" or ", ",").split(",")]
        return Misfit(f"'{detail['input']}' is not allowed", nearest(str(detail["input"]), names))
    if kind.startswith(("date", "time")):
        return Misfit(message, "Write a date as 2026-11-21 and a time as 08:00.")
    return Misfit(message, _REMEDIES.get(kind, "Correct the value."))


def nearest(given: str, names: list[str]) -> str:
    """The remedy for a name that is not one of `names`: the one that was probably meant, else all of them."""
    close = get_close_matches(given, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Use one of: {', '.join(names)}." if names else "Remove it."


def _allowed(node: Node, place: Place, model: type[BaseModel]) -> list[str]:
    """The field names a model accepts at a place, read from its JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    branches = _open([schema], definitions)
    for step in node.find(place)[1]:
        branches = _open([below for branch in branches for below in _below(branch, step)], definitions)
    return sorted({name for branch in branches for name in branch.get("properties", {})})


def _below(branch: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    if isinstance(step, int):
        return [branch["items"]] if isinstance(branch.get("items"), dict) else []
    found = branch.get("properties", {}).get(step, branch.get("additionalProperties"))
    return [found] if isinstance(found, dict) else []


def _open(branches: list[dict[str, Any]], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow references and unions to the schemas that hold properties or items."""
    opened = []
    for branch in branches:
        if "$ref" in branch:
            branch = definitions.get(branch["$ref"].rsplit("/", 1)[-1], {})
        choices = [*branch.get("anyOf", ()), *branch.get("oneOf", ()), *branch.get("allOf", ())]
        opened += _open(choices, definitions) if choices else [branch]
    return opened
