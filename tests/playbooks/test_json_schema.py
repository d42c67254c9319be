"""The JSON Schema that editors use agrees with the shipped plans and refuses what the loader refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from playbooks.json_schema import json_schema
from playbooks.loader import SHIPPED, load_library
from playbooks.nodes import read
from playbooks.schema import Playbook, canonical
from tests.playbooks.plans import TEXT, changed

AUTHORED = Draft202012Validator(json_schema())
COMPLETE = Draft202012Validator(Playbook.model_json_schema(by_alias=True))


def plain(text: str) -> Any:
    return read(text, "plan.yaml").plain()


def test_both_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator.check_schema(Playbook.model_json_schema(by_alias=True))
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.proves("D6")
@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_files_fit_as_they_are_written(path: Path) -> None:
    assert list(AUTHORED.iter_errors(plain(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("sheet", load_library().sheets, ids=lambda sheet: sheet.playbook.code)
def test_the_complete_plans_fit_after_merging(sheet: Any) -> None:
    assert list(COMPLETE.iter_errors(json.loads(canonical(sheet.playbook)))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("goal:", "gaol:"),
        ("version: 1", "version: one"),
        ("  4:\n", "  5:\n"),
        ("kind: network_fault", "kind: net_fault"),
        ("department: technical", "department: tech"),
        ("target: oncall:technical", "target: technical"),
        ("quiet_hours: wait", "quiet_hours: sleep"),
        (", en: Locate the fault}", "}"),
        ("due_minutes: 30", "due_minutes: 0"),
    ],
)
def test_what_is_wrong_in_form_does_not_fit(old: str, new: str) -> None:
    assert list(AUTHORED.iter_errors(plain(changed((old, new)))))
    assert not list(AUTHORED.iter_errors(plain(TEXT)))
